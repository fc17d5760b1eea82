"""The signal of a network as one table."""

from __future__ import annotations

import json

import torch

from resnets.analysis.signal import Direct, Findings, Growth, list_responses, measure_signal
from resnets.networks import build
from resnets.spec import Spec
from resnets.spec.families import Perceptron


def test_units_are_numbered_from_one_and_the_stem_is_zero() -> None:
    net = build(Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=3))
    found = measure_signal(net, [(torch.randn(4, 1, 8, 8), torch.zeros(4, dtype=torch.long))])
    direct = Direct(0, 0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0)
    growth = (Growth(-1, 0.0, 1.0), Growth(0, 0.0, 2.0))
    records = ({"step": 0, "epoch": 0.0, "layers": [{"name": "a", "unit": None}, {"unit": 0}]},)
    about = {"name": "net"}
    table = Findings(about, found, growth, (direct,), records).to_dict()
    assert json.loads(json.dumps(table, allow_nan=False)) == table
    assert {layer["unit"] for layer in table["layers"]} == {None, 1}
    assert [part["unit"] for part in table["growth"]] == [0, 1]
    assert (table["direct"][0]["unit"], table["direct"][0]["end"]) == (1, 1)
    assert [layer["unit"] for layer in table["records"][0]["layers"]] == [None, 1]
    # Nothing was numbered twice.
    assert records[0]["layers"][1]["unit"] == 0
    assert found.layers[-2].unit in (None, 0)


def test_a_network_without_filters_answers_its_fully_connected_layers() -> None:
    net = build(Perceptron(layers=2, width=4, image_size=4, in_chans=1, num_classes=3))
    found = measure_signal(net, [(torch.randn(4, 1, 4, 4), None)])
    responses = list_responses(found)
    linear = found.select("linear")
    assert [response.layer for response in responses] == [layer.name for layer in linear]
    assert [r.std for r in responses] == [layer.activation.std for layer in linear]
