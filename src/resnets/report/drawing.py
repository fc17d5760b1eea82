"""Figures in the manner of the papers, and their files."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = (
    *("#0b6bcb", "#d1570a", "#2b8a3e", "#7b3fb5", "#b8860b", "#c2255c"),
    *("#1098ad", "#495057", "#7a5230", "#4b4fb0", "#6f9a1f", "#d0807c"),
)
"""Series in order: blue and orange first, which every reader can tell apart."""
GREY = "#868e96"
FAINT = "#dee2e6"
METADATA: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None}}
"""Kinds of files, and what is left out of each, so that equal figures have equal bytes."""


@contextmanager
def drawing() -> Iterator[None]:
    """Draw within in one style that no file of the user's changes."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.size": 10,
                "axes.titlesize": 10,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.edgecolor": GREY,
                "axes.axisbelow": True,
                "axes.grid": True,
                "grid.color": FAINT,
                "grid.linewidth": 0.7,
                "legend.frameon": False,
                "lines.linewidth": 1.4,
                "svg.fonttype": "none",
                "svg.hashsalt": "resnets",
            }
        )
        yield


def open_panels(
    count: int = 1, *, across: int | None = None, width: float = 5.2, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels side by side, each of that size in inches.

    Args:
        count: panels.
        across: panels in a row, at most; None puts all into one.
        width, height: of a panel.
    """
    columns = min(count, across or count)
    figure, grid = open_grid(math.ceil(count / columns), columns, width=width, height=height)
    panels = [axes for row in grid for axes in row]
    for axes in panels[count:]:
        axes.remove()
    return figure, panels[:count]


def open_grid(
    rows: int, columns: int, *, width: float = 4.6, height: float = 3.3
) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure with rows of panels, each of that size in inches."""
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(row) for row in grid]


def render(name: str, figure: Figure, kinds: Sequence[str] = tuple(METADATA)) -> dict[str, bytes]:
    """Return the files of a figure, ``NAME.png`` and ``NAME.svg``; equal figures, equal bytes."""
    files = {}
    with drawing():
        for kind in kinds:
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, dpi=160, metadata=METADATA[kind])
            files[f"{name}.{kind}"] = buffer.getvalue()
    return files
