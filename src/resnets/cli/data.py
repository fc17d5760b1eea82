"""``resnets data check``: what is wrong with a data set, before anything is trained on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import DataError, escape

from . import options as o
from .screen import MAX_FINDINGS, open_console, open_table, print_json, say_count

if TYPE_CHECKING:
    from resnets.data import Findings

app = typer.Typer(help="Look at data before it is trained on.")


@app.callback()
def _group() -> None:
    """Look at data before it is trained on."""


@app.command("check")
def check(
    path: Annotated[str, typer.Argument(help="A folder of pictures, or of Parquet files.")],
    as_json: o.Json = False,
) -> None:
    """Find unreadable, truncated, duplicate, leaking and misplaced images. Writes nothing."""
    from resnets.data import check as examine

    found = examine(path)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)
    if not found.ok:
        raise DataError(
            "E3950",
            "training would refuse this data",
            what=path,
            where={"findings": f"{len(found.findings):,}"},
            why=", ".join(f"{count:,} {kind}" for kind, count in found.kinds.items()),
            do=[
                "repair what is listed",
                "or train without the images that cannot be read: --bad-images skip",
            ],
        )


def _print(found: Findings) -> None:
    console = open_console()
    sizes = ", ".join(f"{split} {count:,}" for split, count in found.samples.items())
    console.print(f"{len(found.classes):,} classes; images: {sizes}")
    for rule, count in found.counts.items():
        console.print(f"{escape(rule)}: {count:,}", style="dim")
    if not found.findings:
        console.print("nothing is wrong with it")
        return
    table = open_table("finding", "where", "why")
    for row in (finding.to_dict() for finding in found.findings[:MAX_FINDINGS]):
        table.add_row(f"{row['code']} {row['title']}", " and ".join(row["names"]), row["why"])
    console.print(table)
    shown = min(len(found.findings), MAX_FINDINGS)
    console.print(f"{shown:,} of {say_count(len(found.findings), 'finding')}; --json has all")
