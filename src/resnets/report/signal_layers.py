"""Pictures of single layers: their values, histograms, and how both change with the epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .drawing import COLOURS, drawing, open_panels

Table = Mapping[str, Any]
SHOWN = 6
"""Layers that one panel tells apart."""
KINDS = {
    "convolution": "convolution",
    "linear": "fully connected layer",
    "activation": "non-linearity",
    "unit": "unit",
}


@drawing()
def draw_activations(network: Table) -> Figure | None:
    """Draw mean, std and 98 % quantile of every layer's outputs, a panel for each kind."""
    sizes = Counter(layer["kind"] for layer in network["layers"])
    kinds = [kind for kind in KINDS if sizes[kind] > 1]
    if not kinds:
        return None
    figure, panels = open_panels(len(kinds), width=4.6)
    for axes, kind in zip(panels, kinds, strict=True):
        values = [la["activation"] for la in network["layers"] if la["kind"] == kind]
        places = np.arange(1, len(values) + 1)
        mean, std = (np.array([v[key] for v in values]) for key in ("mean", "std"))
        style: dict[str, Any] = {"marker": "o", "ms": 3} if len(values) < 40 else {}
        band = mean - std, mean + std
        axes.fill_between(places, *band, color=COLOURS[0], alpha=0.18, lw=0, label="± std")
        axes.plot(places, mean, color=COLOURS[0], label="mean", **style)
        quantiles = [v["quantile"] for v in values]
        axes.plot(places, quantiles, "^", color=COLOURS[1], ms=4, label="98 % quantile")
        _finish(axes, f"{KINDS[kind]}, in order", "output")
        count_along(axes)
    place_legend(panels[-1])
    figure.suptitle(network["name"])
    return figure


@drawing()
def draw_histograms(network: Table) -> Figure | None:
    """Draw histograms of outputs and of gradients (Glorot & Bengio 2010, Fig. 4, 6 and 7)."""
    layers = _choose(network["layers"])
    if not layers:
        return None
    parts = ["activation", *(["gradient"] if all(la["gradient"] for la in layers) else [])]
    figure, panels = open_panels(len(parts))
    for axes, part in zip(panels, parts, strict=True):
        for colour, layer in zip(_shade(len(layers)), layers, strict=True):
            _draw_histogram(axes, layer[part], colour, _name(layer))
        axes.set_yscale("log")
        label = "output" if part == "activation" else "∂E/∂output, one sample"
        axes.set_xlabel(label)
        axes.set_ylabel("density")
        axes.xaxis.set_major_locator(MaxNLocator(6))
    place_legend(panels[-1], network["name"])
    return figure


@drawing()
def draw_epochs(network: Table) -> Figure | None:
    """Draw layers by epoch: mean ± std, 98 % quantile with std, and the share that is saturated.

    Source: Glorot & Bengio 2010, Fig. 2 and 3; the share is ours.
    """
    records = network["records"]
    if len(records) < 2:
        return None
    epochs = [record["epoch"] for record in records]
    layers = _choose(records[0]["layers"])
    saturates = all(layer["flat"] is not None for layer in layers)
    figure, (left, right, *more) = open_panels(3 if saturates else 2)
    for colour, chosen in zip(_shade(len(layers)), layers, strict=True):
        key = chosen["name"], chosen["kind"]
        series = [
            next(la for la in r["layers"] if (la["name"], la["kind"]) == key) for r in records
        ]
        mean, std, quantile = (
            np.array([layer[part] for layer in series]) for part in ("mean", "std", "quantile")
        )
        left.fill_between(epochs, mean - std, mean + std, color=colour, alpha=0.1, lw=0)
        left.plot(epochs, mean, color=colour)
        right.plot(epochs, quantile, "^", color=colour, ms=4)
        right.plot(epochs, std, color=colour, label=_name(chosen))
        for axes in more:
            axes.plot(epochs, [100 * layer["flat"] for layer in series], color=colour)
    right.plot([], [], "^", color=COLOURS[7], ms=4, label="98 % quantile")
    right.plot([], [], color=COLOURS[7], label="std")
    _finish(left, "epoch", "output, mean ± std")
    _finish(right, "epoch", "output")
    for axes in more:
        _finish(axes, "epoch", "flat outputs (slope below 5 %), %")
        axes.set_ylim(-2, 102)
    figure.legend(
        *right.get_legend_handles_labels(),
        loc="outside right upper",
        title=network["name"],
        alignment="left",
    )
    return figure


def _choose(layers: Sequence[Table]) -> list[Table]:
    """Choose layers that show the whole depth: units, or whatever there is."""
    by_kind = ([la for la in layers if la["kind"] == kind] for kind in reversed(KINDS))
    found = next((some for some in by_kind if some), [])
    places = np.linspace(0, len(found) - 1, min(SHOWN, len(found))).round().astype(int)
    return [found[i] for i in places]


def place_legend(axes: Axes, title: str = "") -> None:
    """Put the legend beside the panel, where it hides nothing."""
    axes.legend(
        loc="upper left", bbox_to_anchor=(1.01, 1.02), title=title or None, alignment="left"
    )


def count_along(axes: Axes) -> None:
    """Let the horizontal axis, which counts what the lines show, begin at the first of them."""
    places = np.concatenate([np.asarray(line.get_xdata(), float) for line in axes.lines])
    first, last = places.min(), places.max()
    marks = MaxNLocator(10, integer=True).tick_values(first, last)
    room = (marks[1] - marks[0]) / 2
    axes.set_xticks([first, *(mark for mark in marks if first + room < mark <= last)])
    axes.set_xlim(first - 0.5, last + max(0.5, 0.015 * (last - first)))


def _draw_histogram(axes: Axes, values: Table, colour: str, label: str) -> None:
    shares = np.array(values["histogram"])
    edges = np.linspace(values["low"], values["high"], len(shares) + 1)
    width = edges[1] - edges[0]
    if width > 0:
        density = np.where(shares > 0, shares / width, np.nan)
        axes.plot((edges[:-1] + edges[1:]) / 2, density, color=colour, label=label)


def _shade(count: int) -> list[str]:
    """Return colours from the first layer to the last, dark to light."""
    shades = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, max(count, 1)))
    return [matplotlib.colors.to_hex(shade) for shade in shades][:count]


def _name(layer: Table) -> str:
    return f"unit {layer['unit']}" if layer["kind"] == "unit" else str(layer["name"])


def _finish(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.grid(axis="x", visible=False)
