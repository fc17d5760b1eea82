"""``resnets show``: a network unit by unit, and its published figures beside ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from resnets.spec import ORDERS, Gate, Keep, Network, Spec, encode

from .figures import read_figure
from .folding import fold, name_series
from .listing import describe
from .principles import show_principles
from .screen import NARROW, open_console, open_table, print_json, say_count, shorten

if TYPE_CHECKING:
    from rich.table import Table

    from resnets.analysis import Cost, Row
    from resnets.catalog import Entry

MAX_ROWS = 30
"""Parts up to which a table tells each one that differs from its neighbours."""


def show(
    name: Annotated[str, typer.Argument(help="A network, for example resnet20.")],
    image_size: Annotated[
        int | None,
        typer.Option(min=8, max=600, help="Side of the input in pixels; else the paper's."),
    ] = None,
    principles: Annotated[
        bool, typer.Option("--principles", help="Show how it keeps Inception's design principles.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a network: units, shapes, costs, and published figures beside ours."""
    from resnets.analysis import count
    from resnets.analysis.principles import examine
    from resnets.catalog import look_up

    entry = look_up(name)
    cost = count(entry.spec, image_size)
    if as_json:
        about = {"network": encode(entry.spec), **cost.to_dict()}
        if principles:
            about["principles"] = examine(entry.spec, image_size).to_dict()
        print_json({**describe(entry, cost), **about})
        return
    console = open_console()
    console.print(Text(entry.name, "bold") + Text(f"  {describe_spec(entry.spec)}", "not bold"))
    console.print(f"{entry.paper}; {entry.table}", style="dim")
    if principles:
        show_principles(examine(entry.spec, image_size), console)
        return
    console.print(tabulate_units(cost, narrow=console.width < NARROW))
    console.print(_explain(cost), style="dim")
    if entry.published:
        console.print(_tabulate_figures(entry, count(entry.spec)))
    if entry.explanation:
        console.print(entry.explanation, style="dim")


def describe_spec(spec: Network) -> str:
    """Say in one line what distinguishes a network."""
    if not isinstance(spec, Spec):
        return f"{spec.depth} layers, {spec}"
    names = [name for name, order in ORDERS.items() if order == spec.order]
    words = [
        f"{spec.depth} layers",
        "no shortcuts" if spec.shortcut == "none" else f"shortcut {spec.shortcut}",
        f"order {names[0]}" if names else str(spec.order),
    ]
    if spec.cardinality > 1:
        words.append(f"{spec.cardinality} paths in a unit")
    if spec.branches > 1:
        words.append(f"{spec.branches} functions in a unit")
    if spec.dropout:
        words.append(f"dropout {spec.dropout:g}")
    if isinstance(spec.merge, (Gate, Keep)) or spec.merge != type(spec.merge)():
        words.append(str(spec.merge))
    return ", ".join(words)


def fold_rows(rows: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """Give each series of equal rows once, its name from first to last, with how many there are."""
    for same in fold(rows, lambda row: replace(row, name="", receptive_field=0)):
        yield replace(same[-1], name=name_series([row.name for row in same])), len(same)


def is_long(cost: Cost) -> bool:
    """Whether a table of all parts that differ from their neighbours is too long to read."""
    return sum(1 for _ in fold_rows(cost.rows)) > MAX_ROWS


def sum_stages(rows: Sequence[Row]) -> Iterator[Row]:
    """Add up the units of a stage that have the same layers, as those of a dense block."""
    for (stage, layers), group in groupby(
        rows, key=lambda r: (r.name.rpartition(", ")[0], r.layers)
    ):
        same = list(group)
        if not stage or len(same) == 1:
            yield from same
            continue
        yield replace(
            same[-1],
            name=f"{same[0].name}–{same[-1].name.rpartition(' ')[2]}",
            layers=f"{len(same)} × ({layers})",
            in_shape=same[0].in_shape,
            parameters=sum(row.parameters for row in same),
            macs=sum(row.macs for row in same),
            saved=sum(row.saved for row in same),
        )


def tabulate_units(cost: Cost, narrow: bool) -> Table:
    """Return the table of units; a narrow one leaves out what can be inferred."""
    columns = ["<part", "layers", ">output", ">params", ">MACs", ">memory", ">×"]
    if not narrow:
        columns[5:5] = [">FLOPs"]
        columns[-1:-1] = [">field"]
    table = open_table(*columns)
    for row, times in fold_rows(list(sum_stages(cost.rows)) if is_long(cost) else cost.rows):
        channels, height, width = row.out_shape
        cells = {
            "part": re.sub(r".*, (?=\D)(unit )?", "", row.name) if narrow else row.name,
            "layers": row.layers,
            "output": f"{channels}×{height}×{width}",
            "×": str(times) if times > 1 else "",
            "field": str(row.receptive_field),
            **_costs(row, narrow),
        }
        table.add_row(*(cells[name.lstrip("<>")] for name in columns))
    table.add_section()
    total = {"part": "in all", **_costs(cost, narrow)}
    table.add_row(*(total.get(name.lstrip("<>"), "") for name in columns), style="bold")
    return table


def _costs(cost: Cost | Row, narrow: bool) -> dict[str, str]:
    return {
        "params": shorten(cost.parameters) if narrow else f"{cost.parameters:,}",
        "MACs": shorten(cost.macs),
        "FLOPs": shorten(cost.flops),
        "memory": shorten(cost.activation_bytes, "B") if cost.activation_bytes else "",
    }


def _explain(cost: Cost) -> str:
    sums = ", but those of n × (…) are sums" if is_long(cost) else ""
    return (
        f"One image of {cost.image_size}×{cost.image_size}. × counts equal units in a row; numbers "
        f"are those of one{sums}. FLOPs are two for each multiply-add: {shorten(cost.flops)} in "
        "all. Memory is the activations that training keeps, in float32; field is the side of the "
        "receptive field in pixels. "
        f"Multiplicity: {cost.multiplicity_text}, the subsets of functions that can be left on in"
        f" {say_count(cost.units, 'unit')}."
    )


def _tabulate_figures(entry: Entry, cost: Cost) -> Table:
    """Published figures; ours stands beside a count, while an error has to be trained for."""
    table = open_table("figure", ">published", ">here", ">difference", "source")
    for key, value in entry.published.items():
        figure = read_figure(key, value)
        ours = getattr(cost, figure.count) if figure.count else None
        table.add_row(
            figure.label,
            figure.text,
            "" if ours is None else f"{ours:,}",
            "" if ours is None else f"{100 * (ours / value - 1):+.1f} %",
            figure.source or entry.table,
        )
    return table
