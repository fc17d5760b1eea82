"""What a study has measured, as tables for a screen."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from .screen import open_table

if TYPE_CHECKING:
    from rich.console import Console

    from resnets.report.study import StudyTable

WIDTH, LABEL = 16, 22
"""Columns of the screen that a measure takes, and that the names of the rows take."""


def print_figures(console: Console, table: StudyTable) -> None:
    """Print the first measure beside its published figures, then the medians of the others."""
    from resnets.report.study_words import (
        write_difference,
        write_published,
        write_spread,
        write_value,
    )

    column = table.columns[0]
    shown = open_table("row", ">published", ">median", ">mean ± std", ">difference", ">n", "same")
    for row in table.rows:
        figure = row.figures[0]
        median = write_value(figure.median, column.unit)
        shown.add_row(
            row.label,
            write_published(figure, column.unit),
            "diverged" if row.diverged and figure.median is None else median,
            write_spread(figure, column.unit),
            write_difference(figure),
            f"{row.finished} of {row.planned}",
            row.same,
        )
    console.print(column.heading, style="bold")
    console.print(shown)
    places = range(1, len(table.columns))[: max(1, (console.width - LABEL) // WIDTH)]
    if not places:
        return
    columns = [table.columns[place] for place in places]
    others = open_table("row", *(f">{fill(column.heading, WIDTH - 2)}" for column in columns))
    for row in table.rows:
        values = ((row.figures[p].median, table.columns[p].unit) for p in places)
        others.add_row(row.label, *(write_value(value, unit) for value, unit in values))
    console.print("other measures, median", style="bold")
    console.print(others)
    if len(places) < len(table.columns) - 1:
        console.print(f"and {len(table.columns) - 1 - len(places)} more in the report")
