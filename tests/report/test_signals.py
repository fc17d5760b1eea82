"""Tables and pictures of signals, drawn from the JSON that stands beside them."""

from __future__ import annotations

import csv
import io
import math
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from PIL import Image

from resnets.report.signal_depth import (
    draw_direct,
    draw_gates,
    draw_gradients,
    draw_growth,
    draw_responses,
)
from resnets.report.signal_layers import draw_activations, draw_epochs, draw_histograms
from resnets.report.signals import draw_signals, tabulate_signals


def values(mean: float, std: float) -> dict[str, Any]:
    bounds = {"low": mean - 3 * std, "high": mean + 3 * std}
    histogram = [1 / 64] * 64
    return {
        "n": 64, "mean": mean, "std": std, "quantile": mean + 2 * std, **bounds,
        "histogram": histogram,
    }  # fmt: skip


def layer(name: str, kind: str, unit: int | None, std: float, **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "unit": unit,
        "shape": [4, 2, 2],
        "activation": values(0.5, std),
        "flat": None,
        "gradient": values(0.0, std / 10),
        "weight": None,
        "weight_gradient": None,
        "gradient_norm": std / 10,
        "weight_gradient_norm": None,
        **fields,
    }


def signal_table() -> dict[str, Any]:
    convs = [layer(f"c{i}", "convolution", i, i, weight_gradient_norm=0.1 * i) for i in (1, 2, 3)]
    units = [layer(f"u{i}", "unit", i, 2.0 * i, flat=0.25 * i) for i in (1, 2, 3)]
    gates = [{**layer(f"g{i}", "gate", i, 0.1), "gradient": None} for i in (1, 2)]
    records = [
        {
            "step": 7 * epoch,
            "epoch": epoch,
            "layers": [
                {
                    "name": f"u{i}", "kind": "unit", "unit": i, "mean": 0.0, "std": i + epoch,
                    "quantile": 2.0, "flat": 0.1 * i * epoch, "gradient_norm": None,
                }
                for i in (1, 2)
            ],
        }
        for epoch in (0, 1, 2)
    ]  # fmt: skip
    direct = [
        {
            "unit": unit, "end": end, "gradient": 2.0, "at_end": 1.0, "direct": direct,
            "through": 1.0, "factor": factor, "expected": 0.5,
        }
        for unit, end, direct, factor in ((2, 3, 0.0, 0.5), (3, 3, 1.0, 0.25), (5, 5, 1.0, 0.5))
    ]  # fmt: skip
    network = {
        "name": "net",
        "network": {"shortcut": "A"},
        "layers": [*convs, *units, *gates],
        "responses": [{"layer": f"c{i}", "unit": i, "std": std} for i, std in ((1, 1.0), (2, 3.0))],
        "growth": [{"unit": i, "mean": 0.0, "std": std} for i, std in enumerate((1, 2, 3, 4))],
        "direct": direct,
        "records": records,
    }
    return {"networks": [network]}


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_tables() -> None:
    files = tabulate_signals(signal_table())
    assert sorted(files) == [
        f"{name}.csv" for name in ("direct", "epochs", "growth", "layers", "responses")
    ]
    rows = read_csv(files["layers.csv"])
    assert [row["name"] for row in rows] == ["c1", "c2", "c3", "u1", "u2", "u3", "g1", "g2"]
    assert rows[0]["shape"] == "4×2×2"
    assert (rows[1]["std"], rows[1]["quantile"], rows[1]["flat"]) == ("2", "4.5", "")
    assert (rows[4]["flat"], rows[6]["gradient_std"]) == ("0.5", "")
    assert [row["std"] for row in read_csv(files["responses.csv"])] == ["1.0", "3.0"]
    epochs = read_csv(files["epochs.csv"])
    assert [(row["epoch"], row["layer"], row["std"]) for row in epochs[2:4]] == [
        ("1", "u1", "2"),
        ("1", "u2", "3"),
    ]
    assert read_csv(files["direct.csv"])[1]["factor"] == "0.25"


def test_parts_that_are_not_there_have_no_files() -> None:
    table = signal_table()
    network = table["networks"][0]
    for part in ("responses", "growth", "direct", "records"):
        network[part] = []
    network["layers"] = [{**network["layers"][0], "gradient": None}]
    assert sorted(tabulate_signals(table)) == ["layers.csv"]
    assert sorted(draw_signals(table)) == ["histograms.png", "histograms.svg"]


def test_pictures_of_one_network() -> None:
    table = signal_table()
    files = draw_signals(table)
    together = ("responses", "gradients", "growth")
    alone = ("activations", "histograms", "direct", "gates", "epochs")
    assert sorted(files) == sorted(f"{n}.{k}" for n in (*together, *alone) for k in ("png", "svg"))
    for name, content in files.items():
        if name.endswith("png"):
            assert Image.open(io.BytesIO(content)).size > (600, 300)
        else:
            ET.fromstring(content)


def test_pictures_of_two_networks_have_their_names() -> None:
    (network,) = signal_table()["networks"]
    gates = [layer for layer in network["layers"] if layer["kind"] == "gate"]
    bare = {**network, "layers": gates, "responses": [], "growth": [], "direct": [], "records": []}
    files = draw_signals({"networks": [bare, {**bare, "name": "other net"}]})
    assert sorted(name for name in files if name.endswith("png")) == [
        "gates-1-net.png",
        "gates-2-other-net.png",
    ]
    again = draw_signals({"networks": [bare]})
    assert again["gates.svg"] == files["gates-1-net.svg"]


