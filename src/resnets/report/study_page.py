"""The report of a study: one HTML file that needs nothing else."""

from __future__ import annotations

from typing import Any

from .bands import MAX_COLOURS, draw_bands, find_frame
from .page import open_template
from .scatter import draw_scatters
from .study import StudyTable
from .study_words import (
    tell_ends,
    tell_origin,
    write_difference,
    write_interval,
    write_published,
    write_spread,
    write_value,
)

WAITING = ("missing", "running", "interrupted", "failed")
"""States of runs with which the same command goes on."""
VERDICTS = ("holds", "fails", "undecided", "untested")
WIDE = 6
"""Columns of figures beyond which a table has its long words below the rows."""


def render_study(table: StudyTable) -> str:
    """Return the page of a study as HTML."""
    spreads = [
        any(row.figures[i].std is not None for row in table.rows) for i in range(len(table.columns))
    ]
    published = [2 * column.published for column in table.columns]
    wide = len(spreads) + sum(spreads) + sum(published) > WIDE
    return open_template("study.html.j2").render(
        table=table,
        verdicts={verdict: _count(table, verdict) for verdict in VERDICTS},
        planned=sum(row.planned for row in table.rows),
        finished=sum(row.finished for row in table.rows),
        waiting=any(table.runs.get(state) for state in WAITING),
        pictures=_draw(table),
        scatters=draw_scatters(table),
        sources=list(
            dict.fromkeys(f.source for row in table.rows for f in row.figures if f.source)
        ),
        methods=[method for method in ("Welch", "Wilson", "exact") if _uses(table, method)],
        spreads=spreads,
        wide=wide,
        breadth=len(spreads) + sum(published) + 2,
        costs=any(row.parameters is not None for row in table.rows),
        origin=tell_origin(table),
        published=write_published,
        spread=write_spread,
        difference=write_difference,
        interval=write_interval,
        value=write_value,
    )


def _draw(table: StudyTable) -> list[dict[str, Any]]:
    if not table.panels:
        return []
    top, clipped, end = find_frame(table.panels)
    return [
        {
            "title": panel.title,
            "svg": draw_bands(f"panel{number}", panel, top, end),
            "labels": [(i % MAX_COLOURS, s.label) for i, s in enumerate(panel.series)],
            "text": tell_ends(panel.series),
            "clipped": clipped,
            "top": top,
        }
        for number, panel in enumerate(table.panels)
    ]


def _count(table: StudyTable, verdict: str) -> int:
    return sum(claim.verdict == verdict for claim in table.claims)


def _uses(table: StudyTable, method: str) -> bool:
    return any(claim.method == method for claim in table.claims)
