"""``resnets analyze signal``: what flows forward and back through every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resnets.errors import escape

from . import options as o
from .bar import show_progress
from .screen import open_console, open_table, print_json, say_count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN = 12
"""Layers of a kind that the terminal shows; the folder has all."""


def signal(
    targets: Annotated[
        list[str],
        typer.Argument(help="Runs, model folders or names, side by side.", metavar="RUN|NAME..."),
    ],
    weights: o.Weights = None,
    data: Annotated[
        str | None,
        typer.Option(help="As in evaluate, or noise. Default for a bare name.", show_default=False),
    ] = None,
    data_dir: o.DataDir = None,
    samples: Annotated[
        int | None, typer.Option(help="Images. Default: four batches.", show_default=False)
    ] = None,
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="unit, convolution, linear, norm, activation or gate. Repeatable. Default: all.",
            show_default=False,
        ),
    ] = None,
    statistics: Annotated[
        str | None,
        typer.Option(
            help="What batch norm goes by: running, or batch as at initialisation.",
            show_default=False,
        ),
    ] = None,
    checkpoints: Annotated[
        bool, typer.Option("--checkpoints", help="Measure the checkpoints that a run has kept.")
    ] = False,
    output: o.AnalysisOutput = None,
    seed: o.AnalysisSeed = 0,
    device: o.Device = None,
    batch_size: Annotated[
        int | None,
        typer.Option(help="Images in a batch. Default: up to 128.", show_default=False),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Measure every layer: values, gradients, responses, gates, and growth against theory.

    A name without weights is measured at initialisation. A run that was trained with
    --record-signal is also drawn by epoch.
    """
    from resnets.api import analysis
    from resnets.api.signals import KINDS
    from resnets.api.signals import signal as probe

    if output is None and not as_json:
        output = analysis.name_output("signal", *targets)
    with show_progress() as on_progress:
        found = probe(
            *targets,
            data=data,
            weights=weights,
            data_dir=data_dir,
            output=output,
            samples=samples,
            batch_size=batch_size,
            split=split,
            kinds=kind or KINDS,
            statistics=statistics,
            checkpoints=checkpoints,
            seed=seed,
            device=device,
            on_progress=on_progress,
        )
    table = found.to_dict()
    if as_json:
        print_json(table)
        return
    console = open_console()
    for network in table["networks"]:
        _print(network, console)
    print(output)


def _print(network: Mapping[str, Any], console: Console) -> None:
    weights = "initial weights" if network["initial"] else "trained weights"
    loss = "" if network["loss"] is None else f", loss {network['loss']:.4f}"
    place = " ".join(filter(None, (network["data"], network["split"])))
    console.print(escape(network["name"]), style="bold")
    console.print(f"{weights}, {say_count(network['n'], 'image')} of {escape(place)}{loss}")
    gates = [layer for layer in network["layers"] if layer["kind"] == "gate"]
    layers = [layer for layer in network["layers"] if layer["kind"] != "gate"]
    growth = [part for part in network["growth"] if part["unit"]]  # 0 is the stem
    for table, total, what, file in (
        (_tabulate_layers(layers), len(layers), "layer", "layers.csv"),
        (_tabulate_gates(gates), len(gates), "gate", "layers.csv"),
        (_tabulate_growth(growth, layers), len(growth), "unit", "growth.csv"),
        (_tabulate_direct(network["direct"]), len(network["direct"]), "unit", "direct.csv"),
    ):
        if table.row_count:
            console.print(table)
        if table.row_count < total:
            rest = f"{table.row_count} of {say_count(total, what)}; {file} and --json have all"
            console.print(rest, style="dim")
    for note in network["notes"]:
        console.print(escape(note), style="dim")


def _tabulate_layers(layers: Sequence[Mapping[str, Any]]) -> Table:
    """Show the units, or the layers of a network without them, thinned out."""
    kinds = {layer["kind"] for layer in layers}
    wanted = {"unit"} & kinds or kinds
    table = open_table("output of", ">mean", ">std", ">98 %", ">flat", ">∂E/∂output")
    for layer in _thin([layer for layer in layers if layer["kind"] in wanted]):
        table.add_row(
            f"unit {layer['unit']}" if layer["kind"] == "unit" else layer["name"],
            *_describe(layer),
            "" if layer["flat"] is None else f"{100 * layer['flat']:.1f} %",
            "" if layer["gradient_norm"] is None else f"{layer['gradient_norm']:.3g}",
        )
    return table


def _tabulate_gates(gates: Sequence[Mapping[str, Any]]) -> Table:
    table = open_table("gate of", ">mean", ">std", ">98 %")
    for gate in _thin(gates):
        name = gate["name"] if gate["unit"] is None else f"unit {gate['unit']}"
        table.add_row(name, *_describe(gate))
    return table


def _describe(layer: Mapping[str, Any]) -> list[str]:
    return [f"{layer['activation'][key]:.4g}" for key in ("mean", "std", "quantile")]


def _tabulate_growth(
    growth: Sequence[Mapping[str, Any]], layers: Sequence[Mapping[str, Any]]
) -> Table:
    found = {la["unit"]: la for la in layers if la["kind"] == "unit"}
    table = open_table("variance behind", ">measured", ">expected")
    for part in _thin(growth):
        measured = found[part["unit"]]["activation"]["std"] ** 2
        table.add_row(f"unit {part['unit']}", f"{measured:.4g}", f"{part['std'] ** 2:.4g}")
    return table


def _tabulate_direct(terms: Sequence[Mapping[str, Any]]) -> Table:
    table = open_table(
        "gradient at", ">whole", ">direct term", ">through F", ">kept", ">product of scales"
    )
    for term in _thin(terms):
        table.add_row(
            f"unit {term['unit']}, from {term['end']}",
            *(f"{term[key]:.3g}" for key in ("gradient", "direct", "through")),
            *(f"{term[key]:.4g}" for key in ("factor", "expected")),
        )
    return table


def _thin(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep a dozen rows that reach from the first to the last."""
    if len(rows) <= SHOWN:
        return list(rows)
    return [rows[round(i * (len(rows) - 1) / (SHOWN - 1))] for i in range(SHOWN)]
