"""What the rows of a study cost against what they err, one point for each."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from .costs import scale_axis
from .labels import label_points
from .pictures import COLOURS, clear_frame, paint
from .study import StudyTable
from .study_words import write_value

COSTS = ("macs", "parameters")
ROOM = 0.35
"""Share of the points' width that is kept free on the right, for the last label."""


def draw_scatters(table: StudyTable) -> list[dict[str, Any]]:
    """Draw the first measure of a study against each cost that it measures.

    Returns:
        For each picture its ``title``, its ``svg`` and a ``text`` that says what it shows; none
        for a cost that fewer than two rows have.
    """
    first = table.columns[0]
    pictures = []
    for index, column in enumerate(table.columns):
        points = _find_points(table, index) if column.name in COSTS else []
        if len(points) > 1:
            pictures.append(
                {
                    "title": f"{first.heading.capitalize()}, against {column.heading}",
                    "svg": _draw(f"cost{index}", points),
                    "text": "; ".join(
                        f"{label}: {write_value(cost, column.unit)} {column.unit}, "
                        f"{write_value(error, first.unit)} {first.unit}"
                        for label, cost, error in points
                    ),
                }
            )
    return pictures


def _find_points(table: StudyTable, index: int) -> list[tuple[str, float, float]]:
    return [
        (row.label, cost, error)
        for row in table.rows
        if (cost := row.figures[index].median) and (error := row.figures[0].median) is not None
    ]


def _draw(name: str, points: list[tuple[str, float, float]]) -> str:
    labels, costs, errors = (list(column) for column in zip(*points, strict=True))

    def draw(axes: Axes) -> None:
        axes.plot(costs, errors, "o", color=COLOURS["row0"], ms=5)
        scale_axis(axes.yaxis, axes.set_yscale, axes.set_ylim, errors)
        scale_axis(axes.xaxis, axes.set_xscale, axes.set_xlim, costs, wide=1)
        low, high = min(costs), max(costs)
        axes.set_xlim(low / 1.3, high * max(2.5, (high / low) ** ROOM))
        clear_frame(axes)
        label_points(axes, labels, costs, errors, COLOURS["soft"])

    return paint(name, draw, (6.2, 4.0))
