"""Tables and pictures of paths, from the table that ``paths.json`` holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import COLOURS, FAINT, drawing, open_grid, open_panels, render
from .numbers import integer
from .sheets import format_sheet

Table = Mapping[str, Any]
COLUMNS = 3
"""Networks side by side."""


def tabulate_paths(table: Table) -> dict[str, str]:
    """Return one CSV file: a row for every network and length."""
    rows = []
    for network in (table, *table["beside"]):
        measured = network["measured"]
        norms = {g["length"]: g for g in measured["gradients"]} if measured else {}
        for length, paths in enumerate(network["paths_by_length"]):
            gradient = norms.get(length, {})
            rows.append(
                (
                    network["name"],
                    length,
                    paths,
                    float(_share(paths, network["paths"])),
                    gradient.get("n"),
                    gradient.get("log10_norm"),
                    measured["contributions"][length] if measured else None,
                )
            )
    columns = ("network", "length", "paths", "share", "n", "log10_norm", "contribution")
    return {"paths.csv": format_sheet(columns, rows)}


@drawing()
def draw_paths(table: Table) -> dict[str, bytes]:
    """Draw the paths of networks, the gradient of one path, and that of all of a length.

    Networks with measured gradients stand one below the other; others side by side, in rows.

    Source: Veit et al. 2016, Fig. 6.
    """
    networks = [table, *table["beside"]]
    if any(network["measured"] for network in networks):
        figure, rows = open_grid(len(networks), 3)
    else:
        figure, panels = open_panels(len(networks), across=COLUMNS, width=4.6, height=3.3)
        rows = [[axes] for axes in panels]
    last = max(len(network["paths_by_length"]) for network in networks) - 1
    for number, (network, row) in enumerate(zip(networks, rows, strict=True)):
        colour = COLOURS[number % len(COLOURS)]
        painters = [_draw_counts]
        if network["measured"]:
            painters += [_draw_norms, _draw_contributions]
        for axes in row[len(painters) :]:
            axes.set_axis_off()
        for axes, paint in zip(row, painters, strict=False):
            paint(axes, network, colour)
            axes.set_xlim(-0.7, last + 0.7)
            axes.set_xlabel("path length, functions")
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    return render("paths", figure)


def _draw_counts(axes: Axes, network: Table, colour: str) -> None:
    shares = [100 * _share(paths, network["paths"]) for paths in network["paths_by_length"]]
    axes.bar(range(len(shares)), shares, 0.8, color=colour)
    measured = (network["measured"] or {}).get("effective")
    span = measured or network["expected"]
    axes.axvspan(span["from"] - 0.5, span["to"] + 0.5, color=FAINT, lw=0, zorder=0)
    axes.set_ylabel("paths, % of all")
    axes.set_title(
        f"{network['name']}: {integer(network['paths'])}"
        f" {'path' if network['paths'] == 1 else 'paths'}\n"
        f"{'effective' if measured else 'expected to be effective'} (shaded): "
        f"{span['from']} to {span['to']}, {_percent(span['share'])}",
        loc="left",
    )


def _draw_norms(axes: Axes, network: Table, colour: str) -> None:
    points = [(g["length"], g["log10_norm"]) for g in network["measured"]["gradients"]]
    points = [(length, log) for length, log in points if log is not None]
    axes.plot(*zip(*points, strict=True), "o-", color=colour, ms=3)
    decay = network["measured"]["decay"]
    axes.set_ylabel("log₁₀ gradient norm at the input")
    axes.set_title(
        "gradient through one path" + (f":\n× {decay:.3g} a function" if decay else ""), loc="left"
    )


def _draw_contributions(axes: Axes, network: Table, colour: str) -> None:
    shares = [100 * share for share in network["measured"]["contributions"]]
    axes.bar(range(len(shares)), shares, 0.8, color=colour)
    axes.set_ylabel("gradient, % of all")
    mean = network["measured"]["mean_length"]
    axes.set_title(f"gradient through all paths of a length:\nmean length {mean:.1f}", loc="left")


def _share(paths: int, total: int) -> float:
    """Divide integers that may be too large for a float."""
    shift = max(0, total.bit_length() - 1000)
    return (paths >> shift) / (total >> shift)


def _percent(share: float) -> str:
    """Write a share per cent, with three figures, however small it is."""
    digits = max(0, 2 - math.floor(math.log10(100 * share))) if share else 0
    return f"{100 * share:.{digits}f} %" if digits < 6 else f"{100 * share:.1e} %"
