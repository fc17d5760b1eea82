"""Tables of signals, and which pictures they make, from the table that ``signal.json`` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from resnets.spec.request import slug

from .drawing import render
from .sheets import format_sheet
from .signal_depth import draw_direct, draw_gates, draw_gradients, draw_growth, draw_responses
from .signal_layers import draw_activations, draw_epochs, draw_histograms

Table = Mapping[str, Any]

LAYER = ("name", "kind", "unit", "shape")
VALUES = ("mean", "std", "quantile", "low", "high")
NORMS = ("flat", "gradient_norm", "gradient_std", "weight_std")
LAST = ("weight_gradient_norm", "weight_gradient_std")
RECORD = ("name", "kind", "unit", "mean", "std", "quantile", "flat", "gradient_norm")


def tabulate_signals(table: Table) -> dict[str, str]:
    """Return CSV files by name: layers, responses, growth, direct terms and the signal by epoch."""
    networks = table["networks"]
    files = {
        "layers.csv": format_sheet(
            ("network", *LAYER, *VALUES, *NORMS, *LAST), _list_layers(networks)
        )
    }
    for part in ("responses", "growth", "direct"):
        rows = [(n["name"], *row.values()) for n in networks for row in n[part]]
        if rows:
            columns = next(tuple(n[part][0]) for n in networks if n[part])
            files[f"{part}.csv"] = format_sheet(("network", *columns), rows)
    epochs = [
        (n["name"], record["step"], record["epoch"], *(layer.get(key) for key in RECORD), *last)
        for n in networks
        for record in n["records"]
        for layer in record["layers"]
        for last in [[layer.get(key) for key in LAST]]
    ]
    if epochs:
        head = ("network", "step", "epoch", *(("layer", *RECORD[1:])), *LAST)
        files["epochs.csv"] = format_sheet(head, epochs)
    return files


def draw_signals(table: Table) -> dict[str, bytes]:
    """Return the pictures that the table has something for, by file name."""
    networks = table["networks"]
    together: dict[str, Callable[[Sequence[Table]], Figure | None]] = {
        "responses": draw_responses,
        "gradients": draw_gradients,
        "growth": draw_growth,
    }
    alone: dict[str, Callable[[Table], Figure | None]] = {
        "activations": draw_activations,
        "histograms": draw_histograms,
        "direct": draw_direct,
        "gates": draw_gates,
        "epochs": draw_epochs,
    }
    files: dict[str, bytes] = {}
    for name, draw_all in together.items():
        if figure := draw_all(networks):
            files |= render(name, figure)
    for number, network in enumerate(networks, 1):
        end = f"-{number}-{slug(network['name'])}" if len(networks) > 1 else ""
        for name, draw in alone.items():
            if figure := draw(network):
                files |= render(name + end, figure)
    return files


def _list_layers(networks: Sequence[Table]) -> Iterable[Sequence[object]]:
    for network in networks:
        for layer in network["layers"]:
            gradient, weight, slope = (
                (layer[part] or {}).get("std") for part in ("gradient", "weight", "weight_gradient")
            )
            yield (
                network["name"],
                *(layer[key] for key in LAYER[:-1]),
                "×".join(map(str, layer["shape"])),
                *(layer["activation"][key] for key in VALUES),
                *(layer["flat"], layer["gradient_norm"], gradient, weight),
                *(layer["weight_gradient_norm"], slope),
            )
