"""The curves of a study: every row in a colour, training thin and dashed, test bold."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from .pictures import COLOURS, find_top, paint, style_axes
from .study import Band, Panel, Series

MAX_COLOURS = 12


def draw_bands(name: str, panel: Panel, top: float, end: float) -> str:
    """Draw the curves of a panel.

    Args:
        name: of the picture; makes its inner names unique in the page.
        panel: its rows.
        top: end of the error axis, per cent.
        end: last epoch of all panels.

    Returns:
        An ``<svg>`` element without a fixed size.
    """

    def draw(axes: Axes) -> None:
        for number, series in enumerate(panel.series):
            draw_series(axes, series, COLOURS[f"row{number % MAX_COLOURS}"])
        style_axes(axes, end, top)

    return paint(name, draw, (6.2, 4.0))


def draw_series(axes: Axes, series: Series, colour: str) -> None:
    """Draw the curves of a row, each with the band of its runs."""
    for band, width, dashes in ((series.train, 1.0, (0, (4, 2))), (series.test, 2.0, "-")):
        if band is not None:
            _draw_band(axes, band, colour, width, dashes)


def find_frame(panels: Sequence[Panel]) -> tuple[float, bool, float]:
    """Return the end of the error axis that all panels share, whether values lie above, and the
    last epoch."""
    bands = [b for p in panels for s in p.series for b in (s.train, s.test) if b is not None]
    curves = {str(i): list(zip(b.epochs, b.mean, strict=True)) for i, b in enumerate(bands)}
    top, clipped = find_top(curves)
    return top, clipped, max(b.epochs[-1] for b in bands)


def _draw_band(axes: Axes, band: Band, colour: str, width: float, dashes: object) -> None:
    axes.plot(
        band.epochs,
        band.mean,
        color=colour,
        lw=width,
        linestyle=dashes,
        marker="o" if len(band.epochs) <= 15 else "",
        ms=1.6 * width,
        solid_capstyle="round",
    )
    if band.low != band.high:
        axes.fill_between(band.epochs, band.low, band.high, color=colour, alpha=0.16, lw=0)
