"""``resnets list``: names of networks, what they cost, and what the papers measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .figures import pick_error, shorten_paper
from .screen import NARROW, open_console, open_table, print_json, shorten

FITTING = ((NARROW, 6), (80, 5), (65, 4), (0, 3))
"""Widths of a terminal, and how many columns of the list fit into it beside whole names."""

if TYPE_CHECKING:
    from resnets.analysis import Cost
    from resnets.catalog import Entry


def list_networks(
    pattern: Annotated[
        str, typer.Argument(help="A part of the name, or wildcards such as `*preact*`.")
    ] = "*",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """List the networks of the papers.

    Any other number that a family's rule allows is a name, too: resnet74, wrn40_4.
    """
    from resnets.analysis import count
    from resnets.catalog import list_names, look_up

    names = list_names(pattern if any(c in pattern for c in "*?[") else f"*{pattern}*")
    found = [(entry, count(entry.spec)) for entry in map(look_up, names)]
    if as_json:
        print_json([describe(entry, cost) for entry, cost in found])
        return
    console = open_console()
    if found:
        columns = ["<network", ">layers", ">params", ">MACs", ">published error", "<paper"]
        columns = columns[: next(n for width, n in FITTING if console.width >= width)]
        table = open_table(*columns)
        for entry, cost in found:
            table.add_row(*_row(entry, cost)[: len(columns)])
        console.print(table)
    console.print(f"{len(found)} networks named like {pattern!r}")


def describe(entry: Entry, cost: Cost) -> dict[str, Any]:
    """Return a network of the catalog as JSON data."""
    keys = ("name", "paper", "table", "published", "explanation", "recipe", "image_size")
    return {
        **{key: getattr(entry, key) for key in keys},
        "aliases": list(entry.aliases),
        "depth": entry.spec.depth,
        "parameters": cost.parameters,
        "macs": cost.macs,
    }


def _row(entry: Entry, cost: Cost) -> tuple[str, ...]:
    error = pick_error(entry.published)
    return (
        entry.name,
        str(entry.spec.depth),
        shorten(cost.parameters),
        shorten(cost.macs),
        f"{error.text} {error.label.split()[0]}" if error else "",
        shorten_paper(entry.paper),
    )
