"""The table of a study as Markdown and as CSV."""

from __future__ import annotations

from .bands import find_frame
from .sheets import format_sheet
from .study import RowLine, StudyTable
from .study_words import (
    tell_ends,
    tell_origin,
    write_difference,
    write_interval,
    write_published,
    write_spread,
    write_value,
)

COLUMNS = (
    "study",
    "scale",
    "row",
    "model",
    "stands_for",
    "parameters",
    "macs",
    "measure",
    "unit",
    "published",
    "published_mean",
    "published_std",
    "published_is_lower_bound",
    "source",
    "median",
    "mean",
    "std",
    "n",
    "seeds",
    "diverged",
    "difference",
    "same_protocol",
    "deviations",
)


def format_csv(table: StudyTable) -> str:
    """Return a line for each row and measure; empty cells where there is no figure."""
    lines = []
    for row in table.rows:
        deviations = "; ".join([*row.deviations, *table.deviations])
        for column, figure in zip(table.columns, row.figures, strict=True):
            lines.append(
                (
                    table.name,
                    table.scale,
                    row.name,
                    row.model,
                    row.stands_for,
                    row.parameters,
                    row.macs,
                    column.name,
                    column.unit,
                    figure.published,
                    figure.published_mean,
                    figure.published_std,
                    int(figure.above),
                    figure.source,
                    figure.median,
                    figure.mean,
                    figure.std,
                    len(figure.values),
                    " ".join(map(str, row.seeds)),
                    row.diverged,
                    figure.difference,
                    row.same,
                    deviations,
                )
            )
    return format_sheet(COLUMNS, lines)


def format_markdown(table: StudyTable) -> str:
    """Return the report; its curves are the picture that lies beside it."""
    parts = [
        f"# {table.title}",
        f"Scale `{table.scale}` of the study `{table.name}`. {table.question}".rstrip(),
        *([f"Paper: {table.paper}; {table.place}. {table.protocol}"] if table.paper else []),
        *(f"> {notice}" for notice in table.notices),
        _tabulate_rows(table),
    ]
    if table.deviations:
        lines = [f"- {phrase}" for phrase in table.deviations]
        where = "in the paper" if table.paper else "declared"
        parts.append(f"Done otherwise than {where}:\n\n" + "\n".join(lines))
    states = [f"- {row.name}, {state}" for row in table.rows for state in row.states]
    if states:
        parts.append("Runs that did not finish:\n\n" + "\n".join(states))
    if table.claims:
        parts.append(_tabulate_claims(table))
    if table.panels:
        parts.append(_show_curves(table))
    if table.machines:
        parts.append(tell_origin(table))
    if table.command:
        parts.append(f"```sh\n{table.command}\n```")
    return "\n\n".join(parts) + "\n"


def _tabulate_rows(table: StudyTable) -> str:
    head = ["row", "network"]
    for column in table.columns:
        head += [f"{column.heading}: published"] if column.published else []
        head += [f"{column.heading}: median (mean ± std)"]
        head += ["difference"] if column.published else []
    head += ["n", "same protocol?"]
    return _table(head, [_row(table, row) for row in table.rows])


def _row(table: StudyTable, row: RowLine) -> list[str]:
    cells = [row.label, row.model + (f" for {row.stands_for}" if row.stands_for else "")]
    for column, figure in zip(table.columns, row.figures, strict=True):
        median = write_value(figure.median, column.unit)
        if row.diverged and figure.median is None:
            median = "diverged"
        elif figure.fails:
            median = f"fail ({median})"
        spread = f" ({write_spread(figure, column.unit)})" if figure.std is not None else ""
        cells += [write_published(figure, column.unit)] if column.published else []
        cells += [median + spread]
        cells += [write_difference(figure)] if column.published else []
    words = [row.same, "; ".join(row.deviations)]
    return [*cells, f"{row.finished} of {row.planned}", ": ".join(word for word in words if word)]


def _show_curves(table: StudyTable) -> str:
    text = "; ".join(filter(None, (tell_ends(panel.series) for panel in table.panels)))
    top, clipped, _ = find_frame(table.panels)
    cut = f"\n\nValues above {top:g} % are cut off." if clipped else ""
    return f"![Error by epoch: {text}]({table.name}-{table.scale}.png){cut}"


def _tabulate_claims(table: StudyTable) -> str:
    head = ["claim", "verdict", "left minus right [95 %]", "method", "source"]
    rows = [
        [
            claim.words + (f" ({claim.why})" if claim.why else ""),
            claim.verdict,
            write_interval(claim),
            claim.method or "–",
            claim.source,
        ]
        for claim in table.claims
    ]
    return _table(head, rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
