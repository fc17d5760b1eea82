"""Tables and pictures of costs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from resnets.report.costs import draw_against_parameters, draw_costs, draw_matches, tabulate_costs


def cost_table(*parameters: int) -> dict[str, Any]:
    networks = [
        {
            "name": f"net{i}",
            "image_size": 32,
            "depth": 8,
            "units": 3,
            "parameters": count,
            "macs": 10 * count,
            "flops": 20 * count,
            "activation_bytes": 4_000_000,
            "receptive_field": 29,
            "multiplicity": "2^3",
            "choices": {"layers": 7, "filters": 3, "kinds": 1, "numbers": 5},
            "rows": [
                {
                    "name": "stem",
                    "part": "stem",
                    "layers": "3×3",
                    "out_shape": [16, 32, 32],
                    "parameters": 432,
                    "macs": 442_368,
                    "activation_bytes": 65_536,
                }
            ],
        }
        for i, count in enumerate(parameters or (270_000,), 1)
    ]
    matches = [
        {
            "cardinality": c,
            "width": d,
            "group_width": c * d,
            "template_parameters": 70_000 + c,
            "template_macs": 1000 * c,
            "parameters": 25_000_000 * c,
            "macs": 4_000_000_000,
        }
        for c, d in ((1, 64), (2, 40))
    ]
    return {"networks": networks, "matches": matches}


def test_tables() -> None:
    files = tabulate_costs(cost_table())
    (row,) = csv.DictReader(io.StringIO(files["costs.csv"]))
    assert (row["name"], row["parameters"], row["multiplicity"]) == ("net1", "270000", "2^3")
    assert (row["layers"], row["numbers"]) == ("7", "5")
    (part,) = csv.DictReader(io.StringIO(files["parts.csv"]))
    assert (part["network"], part["name"], part["out_shape"]) == ("net1", "stem", "16×32×32")
    first, second = csv.DictReader(io.StringIO(files["matches.csv"]))
    assert (first["width"], second["group_width"]) == ("64", "80")
    without = {**cost_table(), "matches": []}
    assert sorted(tabulate_costs(without)) == ["costs.csv", "parts.csv"]
    assert sorted(draw_costs(without)) == ["cost.png", "cost.svg"]


def test_costs_against_parameters() -> None:
    figure = draw_against_parameters(cost_table(1_000_000, 2_000_000)["networks"])
    macs, memory = figure.axes
    assert list(macs.lines[0].get_xdata()) == [1, 2]
    assert list(macs.lines[0].get_ydata()) == [0.01, 0.02]
    assert list(memory.lines[0].get_ydata()) == [4, 4]
    assert (macs.get_xscale(), macs.get_xlim()[0]) == ("linear", 0)
    assert [text.get_text() for text in macs.texts] == ["net1", "net2"]


def test_costs_that_lie_far_apart_have_a_logarithmic_axis() -> None:
    macs, memory = draw_against_parameters(cost_table(500_000, 50_000_000)["networks"]).axes
    assert (macs.get_xscale(), macs.get_yscale()) == ("log", "log")
    assert memory.get_yscale() == "linear"
    macs.figure.draw_without_rendering()
    low, high = macs.get_xlim()
    shown = [t.get_text() for t in macs.get_xticklabels() if low <= t.get_position()[0] <= high]
    assert {"0.5", "1", "10", "50"} <= set(shown)


def test_many_networks_have_larger_panels() -> None:
    few, many = (
        draw_against_parameters(cost_table(*range(1, count + 1))["networks"]).get_size_inches()
        for count in (2, 27)
    )
    assert tuple(few) == (10.4, 3.6)
    assert tuple(many) == pytest.approx((15.6, 5.4))


def test_widths_of_equal_cost() -> None:
    widths, costs = draw_matches(cost_table()["matches"]).axes
    assert [list(line.get_ydata()) for line in widths.lines] == [[64, 40], [64, 80]]
    assert [list(line.get_ydata()) for line in costs.lines] == [
        pytest.approx([1, 70_002 / 70_001]),
        [1, 2],
    ]


def test_widths_that_lie_far_apart_have_a_logarithmic_axis() -> None:
    matches = cost_table()["matches"]
    widths, costs = draw_matches(matches).axes
    assert (widths.get_yscale(), widths.get_ylim()[0]) == ("linear", 0)
    assert (costs.get_yscale(), costs.get_ylim()[0] > 0) == ("linear", True)
    wide = {"cardinality": 10**6, "width": 1, "group_width": 10**6, "parameters": 10**12}
    widths, costs = draw_matches([*matches, {**matches[0], **wide}]).axes
    assert (widths.get_yscale(), costs.get_yscale()) == ("log", "log")
    widths.figure.draw_without_rendering()
    low, high = widths.get_ylim()
    shown = [t.get_text() for t in widths.get_yticklabels() if low <= t.get_position()[1] <= high]
    assert shown == ["1", "10", "100", "1000", "10000", "100000", "1000000"]
