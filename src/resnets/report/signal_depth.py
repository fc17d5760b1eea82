"""Pictures of the signal by depth: responses, gradients, growth, the direct term, gates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .drawing import COLOURS, GREY, drawing, open_panels
from .signal_layers import count_along, place_legend

Table = Mapping[str, Any]
RIM = "#adb5bd"
"""Colour of a line that others may run upon."""
WIDE = 30
"""Ratio of largest and smallest value from which an axis is logarithmic."""


@drawing()
def draw_responses(networks: Sequence[Table]) -> Figure | None:
    """Draw the std of layer responses, in order and by size (He et al. 2015, Fig. 7)."""
    if not any(network["responses"] for network in networks):
        return None
    figure, (ordered, by_size) = open_panels(2)
    for colour, network in zip(_cycle(networks), networks, strict=True):
        stds = [response["std"] for response in network["responses"]]
        for axes, values in ((ordered, stds), (by_size, sorted(stds, reverse=True))):
            style = _style(network, len(values))
            axes.plot(range(1, len(values) + 1), values, color=colour, **style)
    for axes, label in ((ordered, "layer, in order"), (by_size, "layer, by size of response")):
        _finish(axes, label, "std of the response")
        axes.set_ylim(0)
    place_legend(by_size)
    return figure


@drawing()
def draw_gradients(networks: Sequence[Table]) -> Figure | None:
    """Draw the norms of gradients by depth: of outputs, and of weights."""
    shown = [
        [la for la in n["layers"] if la["kind"] in ("convolution", "linear")] for n in networks
    ]
    if not any(layer["gradient"] for layers in shown for layer in layers):
        return None
    figure, panels = open_panels(2)
    labels = ("norm of ∂E/∂output, one sample", "norm of ∂E/∂weights")
    for axes, key, label in zip(
        panels, ("gradient_norm", "weight_gradient_norm"), labels, strict=True
    ):
        for colour, network, layers in zip(_cycle(networks), networks, shown, strict=True):
            # A logarithm has no place for a zero; the line breaks there.
            values = [layer[key] or math.nan for layer in layers]
            places = range(1, len(values) + 1)
            axes.plot(places, values, color=colour, **_style(network, len(values)))
        axes.set_yscale("log")
        _finish(axes, "convolution or fully connected layer, in order", label)
    place_legend(panels[1])
    return figure


@drawing()
def draw_growth(networks: Sequence[Table]) -> Figure | None:
    """Draw the variance behind every unit at initialisation, measured and expected."""
    initial = [network for network in networks if network["growth"]]
    if not initial:
        return None
    figure, (axes,) = open_panels(width=6.4)
    every: list[float] = []
    for colour, network in zip(_cycle(initial), initial, strict=True):
        found = {la["unit"]: la for la in network["layers"] if la["kind"] == "unit"}
        values = [layer["activation"]["std"] ** 2 for layer in found.values()]
        expected = {part["unit"]: part["std"] ** 2 for part in network["growth"]}
        axes.plot(list(expected), list(expected.values()), color=colour, lw=1.1)
        axes.plot(list(found), values, "o", color=colour, ms=3.5)
        axes.plot([], [], "o-", color=colour, lw=1.1, ms=3.5, label=network["name"])
        every += [*values, *expected.values()]
    _scale(axes, every)
    _finish(axes, "unit", "variance of its output")
    place_legend(axes, "dots: measured\nline: expected")
    return figure


@drawing()
def draw_direct(network: Table) -> Figure | None:
    """Draw what arrives at every unit: the direct term, the rest, and what scales let through."""
    terms = network["direct"]
    if not terms:
        return None
    figure, (norms, factors) = open_panels(2, height=4.4)
    units = [term["unit"] for term in terms]
    # Where one of the parts is nearly all of it, the wide line shows on both sides of that one.
    wide: dict[str, Any] = {"color": RIM, "lw": 5.5, "ms": 5.5, "mew": 0}
    for key, label, style in (
        ("gradient", "∂E/∂x, all of it", wide),
        ("direct", "by the shortcuts alone", {"color": COLOURS[0], "ms": 3}),
        (
            "through",
            "through residual functions",
            {"color": COLOURS[1], "ms": 3, "ls": (0, (2, 1))},
        ),
    ):
        for stretch in _split(terms):
            values = [term[key] or math.nan for term in stretch]
            places = [term["unit"] for term in stretch]
            norms.plot(places, values, marker="o", label=label, **style)
            label = ""  # one entry of the legend for all stretches
    norms.set_yscale("log")
    norms.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))
    factors.plot(units, [t["factor"] for t in terms], "o", color=COLOURS[0], ms=4, label="measured")
    label = "product of the scales"
    for stretch in _split(terms):
        places = [term["unit"] for term in stretch]
        factors.plot(places, [t["expected"] for t in stretch], color=COLOURS[1], label=label)
        label = ""
    _scale(factors, [t[key] for t in terms for key in ("factor", "expected")])
    factors.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))
    _finish(norms, "input of unit", "norm of the gradient, one sample")
    _finish(factors, "input of unit", "direct term over ∂E/∂x at the end")
    figure.suptitle(network["name"])
    return figure


@drawing()
def draw_gates(network: Table) -> Figure | None:
    """Draw how far the gates are open by depth: mean, std, 98 % quantile, extremes."""
    gates = [layer for layer in network["layers"] if layer["kind"] == "gate"]
    if not gates:
        return None
    figure, (axes,) = open_panels(width=6.4)
    units = [i if gate["unit"] is None else gate["unit"] for i, gate in enumerate(gates, 1)]
    values = [gate["activation"] for gate in gates]
    means, stds = [v["mean"] for v in values], [v["std"] for v in values]
    axes.errorbar(units, means, stds, color=COLOURS[0], marker="o", ms=4, label="mean ± std")
    axes.plot(units, [v["quantile"] for v in values], "^", color=COLOURS[1], ms=5, label="98 %")
    for key, label in (("low", "extremes"), ("high", None)):
        axes.plot(units, [v[key] for v in values], "_", color=GREY, ms=7, label=label)
    axes.set_ylim(-0.02, 1.02)
    _finish(axes, "unit", "transform gate")
    axes.set_title(network["name"])
    place_legend(axes)
    return figure


def _cycle(networks: Sequence[Table]) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(len(networks))]


def _style(network: Table, points: int) -> dict[str, Any]:
    """Return how a network's line looks; one without shortcuts is dashed, as in the paper."""
    plain = network["network"].get("shortcut") == "none"
    style: dict[str, Any] = {"label": network["name"], "ls": (0, (4, 2)) if plain else "-"}
    return style | ({"marker": "o", "ms": 3} if points < 40 else {})


def _split(terms: Sequence[Table]) -> list[list[Table]]:
    """Group the terms by stretch."""
    groups: dict[int, list[Table]] = {}
    for term in terms:
        groups.setdefault(term["end"], []).append(term)
    return list(groups.values())


def _scale(axes: Axes, values: Sequence[float]) -> None:
    """Let the vertical axis begin at zero, or make it logarithmic where values lie far apart."""
    low, high = min(values), max(values)
    if low > 0 and high / low > WIDE:
        axes.set_yscale("log")
    else:
        axes.set_ylim(min(0, 1.1 * low), 1.1 * high or 1)


def _finish(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    count_along(axes)
    axes.grid(axis="x", visible=False)
