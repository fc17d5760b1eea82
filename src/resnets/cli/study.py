"""``resnets study``: the papers' experiments, listed, shown, run and reported."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import StudyError, escape

from . import options as o
from .failure import blank_secrets, crashing_into
from .screen import NARROW, open_console, open_table, print_json, say_count
from .study_show import list_json, print_quoted, print_study, quoted_json, study_json
from .study_table import print_figures

if TYPE_CHECKING:
    from resnets.api.study import StudyResult

app = typer.Typer(help="Run the papers' experiments, and set measured beside published.")

QUOTED = "published"
Name = Annotated[str, typer.Argument(help="A study of resnets study list.", metavar="NAME")]
Output = Annotated[
    str, typer.Option("--output", help="The folder of runs and reports; studies may share it.")
]
Seeds = Annotated[int | None, typer.Option(min=1, help="Runs of each row, instead of the scale's.")]


@app.callback()
def _group() -> None:
    """Run the papers' experiments, and set measured beside published."""


@app.command("list")
def list_studies(as_json: o.Json = False) -> None:
    """List the studies: paper, rows and question."""
    from resnets.studies import list_studies as find

    studies = find()
    if as_json:
        print_json([list_json(study) for study in studies])
        return
    console = open_console()
    table = open_table("<study", ">rows", "title", *["<paper"] * (console.width >= NARROW))
    for study in studies:
        paper = f"{study.paper.key[:-4].title()} {study.paper.key[-4:]}"
        row = [study.name, str(len(study.rows)), study.title, paper]
        table.add_row(*row[: len(table.columns)])
    console.print(table)
    console.print(f"{len(studies)} studies; figures that are quoted, not run:  study show {QUOTED}")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help=f"A study, or {QUOTED!r} for what is quoted only.")],
    scale: Annotated[str, typer.Option(help="smoke, short or paper.")] = "paper",
    as_json: o.Json = False,
) -> None:
    """Show what a study asks and runs, and what its paper printed."""
    if name == QUOTED:
        print_json(quoted_json()) if as_json else print_quoted()
        return
    from resnets.studies import look_up_study
    from resnets.studies.declaration import check_scale

    study = look_up_study(name)
    size = check_scale(scale)
    print_json(study_json(study, size)) if as_json else print_study(study, size)


@app.command("run")
def run(
    context: typer.Context,
    name: Name,
    scale: Annotated[
        str, typer.Option(help="smoke: seconds; short: 40 minutes on two cores; paper: as printed.")
    ] = "smoke",
    output: Output = "studies",
    seeds: Seeds = None,
    rows: Annotated[
        list[str] | None,
        typer.Option(help="Only these rows; commas or wildcards, repeatable.", metavar="NAMES"),
    ] = None,
    data_dir: o.DataDir = None,
    device: o.Device = None,
    precision: Annotated[
        str | None, typer.Option(help="auto, fp32 or bf16; fp32 at the paper scale.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that decode large data.")] = 0,
    update: Annotated[
        bool, typer.Option("--update", help="Go on although the study was changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
    as_json: o.Json = False,
) -> None:
    """Run what is missing of a study, and write its report.

    Start it several times on one folder to share the work: each run is done once.
    """
    from pathlib import Path

    from resnets.api.study import run_study

    with crashing_into(Path(output)):
        result = run_study(
            name,
            scale,
            output,
            seeds=seeds,
            rows=[one for text in rows or [] for one in text.split(",")],
            data_dir=data_dir,
            device=device,
            precision=precision,
            workers=workers,
            update=update,
            progress=not (quiet or as_json),
            command=blank_secrets(format_command(context), os.environ),
        )
    _finish(result, as_json)
    if result.failed:
        raise StudyError(
            "E8001",
            "the study ended, and some of its runs failed",
            what="; ".join(result.failed[:5]),
            where={"study": name, "report": str(result.page)},
            why=f"{say_count(len(result.failed), 'run')} of this call",
            do=[
                "the report lists each; a run that diverged is a result, and is not repeated",
                "one that is damaged is done again once its folder is deleted",
            ],
        )


@app.command("report")
def report(
    name: Name,
    scale: Annotated[
        str | None, typer.Option(help="smoke, short or paper, where the folder has several.")
    ] = None,
    output: Output = "studies",
    seeds: Seeds = None,
    as_json: o.Json = False,
) -> None:
    """Write the report of a study from what there is of its runs."""
    from resnets.api.study import report_study

    _finish(report_study(name, output, scale, seeds=seeds), as_json)


def format_command(context: typer.Context) -> str:
    """Return the command line that repeats this one."""
    words = ["resnets", "study", "run", str(context.params["name"])]
    for param in context.command.params:
        value = context.params[str(param.name)]
        if param.name in ("name", "as_json", "quiet", "update") or value in (None, [], 0):
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            words += [param.opts[0], str(one)]
    return shlex.join(words)


def _finish(result: StudyResult, as_json: bool) -> None:
    """Print the table and the verdicts, and last where the report is."""
    table = result.table
    if as_json:
        print_json({"report": str(result.page), **table.to_dict()})
        return
    console = open_console()
    for notice in table.notices:
        console.print(escape(notice), style="yellow")
    print_figures(console, table)
    for row in table.rows:
        for state in row.states:
            console.print(f"{row.label}, {escape(state)}", style="yellow")
    for claim in (claim for claim in table.claims if claim.verdict != "untested"):
        why = f" ({escape(claim.why)})" if claim.why else ""
        console.print(f"{claim.verdict:<10} {claim.words}{why}")
    print(result.page)
