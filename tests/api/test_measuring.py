"""Measures that are computed from a trained network, against what the network itself says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resnets.api.evaluation import evaluate
from resnets.api.measuring import COMPUTED
from resnets.api.training import train
from resnets.spec import Recipe, Run, Spec
from resnets.spec.families import Perceptron

RECIPE = Recipe(length="6it", batch_size=64)
NET = Spec(depths=(2, 2), widths=(4, 8), stem_width=4, in_chans=1)


@pytest.fixture(scope="module")
def residual(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "residual"
    train(Run(model="tiny", network=NET, recipe=RECIPE), path, progress=False)
    return path


@pytest.fixture(scope="module")
def perceptron(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "perceptron"
    net = Perceptron(layers=3, width=16, image_size=8, in_chans=1, num_classes=10)
    recipe = RECIPE.replace(lr=0.01)
    train(Run(network=net, recipe=recipe, record_signal=50), path, progress=False)
    return path


def test_the_final_training_loss_is_that_of_an_evaluation(residual):
    found = COMPUTED["final_train_loss"](residual, "", None)["final_train_loss"]
    assert found.value == evaluate(residual, split="train").loss
    assert found.n is None


def test_identity_units_change_no_loss(residual):
    found = COMPUTED["extension_change"](residual, "2", None)
    assert found["extension_change:2"].value < 1e-5


def test_a_lesion_changes_the_error_and_too_large_a_one_is_nothing(residual):
    intact = evaluate(residual).top1_error
    one = COMPUTED["lesion_test_error"](residual, "1", None)["lesion_test_error:1"].value
    assert 0 < one <= 100
    assert one != intact
    assert COMPUTED["lesion_test_error"](residual, "9", None) == {}
    order = COMPUTED["reordered_test_error"](residual, "2", None)["reordered_test_error:2"]
    assert 0 < order.value <= 100


def test_responses_and_dead_channels(residual):
    assert 0.01 < COMPUTED["mean_response"](residual, "", None)["mean_response"].value < 10
    dead = COMPUTED["dead_channels"](residual, "", None)["dead_channels"].value
    assert dead in [100 * i / 8 for i in range(9)]
    assert dead < 100


def test_what_a_run_recorded_is_read_by_layer(perceptron):
    lines = [json.loads(line) for line in (perceptron / "signal.jsonl").read_text().splitlines()]
    first, last = lines[0], lines[-1]
    acts = [layer for layer in last["layers"] if layer["kind"] == "activation"]
    assert (
        COMPUTED["mean_activation"](perceptron, "2", None)["mean_activation:2"].value
        == (acts[1]["mean"])
    )
    assert COMPUTED["saturation"](perceptron, "3", None)["saturation:3"].value == (
        100 * acts[2]["flat"]
    )
    assert COMPUTED["mean_activation"](perceptron, "4", None) == {}
    start = [layer for layer in first["layers"] if layer["kind"] == "activation"]
    found = COMPUTED["gradient_ratio"](perceptron, "", None)
    assert found["activation_ratio"].value == start[2]["std"] / start[0]["std"]
    assert found["gradient_ratio"].value == start[0]["gradient_std"] / start[2]["gradient_std"]


def test_a_run_that_recorded_nothing_has_no_such_figure(residual):
    assert COMPUTED["saturation"](residual, "1", None) == {}
