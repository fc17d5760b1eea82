"""``resnets report``: the page of a run, written again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options as o
from .screen import print_json


def report(
    run: Annotated[str, typer.Argument(help="The run folder.")], as_json: o.Json = False
) -> None:
    """Write the report of a run, one self-contained HTML file, and print where it is."""
    from resnets.api.finishing import write_report

    path = write_report(Path(run))
    print_json({"report": str(path)}) if as_json else print(path)
