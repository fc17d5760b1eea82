"""Tables and a picture of what networks cost, from the table that ``cost.json`` holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from .drawing import COLOURS, drawing, open_panels, render
from .labels import label_points
from .sheets import format_sheet

Table = Mapping[str, Any]
COLUMNS = (
    "name",
    "image_size",
    "depth",
    "units",
    "parameters",
    "macs",
    "flops",
    "activation_bytes",
    "receptive_field",
    "multiplicity",
)
CHOICES = ("layers", "filters", "kinds", "numbers")
WIDE = 12
"""Ratio of largest and smallest value from which an axis is logarithmic."""
WIDE_MATCHES = 100
"""The same ratio for matches, whose widths differ by the cardinality."""
DECADES = 1e4
"""Ratio from which only powers of ten have a mark."""
CROWD = 12
"""Networks that a panel of the usual size has room for."""
MATCH = ("cardinality", "width", "group_width", "template_parameters", "template_macs")


def tabulate_costs(table: Table) -> dict[str, str]:
    """Return CSV files by name: a row for each network, its parts, and the matches."""
    networks = table["networks"]
    parts = ("part", "layers", "out_shape", "parameters", "macs", "activation_bytes")
    files = {
        "costs.csv": format_sheet(
            (*COLUMNS, *CHOICES),
            ((*(n[c] for c in COLUMNS), *(n["choices"][c] for c in CHOICES)) for n in networks),
        ),
        "parts.csv": format_sheet(
            ("network", "name", *parts),
            (
                (n["name"], row["name"], *(_cell(row[part]) for part in parts))
                for n in networks
                for row in n["rows"]
            ),
        ),
    }
    if table["matches"]:
        files["matches.csv"] = format_sheet(
            (*MATCH, "parameters", "macs"),
            ([m[c] for c in (*MATCH, "parameters", "macs")] for m in table["matches"]),
        )
    return files


def draw_costs(table: Table) -> dict[str, bytes]:
    """Return the pictures: costs against parameters, and the matches where there are some."""
    files = render("cost", draw_against_parameters(table["networks"]))
    if table["matches"]:
        files |= render("matches", draw_matches(table["matches"]))
    return files


@drawing()
def draw_against_parameters(networks: Sequence[Table]) -> Figure:
    """Draw multiply-adds and activation memory of networks against their parameters."""
    room = min(max(1.0, math.sqrt(len(networks) / CROWD)), 2.0)
    figure, panels = open_panels(2, width=5.2 * room, height=3.6 * room)
    labels = {"macs": "multiply-adds, G", "activation_bytes": "activations of an image, MB"}
    parameters = [network["parameters"] / 1e6 for network in networks]
    for axes, (key, label), unit in zip(panels, labels.items(), (1e9, 1e6), strict=True):
        values = [network[key] / unit for network in networks]
        axes.plot(parameters, values, "o", color=COLOURS[0], ms=5)
        scale_axis(axes.xaxis, axes.set_xscale, axes.set_xlim, parameters)
        scale_axis(axes.yaxis, axes.set_yscale, axes.set_ylim, values)
        axes.set_xlabel("parameters, M")
        axes.set_ylabel(label)
        figure.draw_without_rendering()
        label_points(axes, [network["name"] for network in networks], parameters, values)
    return figure


@drawing()
def draw_matches(matches: Sequence[Table]) -> Figure:
    """Draw width against cardinality, and how near the costs come (ResNeXt, Table 2)."""
    figure, (widths, costs) = open_panels(2)
    places = [match["cardinality"] for match in matches]
    every: list[float] = []
    lines = (("width", "of a path, d"), ("group_width", "of all paths, C · d"))
    for colour, (key, label) in zip(COLOURS, lines, strict=False):
        values = [match[key] for match in matches]
        widths.plot(places, values, "o-", color=colour, ms=4, label=label)
        every += values
    widths.set_ylabel("width")
    scale_axis(widths.yaxis, widths.set_yscale, widths.set_ylim, every, WIDE_MATCHES)
    every = []
    lines = (("template_parameters", "one unit"), ("parameters", "the whole network"))
    for colour, (key, label) in zip(COLOURS, lines, strict=False):
        shares = [match[key] / matches[0][key] for match in matches]
        costs.plot(places, shares, "o-", color=colour, ms=4, label=label)
        every += shares
    costs.set_ylabel("parameters, over those of the first")
    # Shares that are near to each other are told apart only where the axis does not begin at zero.
    if lie_apart(every, WIDE_MATCHES):
        scale_axis(costs.yaxis, costs.set_yscale, costs.set_ylim, every, WIDE_MATCHES)
    for axes in (widths, costs):
        axes.set_xscale("log", base=2)
        axes.set_xticks(places, [str(place) for place in places])
        axes.minorticks_off()
        axes.set_xlabel("cardinality, C")
        axes.legend()
    return figure


def scale_axis(
    axis: Axis,
    set_scale: Callable[[str], Any],
    set_limits: Any,
    values: Sequence[float],
    wide: float = WIDE,
) -> None:
    """Begin an axis at zero, or make it logarithmic where values lie far apart.

    Args:
        axis, set_scale, set_limits: of the axes, for one direction.
        values: what stands on it.
        wide: ratio of largest and smallest value from which they lie far apart.
    """
    low, high = min(values), max(values)
    if lie_apart(values, wide):
        set_scale("log")
        axis.set_major_locator(LogLocator(subs=(1,) if high > DECADES * low else (1, 2, 5)))
        axis.set_major_formatter("{x:.7g}")
        axis.set_minor_locator(NullLocator())
        set_limits(low / 1.6, high * 2.5)
    else:
        set_limits(0, 1.25 * high or 1)


def lie_apart(values: Sequence[float], wide: float) -> bool:
    """Return whether the largest value is more than so many times the smallest."""
    return max(values) > wide * min(values) > 0


def _cell(value: Any) -> Any:
    return "×".join(map(str, value)) if isinstance(value, list) else value
