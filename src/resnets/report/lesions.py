"""Tables and pictures of lesions, from the table that ``lesion.json`` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .drawing import COLOURS, FAINT, GREY, drawing, open_panels, render
from .sheets import format_sheet

Table = Mapping[str, Any]
SAME, CHANGES = COLOURS[:2]


def tabulate_lesions(table: Table) -> dict[str, str]:
    """Return a CSV file for every part of a table, by file name."""
    files = {}
    networks = [network for network in (table, *table["beside"]) if "each" in network]
    if networks:
        files["each.csv"] = format_sheet(
            ("network", "unit", "name", "changes_shape", "error", "above_intact"),
            (row for network in networks for row in _list_each(network)),
        )
    if "many" in table:
        files["many.csv"] = format_sheet(
            ("count", "deleted", "error", "above_intact"),
            (
                (len(deleted), _join(deleted), error, above)
                for deleted, error, above in _list_deletions(table["many"])
            ),
        )
    if "order" in table:
        files["order.csv"] = format_sheet(
            ("swaps", "tau", "order", "error", "above_intact"),
            (
                (t["swaps"], t["tau"], _join(t["order"]), t["error"], _above(table["order"], t))
                for t in table["order"]["trials"]
            ),
        )
    return files


def draw_lesions(table: Table) -> dict[str, bytes]:
    """Return a picture of every part of a table that has trials, by file name."""
    painters = {"each": draw_each, "many": draw_many, "order": draw_order}
    files: dict[str, bytes] = {}
    for part, draw in painters.items():
        if part in table and table[part]["trials"]:
            files |= render(part, draw(table))
    return files


@drawing()
def draw_each(table: Table) -> Figure:
    """Draw the error by deleted unit, and where the shape changes (Veit et al. 2016, Fig. 3).

    Other networks are lines, with the error of their intact form dashed.
    """
    figure, (axes,) = open_panels(width=7.2)
    units = {unit["unit"]: unit for unit in table["units"]}
    errors = {t["deleted"][0]: t["error"] for t in table["each"]["trials"]}
    for changes, colour, label in (
        (False, SAME, "unit of one shape"),
        (True, CHANGES, "unit that changes the shape"),
    ):
        shown = [unit for unit in errors if units[unit]["changes_shape"] == changes]
        heights = [errors[unit] for unit in shown]
        if shown:
            axes.bar(shown, heights, 0.72, color=colour, label=label)
    missing = [unit for unit in units if unit not in errors]
    if missing:
        label = "cannot be deleted"
        axes.plot(missing, [0] * len(missing), "x", color=GREY, ms=5, label=label, clip_on=False)
    last = len(units)
    for colour, other in zip(COLOURS[2:], table["beside"], strict=False):
        points = [(t["deleted"][0], t["error"]) for t in other["each"]["trials"]]
        axes.plot(*zip(*points, strict=True), "o-", color=colour, ms=4, label=other["subject"])
        axes.axhline(other["each"]["intact"], color=colour, ls=(0, (4, 3)), lw=1)
        last = max(last, len(other["units"]))
    trials = [t for network in (table, *table["beside"]) for t in network["each"]["trials"]]
    _finish(axes, {**table["each"], "trials": trials}, "deleted unit")
    axes.set_xlim(0.3, last + 0.7)
    return figure


@drawing()
def draw_many(table: Table) -> Figure:
    """Draw the error by the number of deleted units, a box each (Veit et al. 2016, Fig. 5a)."""
    figure, (axes,) = open_panels(width=6.4)
    series: dict[int, list[float]] = {}
    for trial in table["many"]["trials"]:
        series.setdefault(len(trial["deleted"]), []).append(trial["error"])
    axes.boxplot(
        list(series.values()),
        positions=list(series),
        widths=0.6,
        manage_ticks=False,
        patch_artist=True,
        boxprops={"facecolor": FAINT, "edgecolor": SAME},
        whiskerprops={"color": SAME},
        capprops={"color": SAME},
        medianprops={"color": CHANGES},
        flierprops={"marker": ".", "ms": 4, "mec": SAME},
    )
    _finish(axes, table["many"], "units deleted")
    axes.set_xlim(0.3, max(series) + 0.7)
    return figure


@drawing()
def draw_order(table: Table) -> Figure:
    """Draw the error by Kendall's τ of the order (Veit et al. 2016, Fig. 5b)."""
    figure, (axes,) = open_panels(width=6.4)
    trials = table["order"]["trials"]
    taus, errors = [t["tau"] for t in trials], [t["error"] for t in trials]
    axes.plot(taus, errors, "o", color=SAME, ms=4, alpha=0.55, mec="none")
    _finish(axes, table["order"], "Kendall's τ of the order with the network's own")
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlim(1.0 + 0.02 * (1 - min(taus)), min(taus) - 0.02 * (1 - min(taus)) - 1e-6)
    return figure


def _finish(axes: Axes, part: Table, label: str) -> None:
    intact, n = part["intact"], part["n"]
    axes.axhline(intact, color=GREY, ls=(0, (4, 3)), label=f"intact, {intact:.2f} %")
    axes.set_ylim(0, min(100, 1.12 * max([intact, 5, *(t["error"] for t in part["trials"])])))
    axes.set_xlabel(label)
    axes.set_ylabel(f"top-1 error on {n:,} images, %")
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.grid(axis="x", visible=False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)


def _list_each(table: Table) -> Iterable[tuple[object, ...]]:
    """List the network, a unit, its name, whether it changes the shape, and the errors."""
    units = {unit["unit"]: unit for unit in table["units"]}
    for (number,), error, above in _list_deletions(table["each"]):
        unit = units[number]
        yield table["subject"], number, unit["name"], int(unit["changes_shape"]), error, above


def _list_deletions(part: Table) -> Iterable[tuple[list[int], float, float]]:
    for trial in part["trials"]:
        yield trial["deleted"], trial["error"], _above(part, trial)


def _above(part: Table, trial: Table) -> float:
    """Return the error above that of the intact network, per cent, without digits of rounding."""
    return round(float(trial["error"] - part["intact"]), 9)


def _join(units: Iterable[int]) -> str:
    return " ".join(map(str, units))
