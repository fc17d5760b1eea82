"""Curves as inline SVG that takes its colours from the page, and photographs as data URIs."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor

Curve = Sequence[tuple[float, float]]
"""Points (epoch, value)."""

# Stand-ins that no figure shows: each becomes a CSS variable, so that one picture serves light,
# dark and print.
COLOURS = {
    "soft": "#010203",
    "faint": "#010204",
    "train": "#010205",
    "validation": "#010206",
    "test": "#010207",
    "rate": "#010208",
    **{f"row{i}": f"#0103{i:02x}" for i in range(12)},
}
WIDTHS = {"train": 1.1, "validation": 1.7, "test": 1.7, "rate": 1.5}
TOPS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
MAX_SIDE = 192


def draw_curves(
    name: str, curves: Mapping[str, Curve], *, top: float | None = None, last: float | None = None
) -> str:
    """Draw curves by epoch.

    Args:
        name: of the picture; makes its inner names unique in the page.
        curves: by a name of ``COLOURS``, drawn in that order.
        top: end of the vertical axis; None takes the largest value.
        last: a value that was measured once, after the last epoch; drawn as a diamond.

    Returns:
        An ``<svg>`` element without a fixed size.
    """

    def draw(axes: Axes) -> None:
        end = max(epoch for curve in curves.values() for epoch, _ in curve)
        for series, curve in curves.items():
            _draw_curve(axes, series, curve)
        if last is not None:
            axes.plot([end], [last], marker="D", ms=4.5, color=COLOURS["test"], clip_on=False)
        style_axes(axes, end, top)

    return paint(name, draw)


def paint(name: str, draw: Callable[[Axes], None], size: tuple[float, float] = (4.2, 2.75)) -> str:
    """Draw a picture for a page.

    Args:
        name: of the picture; makes its inner names unique in the page.
        draw: draws into the axes.
        size: width and height, inches; with them the size of letters beside that of the picture.

    Returns:
        An ``<svg>`` element without a fixed size.
    """
    width, height = size
    left, low = 0.525 / width, 0.34 / height
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 10})
        figure = Figure(figsize=size)
        draw(figure.add_axes((left, low, 1 - left - 0.084 / width, 1 - low - 0.124 / height)))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _embed(buffer.getvalue(), name)


def find_top(curves: Mapping[str, Curve], extra: Sequence[float] = ()) -> tuple[float, bool]:
    """Choose the end of an error axis, per cent, so that the last epochs can be told apart.

    Returns:
        The end, and whether values lie above it. At least three quarters of them lie below.
    """
    values = [value for curve in curves.values() for _, value in curve]
    final = max([*(curve[-1][1] for curve in curves.values()), *extra])
    wanted = max(2.5 * final, float(np.quantile(values, 0.75)), 1.0)
    top = float(next((t for t in TOPS if t >= wanted), 100))
    return top, max(values) > top


def encode_picture(image: Tensor) -> str:
    """Return a picture as a PNG data URI; a large one is made smaller.

    Args:
        image: uint8 (C, H, W) with one channel or three.
    """
    array = image.permute(1, 2, 0).numpy()
    picture = Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array[:, :, :3])
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _draw_curve(axes: Axes, series: str, curve: Curve) -> None:
    epochs, values = zip(*curve, strict=True)
    axes.plot(
        epochs,
        values,
        color=COLOURS[series],
        lw=WIDTHS[series],
        marker="o" if len(curve) <= 15 else "",
        ms=2.6,
        solid_capstyle="round",
        solid_joinstyle="round",
    )


def style_axes(axes: Axes, end: float, top: float | None) -> None:
    """Give axes of curves the page's look, with epochs to the right."""
    axes.set_xlim(1 if end > 1 else 0, max(end, 2))
    axes.set_ylim(0, top)
    axes.margins(y=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    clear_frame(axes)


def clear_frame(axes: Axes) -> None:
    """Give axes the page's colours: a grid for the eye, no frame."""
    axes.grid(axis="y", color=COLOURS["faint"], lw=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(COLOURS["faint"])
    axes.tick_params(length=0, pad=6, colors=COLOURS["soft"])


def _embed(svg: str, name: str) -> str:
    """Make a picture of matplotlib's a part of a page: no header, no size, themed, unique names."""
    svg = svg[svg.index("<svg") :]
    # The style would reach every element of the page.
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg)
    svg = re.sub(r' xmlns(?::\w+)?="[^"]*"| version="1\.1"', "", svg)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg.replace("xlink:href", "href"))
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"font-family: [^;\"]*;", "", svg)
    svg = re.sub(r"\n\s*|  +", " ", svg)
    for variable, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1).strip()
