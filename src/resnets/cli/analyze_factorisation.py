"""``resnets analyze factorisation``: what small filters save in place of a large one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from resnets.spec.frozen import reject

from . import options as o
from .screen import open_console, open_table, print_json, shorten

if TYPE_CHECKING:
    from rich.table import Table

    from resnets.analysis.factorisation import Factorisation, Reduction

_FILTER = re.compile(r"([1-9]\d?)[x×]([1-9]\d?)")


def factorisation(
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            help="A filter and those that stand for it: 7x7 1x7 7x1. Default: the paper's.",
            metavar="[FILTER PART...]",
            show_default=False,
        ),
    ] = None,
    channels: Annotated[
        str,
        typer.Option(help="One number, or those of the input and behind each part: 128,128,192."),
    ] = "1",
    grid: Annotated[
        str | None,
        typer.Option(
            help="35,288,768: ways to halve such a map, and what they cost; side, channels,"
            " channels behind.",
            show_default=False,
        ),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Compare a convolution with a chain of smaller ones, and ways to reduce a grid.

    Without filters those of Inception-v3: two 3×3 for a 5×5 save 28 %, 3×1 and 1×3 for a 3×3 33 %.
    """
    from resnets.analysis.factorisation import factorise, list_factorisations, reduce_grid

    widths = _read_numbers("channels", channels)
    if filters:
        kernel, *parts = map(_read_filter, filters)
        found = [factorise(kernel, parts, widths)]
    else:
        if len(widths) > 1:
            raise reject("channels", channels, "one number for all where no filters are given")
        found = list_factorisations(widths)
    ways = [] if grid is None else reduce_grid(*_read_numbers("grid", grid, 3))
    if as_json:
        print_json(
            {
                "analysis": "factorisation",
                "factorisations": [each.to_dict() for each in found],
                "reductions": [way.to_dict() for way in ways],
            }
        )
        return
    console = open_console()
    console.print(_tabulate(found))
    console.print(
        "Multiply-adds at one position of a map, which are also the weights. Szegedy et al. 2016, "
        "Section 3.",
        style="dim",
    )
    if ways:
        console.print(_tabulate_ways(ways))
        console.print(
            "For one image, with 1×1 filters as the paper counts; a pool before the convolution is "
            "a bottleneck. Narrowest is the activations at its narrowest place as a share of those "
            "before it. Szegedy et al. 2016, Section 5.",
            style="dim",
        )


def _read_filter(text: str) -> tuple[int, int]:
    match = _FILTER.fullmatch(text)
    if match is None:
        raise reject("filters", text, "height and width of a filter, such as 1x7")
    return int(match[1]), int(match[2])


def _read_numbers(field: str, text: str, count: int = 0) -> tuple[int, ...]:
    words = text.split(",")
    if any(not re.fullmatch(r"[1-9]\d{0,5}", word) for word in words) or count not in (
        0,
        len(words),
    ):
        wanted = f"{count} positive whole numbers" if count else "positive whole numbers"
        raise reject(field, text, f"{wanted} with commas between them")
    return tuple(map(int, words))


def _tabulate(found: list[Factorisation]) -> Table:
    table = open_table("filters", ">MACs of the one", ">of the parts", ">saving")
    for each in found:
        table.add_row(
            each.text, f"{each.full:,}", f"{each.factorised:,}", f"{100 * each.saving:.0f} %"
        )
    return table


def _tabulate_ways(ways: list[Reduction]) -> Table:
    table = open_table("way", ">MACs", ">narrowest")
    for way in ways:
        table.add_row(way.name, shorten(way.macs), f"{way.narrowest:.2f}")
    return table