def test_responses_in_order_and_by_size() -> None:
    table = signal_table()
    figure = draw_responses(table["networks"])
    assert figure is not None
    ordered, by_size = figure.axes
    assert list(ordered.lines[0].get_ydata()) == [1.0, 3.0]
    assert list(by_size.lines[0].get_ydata()) == [3.0, 1.0]
    assert ordered.lines[0].get_linestyle() == "-"
    plain = {**table["networks"][0], "network": {"shortcut": "none"}}
    dashed = draw_responses([plain])
    assert dashed is not None
    assert dashed.axes[0].lines[0].get_linestyle() == "--"


@pytest.mark.parametrize("count", [2, 9, 56, 110])
def test_layers_are_counted_from_one(count: int) -> None:
    responses = [{"layer": f"c{i}", "unit": i, "std": 1.0} for i in range(count)]
    figure = draw_responses([{**signal_table()["networks"][0], "responses": responses}])
    assert figure is not None
    for axes in figure.axes:
        assert 0 < axes.get_xlim()[0] < 1
        assert count < axes.get_xlim()[1] < 1.05 * count + 1
        first, second, *_ = ticks = list(axes.get_xticks())
        assert first == 1
        assert ticks == sorted(ticks)
        assert ticks[-1] <= count
        assert second - first >= 0.5 * (count // 10)
        assert all(tick == round(tick) for tick in ticks)


def test_gradients_break_where_nothing_arrives() -> None:
    (network,) = signal_table()["networks"]
    network["layers"][1]["gradient_norm"] = 0.0
    figure = draw_gradients([network])
    assert figure is not None
    outputs, weights = figure.axes
    first, gap, last = outputs.lines[0].get_ydata()
    assert (first, last) == (0.1, pytest.approx(0.3))
    assert math.isnan(gap)
    assert list(weights.lines[0].get_ydata()) == pytest.approx([0.1, 0.2, 0.3])
    assert outputs.get_yscale() == "log"


def test_growth_has_theory_as_a_line_and_measurements_as_dots() -> None:
    figure = draw_growth(signal_table()["networks"])
    assert figure is not None
    line, dots, *_ = figure.axes[0].lines
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([0, 1, 2, 3], [1, 4, 9, 16])
    assert (list(dots.get_xdata()), list(dots.get_ydata())) == ([1, 2, 3], [4, 16, 36])
    assert dots.get_linestyle() == "None"
    legend = figure.axes[0].get_legend()
    assert legend.get_title().get_text() == "dots: measured\nline: expected"
    (key,) = legend.get_lines()
    assert (key.get_color(), key.get_marker(), key.get_linestyle()) == (line.get_color(), "o", "-")
    assert dots.get_color() == line.get_color()


def test_every_curve_of_the_direct_term_is_seen_where_they_run_together() -> None:
    network = signal_table()["networks"][0]
    figure = draw_direct(network)
    assert figure is not None
    everything, _, shortcuts, _, through, _ = figure.axes[0].lines
    assert list(everything.get_ydata()) == [2.0, 2.0]
    # What lies below is wider than the marks upon it; of two that are thin, one has gaps.
    assert everything.get_linewidth() > max(shortcuts.get_markersize(), through.get_markersize())
    assert everything.get_zorder() <= shortcuts.get_zorder()
    assert (shortcuts.get_linestyle(), through.get_linestyle()) == ("-", "--")
    assert len({line.get_color() for line in (everything, shortcuts, through)}) == 3


def test_the_direct_term_stretch_by_stretch() -> None:
    figure = draw_direct(signal_table()["networks"][0])
    assert figure is not None
    norms, factors = figure.axes
    assert [list(line.get_xdata()) for line in norms.lines[:2]] == [[2, 3], [5]]
    assert [t.get_text() for t in norms.get_legend().get_texts()] == [
        "∂E/∂x, all of it",
        "by the shortcuts alone",
        "through residual functions",
    ]
    assert list(factors.lines[0].get_ydata()) == [0.5, 0.25, 0.5]
    assert [t.get_text() for t in factors.get_legend().get_texts()] == [
        "measured",
        "product of the scales",
    ]


def test_gates_by_depth() -> None:
    figure = draw_gates(signal_table()["networks"][0])
    assert figure is not None
    (axes,) = figure.axes
    assert axes.get_ylim() == (-0.02, 1.02)
    series = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert series["98 %"] == [0.7, 0.7]
    assert series["extremes"] == pytest.approx([0.2, 0.2])


def test_saturation_by_epoch() -> None:
    (network,) = signal_table()["networks"]
    figure = draw_epochs(network)
    assert figure is not None
    mean, quantile, flat = figure.axes
    assert list(mean.lines[1].get_xdata()) == [0, 1, 2]
    assert list(quantile.lines[1].get_ydata()) == [1, 2, 3]
    assert [list(line.get_ydata()) for line in flat.lines] == [
        pytest.approx([0, 10, 20]),
        pytest.approx([0, 20, 40]),
    ]
    for record in network["records"]:
        for each in record["layers"]:
            each["flat"] = None
    without = draw_epochs(network)
    assert without is not None
    assert len(without.axes) == 2
    assert draw_epochs({**network, "records": network["records"][:1]}) is None


def test_activations_and_histograms() -> None:
    (network,) = signal_table()["networks"]
    figure = draw_activations(network)
    assert figure is not None
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "convolution, in order",
        "unit, in order",
    ]
    assert list(figure.axes[0].lines[0].get_ydata()) == [0.5] * 3
    outputs = draw_histograms(network)
    assert outputs is not None
    left, right = outputs.axes
    # The area below a density is one.
    line = left.lines[0]
    width = line.get_xdata()[1] - line.get_xdata()[0]
    assert sum(line.get_ydata()) * width == pytest.approx(1)
    assert len(right.lines) == 3
