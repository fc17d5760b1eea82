"""``resnets show --principles``: a network in the light of the design principles of Inception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from .folding import fold, name_series
from .screen import open_table, shorten

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from resnets.analysis.principles import Part, Principles

SOURCE = (
    "Szegedy et al. 2016, Rethinking the Inception Architecture, Section 2; the measures are ours."
)


def show_principles(principles: Principles, console: Console) -> None:
    """Print parts, grids and grid reductions, each with what the paper asks of them."""
    low = principles.narrowest
    place = _name(principles, low)
    place = place if place.startswith("behind") else f"at {place}"
    console.print(_tabulate_parts(principles))
    console.print(
        "1. Avoid bottlenecks, above all early: out/in is the activations behind a part as a share "
        f"of those before it; the lowest behind the stem is {low.ratio:.2f}, {place}.\n"
        "2. Many activations at one position (a tile) are easier to work on, and train faster.\n"
        "3. Spatial filters lose little in fewer dimensions: embedding is the mean share of a "
        "part's input channels that filters larger than 1×1 read.",
        style="dim",
    )
    console.print(_tabulate_grids(principles))
    console.print(
        "4. Balance width and depth: layers on the longest path, mean channels between the parts, "
        "and share of the multiply-adds, by the size of the map.",
        style="dim",
    )
    if principles.reductions:
        console.print(_tabulate_reductions(principles))
        console.print(
            "A reduction of the grid, and what others to the same map would cost with 3×3 filters. "
            "A pool before the convolution is a bottleneck: narrowest is the activations at its "
            "narrowest place as a share of those before it.",
            style="dim",
        )
    console.print(SOURCE, style="dim")


def _tabulate_parts(principles: Principles) -> Table:
    table = open_table("part", ">output", ">out/in", ">tile", ">embedding", ">layers", ">×")
    for part, times in _fold(principles.parts):
        channels, height, width = part.out_shape
        table.add_row(
            part.name,
            f"{channels}×{height}×{width}",
            f"{part.ratio:.2f}",
            str(part.tile),
            "" if part.embedding is None else f"{100 * part.embedding:.0f} %",
            str(part.depth),
            str(times) if times > 1 else "",
        )
    return table


def _fold(parts: tuple[Part, ...]) -> Iterator[tuple[Part, int]]:
    """Give each series of equal parts once, with how many there are."""
    for same in fold(parts, lambda part: replace(part, name="")):
        yield replace(same[0], name=name_series([part.name for part in same])), len(same)


def _name(principles: Principles, part: Part) -> str:
    """Name a part; one that stands between units has no name but its place."""
    before = principles.parts[principles.parts.index(part) - 1]
    return f"behind {before.name}" if part.name == "between" else part.name


def _tabulate_grids(principles: Principles) -> Table:
    table = open_table(">map", ">layers", ">width", ">layers/width", ">MACs")
    for grid in principles.grids:
        table.add_row(
            f"{grid.side}×{grid.side}",
            str(grid.depth),
            f"{grid.width:.0f}",
            f"{grid.depth / grid.width:.3f}",
            f"{100 * grid.macs:.0f} %",
        )
    return table


def _tabulate_reductions(principles: Principles) -> Table:
    table = open_table("reduction", "way", ">MACs", ">narrowest")
    for part, ways in principles.reductions:
        table.add_row(_name(principles, part), "as it is", shorten(part.macs), "")
        for way in ways:
            table.add_row("", way.name, shorten(way.macs), f"{way.narrowest:.2f}")
    return table
