"""How ``resnets study`` shows what a study declares, and what is quoted."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from resnets.spec import Run, encode

from .screen import NARROW, open_console, open_table, shorten

if TYPE_CHECKING:
    from resnets.studies import Study
    from resnets.studies.declaration import ScaleName

LABEL = 18
"""Width of a measure's label, as wide as a published figure with mean and deviation."""
HEAD = 12
"""Width of the head of a quoted column."""


def list_json(study: Study) -> dict[str, Any]:
    """Return a line of the list as JSON data."""
    return {
        **{key: getattr(study, key) for key in ("name", "title", "place", "question")},
        "paper": study.paper.key,
        "rows": [row.name for row in study.rows],
        "measures": list(study.measures),
    }


def study_json(study: Study, scale: ScaleName) -> dict[str, Any]:
    """Return a study as JSON data, with the run of each row at a scale."""
    from resnets.api.study_start import resolve_rows
    from resnets.studies.effort import estimate
    from resnets.studies.figures import find_published

    runs = resolve_rows(study, scale, "cpu", "fp32")
    rows = []
    for row in study.rows:
        found = {name: find_published(study, row, name) for name in study.measures}
        run = runs.get(row.name)
        rows.append(
            {
                "name": row.name,
                "label": row.label,
                "published": {name: encode(p) for name, p in found.items() if p is not None},
                "run": None if run is None else {"key": run.key(), **encode(run)},
            }
        )
    seeds = study.scales[scale].seeds
    effort = estimate(runs.values(), seeds)
    return {
        **encode(study),
        "rows": rows,
        "scale": scale,
        "seeds": seeds,
        "images": effort.images,
        "macs": effort.macs,
    }


def print_study(study: Study, scale: ScaleName) -> None:
    """Print a study: its question, its rows at a scale, the claims and the scales."""
    from resnets.analysis import count
    from resnets.api.study_start import resolve_rows
    from resnets.report.study_words import write_figure
    from resnets.studies import SCALES
    from resnets.studies.effort import estimate
    from resnets.studies.figures import find_published
    from resnets.studies.measures import find_measure

    console = open_console()
    console.print(study.title, style="bold")
    console.print(study.question)
    source = "; ".join(filter(None, (str(study.paper), study.place)))
    if words := ". ".join(filter(None, (source, study.protocol))):
        console.print(words, style="dim")
    if study.search:
        console.print(str(study.search), style="dim")
    runs = {name: resolve_rows(study, name, "cpu", "fp32") for name in SCALES}
    labels = [fill(m.describe(a), LABEL) for m, _, a in map(find_measure, study.measures)]
    wide = console.width >= NARROW
    table = open_table("row", *["<network", ">params"] * wide, *(f">{label}" for label in labels))
    for row in study.rows:
        run = runs[scale].get(row.name)
        figures = (find_published(study, row, name) for name in study.measures)
        network = run.model if run else "not at this scale"
        size = shorten(count(run.network).parameters) if isinstance(run, Run) else ""
        table.add_row(
            row.label,
            *[network, size] * wide,
            *(write_figure(f.value, f.mean, f.std, f.above) if f else "" for f in figures),
        )
    console.print(table)
    absent = [row.label for row in study.rows if row.name not in runs[scale]]
    if absent and not wide:
        console.print(f"not at this scale: {', '.join(absent)}")
    for predicate, source in {**study.claims, **study.paper_claims}.items():
        console.print(f"claim: {predicate}  ({source})")
    for phrase in study.deviations:
        console.print(f"otherwise than in the paper: {phrase}", style="dim")
    for name in SCALES:
        seeds = study.scales[name].seeds
        effort = estimate(runs[name].values(), seeds)
        times = f"{name:<6} {len(runs[name])} rows × {seeds} seed" + "s" * (seeds > 1)
        work = (
            f", {shorten(effort.images)} pictures, {shorten(effort.macs, 'MAC')}, "
            f"about {_write_time(effort.minutes)} on two cores"
        )
        console.print(times + (work if effort.images else ", seconds"))


def _write_time(minutes: float) -> str:
    if minutes < 1:
        return "a minute"
    if minutes < 90:
        return f"{minutes:.0f} minutes"
    hours = minutes / 60
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:,.0f} days"


def quoted_json() -> list[dict[str, Any]]:
    """Return the quoted tables as JSON data."""
    from resnets.studies.quoted import TABLES

    return [table.to_dict() for table in TABLES]


def print_quoted() -> None:
    """Print the tables that are quoted from papers, each with its source."""
    from resnets.studies.quoted import TABLES

    console = open_console()
    for quoted in TABLES:
        console.print(quoted.title, style="bold")
        table = open_table("", *(f">{fill(column, HEAD)}" for column in quoted.columns))
        for label, cells in quoted.lines():
            table.add_row(label, *("–" if cell is None else f"{cell:g}" for cell in cells))
        console.print(table)
        console.print(quoted.source + (f". {quoted.note}" if quoted.note else ""), style="dim")
        console.print()
