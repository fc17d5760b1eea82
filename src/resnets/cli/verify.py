"""``resnets verify``: whether a run folder keeps what is promised of it."""

from __future__ import annotations

from typing import Annotated

import typer

from resnets.errors import FileError, escape

from . import options as o
from .screen import MAX_FINDINGS, print_json, say_count


def verify(
    run: Annotated[str, typer.Argument(help="The run folder.")], as_json: o.Json = False
) -> None:
    """Check a run folder: checkpoints, metrics, configuration, outputs. Changes nothing."""
    from resnets.api.verification import verify as check

    findings = check(run)
    rows = [{"file": escape(f.file), "problem": escape(f.problem)} for f in findings]
    if as_json:
        print_json({"run": run, "ok": not findings, "findings": rows})
    else:
        for row in rows[:MAX_FINDINGS]:
            print(f"{row['file']}: {row['problem']}")
    if findings:
        raise FileError(
            "E4903",
            "the run folder is not as it should be",
            what=run,
            where={"first": f"{findings[0].file}: {findings[0].problem}"},
            why=say_count(len(findings), "finding")
            + f"; the first {MAX_FINDINGS} are shown, --json has all"
            * (len(findings) > MAX_FINDINGS),
            do=_advise(run, {finding.file for finding in findings}),
        )
    if not as_json:
        print(f"{escape(run)} is whole")


def _advise(run: str, files: set[str]) -> str:
    from resnets.training.outputs import SOURCES

    if lost := sorted(SOURCES & files):
        return f"restore {lost[0]} from a copy; nothing goes on without it"
    return f"resnets train --resume {run}  goes on from the newest whole checkpoint"
