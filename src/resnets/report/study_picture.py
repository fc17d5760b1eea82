"""The curves of a study as one picture, for pages that cannot hold the report."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .bands import draw_series, find_frame
from .drawing import COLOURS, drawing, open_panels
from .study import Panel


@drawing()
def draw_panels(panels: Sequence[Panel]) -> Figure:
    """Draw all curves: a panel each, on equal axes, with the names of the rows beside it."""
    top, _, end = find_frame(panels)
    figure, places = open_panels(len(panels), across=2, width=6.4, height=3.8)
    for axes, panel in zip(places, panels, strict=True):
        _draw_panel(axes, panel)
        axes.set(xlim=(min(1, end - 1), end), ylim=(0, top))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return figure


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for number, series in enumerate(panel.series):
        colour = COLOURS[number % len(COLOURS)]
        draw_series(axes, series, colour)
        axes.plot([], [], color=colour, label=series.label.replace(": ", ":\n"))
    axes.set_title(panel.title)
    axes.set_xlabel("epoch")
    axes.set_ylabel("error, % (test; training dashed)")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
