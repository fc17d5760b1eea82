"""``resnets analyze paths``: a network as the collection of its paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from resnets.errors import escape
from resnets.spec.frozen import reject

from . import options as o
from .bar import show_progress
from .screen import open_console, open_table, print_json, say_count

if TYPE_CHECKING:
    from rich.console import Console


def paths(
    targets: Annotated[
        list[str],
        typer.Argument(help="Runs, model folders or names, side by side.", metavar="RUN|NAME..."),
    ],
    weights: o.Weights = None,
    data: o.Data = None,
    data_dir: o.DataDir = None,
    between: Annotated[
        list[str] | None,
        typer.Option(help="Lengths, as 5-17, of which the share is wanted. Repeatable."),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Count only, also where there are weights.")
    ] = False,
    images: Annotated[int, typer.Option(min=1, help="Training images for gradients.")] = 64,
    repeats: Annotated[
        int, typer.Option(min=1, help="Paths drawn for each length and batch.")
    ] = 10,
    output: o.AnalysisOutput = None,
    seed: o.AnalysisSeed = 0,
    device: o.Device = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Images in a batch.")] = 32,
    as_json: o.Json = False,
) -> None:
    """Count the paths by length, exactly; with weights, measure the gradient that they carry."""
    from resnets.api import analysis
    from resnets.api.paths import paths as unravel

    spans = [_read_span(text) for text in between or ()]
    if output is None and not as_json:
        output = analysis.name_output("paths", *targets)
    with show_progress() as on_progress:
        found = unravel(
            *targets,
            data=data,
            weights=weights,
            data_dir=data_dir,
            output=output,
            between=spans,
            exact=exact,
            images=images,
            repeats=repeats,
            seed=seed,
            device=device,
            batch_size=batch_size,
            on_progress=on_progress,
        )
    table = found.to_dict()
    if as_json:
        print_json(table)
        return
    console = open_console()
    for network in (table, *table["beside"]):
        _print(network, console)
    print(output)


def _read_span(text: str) -> tuple[int, int]:
    low, dash, high = text.partition("-")
    if not (low.isdecimal() and dash and high.isdecimal()):
        raise reject("between", text, "two lengths, for example 5-17")
    return int(low), int(high)


def _print(network: dict[str, Any], console: Console) -> None:
    from resnets.report.numbers import integer

    console.print(escape(network["name"]), style="bold")
    console.print(
        f"{say_count(network['units'], 'unit')}, {integer(network['paths'])}"
        f" {'path' if network['paths'] == 1 else 'paths'};"
        f" mean length {network['mean_length']:g}, deviation {network['std_length']:.2f}"
    )
    if network["multiplicity"] != network["paths"]:
        console.print(f"{integer(network['multiplicity'])} subsets of functions can be left on")
    table = open_table("lengths", "<", ">paths", ">share")
    expected, measured = network["expected"], network["measured"]
    words = [("most paths", network["bulk"])]
    words += [("as asked", span) for span in network["between"]]
    if measured and measured["effective"]:
        words.append(("95 % of the gradient, measured", measured["effective"]))
    words.append((f"95 %, if each function takes it × {expected['decay']:g}", expected))
    for label, span in words:
        paths, share = integer(span["paths"]), f"{100 * span['share']:.4g} %"
        table.add_row(label, f"{span['from']} to {span['to']}", paths, share)
    console.print(table)
    if measured and measured["decay"]:
        console.print(
            f"measured: × {measured['decay']:.3g} a function;"
            f" mean length, weighted by the gradient, {measured['mean_length']:.2f}"
        )
    elif not measured:
        console.print("no gradients: they need weights, of a run or a name with --weights")
