"""``resnets analyze cost``: what networks cost, and cardinality at equal cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import escape
from resnets.spec.frozen import reject

from . import options as o
from .screen import NARROW, open_console, open_table, print_json, shorten

if TYPE_CHECKING:
    from rich.table import Table

    from resnets.api.costs import Costs, Priced

RARE = ("input", "units", "FLOPs", "field", "choices")
"""Columns that a narrow screen has no room for."""


def cost(
    targets: Annotated[
        list[str],
        typer.Argument(help="Names, runs or model folders, side by side.", metavar="NAME|RUN..."),
    ],
    image_size: Annotated[
        int | None,
        typer.Option(help="Side of the input in pixels. Default: each one's.", show_default=False),
    ] = None,
    cardinality: Annotated[
        str | None,
        typer.Option(
            help="1,2,4,8,32: find the width at which that many paths cost as much.",
            show_default=False,
        ),
    ] = None,
    measure: Annotated[
        str, typer.Option(help="What is to be equal, of one unit: parameters or macs.")
    ] = "parameters",
    stage: Annotated[int, typer.Option(help="Stage of that unit, from 1.")] = 1,
    output: o.AnalysisOutput = None,
    as_json: o.Json = False,
) -> None:
    """Count parameters, multiply-adds, memory, receptive field, multiplicity, design choices.

    With --cardinality, solve for the width of a path at equal cost (ResNeXt, Table 2), of the
    first network.
    """
    from resnets.api import analysis
    from resnets.api.costs import cost as price

    if output is None and not as_json:
        output = analysis.name_output("cost", *targets)
    found = price(
        *targets,
        image_size=image_size,
        cardinalities=_read_cardinalities(cardinality),
        measure=measure,
        stage=stage,
        output=output,
    )
    if as_json:
        print_json(found.to_dict())
        return
    console = open_console()
    wide = console.width >= NARROW
    console.print(_tabulate(found.networks, wide))
    if not wide:
        console.print(f"left out in a narrow window: {', '.join(RARE)}", style="dim")
    console.print(
        "FLOPs are two for each multiply-add. Memory is the activations that training keeps, in"
        " float32, for one image; field is the side of the receptive field in pixels. Multiplicity"
        " is the subsets of functions that can be left on. Choices are the numbers that a designer"
        " had to set: those of every layer of each kind of part, and how often it is repeated.",
        style="dim",
    )
    if found.matches:
        console.print(f"widths at which a unit of {escape(found.networks[0].name)} costs as much")
        console.print(_tabulate_matches(found))
    print(output)


def _read_cardinalities(text: str | None) -> list[int]:
    if text is None:
        return []
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words):
        raise reject("cardinality", text, "whole numbers with commas between them: 1,2,4,8,32")
    return [int(word) for word in words]


def _tabulate(networks: tuple[Priced, ...], wide: bool) -> Table:
    """Lay out the costs; a narrow screen goes without what follows from the rest, or is rare."""
    table = open_table("<network", *(f">{name}" for name in _list_cells(networks[0], wide)))
    for network in networks:
        table.add_row(escape(network.name), *_list_cells(network, wide).values())
    return table


def _list_cells(network: Priced, wide: bool) -> dict[str, str]:
    cost = network.cost
    cells = {
        "input": str(cost.image_size),
        "units": str(cost.units),
        "params": shorten(cost.parameters),
        "MACs": shorten(cost.macs),
        "FLOPs": shorten(cost.flops),
        "memory": shorten(cost.activation_bytes, "B"),
        "field": str(cost.receptive_field),
        "multiplicity": cost.multiplicity_text,
        "choices": str(network.choices.numbers),
    }
    return {name: cell for name, cell in cells.items() if wide or name not in RARE}


def _tabulate_matches(found: Costs) -> Table:
    table = open_table(
        ">C", ">d", ">C · d", ">weights of the unit", ">its MACs", ">all params", ">all MACs"
    )
    for match, whole in zip(found.matches, found.matched, strict=True):
        table.add_row(
            str(match.cardinality),
            str(match.width),
            str(match.group_width),
            f"{match.parameters:,}",
            shorten(match.macs),
            shorten(whole.cost.parameters),
            shorten(whole.cost.macs),
        )
    return table
