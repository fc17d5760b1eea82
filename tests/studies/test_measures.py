"""Measures are read from what a run folder holds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from resnets.errors import ConfigError
from resnets.studies.measures import MEASURES, Value, find_measure

METRICS = {
    "train": [
        {"epoch": e, "top1_error": t, "loss": t / 50, "n": 1000}
        for e, t in ((1, 80.0), (2, 50.0), (3, 20.0))
    ],
    "validation": [
        {"epoch": e, "top1_error": t, "n": 100} for e, t in ((1, 70.0), (2, 30.0), (3, 40.0))
    ],
    "test": [{"epoch": e, "top1_error": t, "n": 200} for e, t in ((1, 75.0), (2, 36.0), (3, 35.0))],
}


def record(finished: bool = True, metrics: dict[str, Any] = METRICS) -> Any:
    test = {"top1_error": 35.0, "top5_error": 5.0, "n": 200}
    return SimpleNamespace(
        evaluation={"test": test} if finished else {},
        network={"parameters": 272_474, "macs": 40_551_808} if finished else {},
        split=lambda name: metrics.get(name, []),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("test_error", Value(35.0, 200)),
        ("test_top5_error", Value(5.0, 200)),
        ("train_error", Value(20.0, 1000)),
        ("train_loss", Value(0.4)),
        ("best_test_error", Value(35.0, 200)),
        ("selected_test_error", Value(36.0, 200)),
        ("mean_train_error", Value(50.0)),
        ("epochs_to_train_error:50", Value(2.0)),
        ("epochs_to_train_error:10", None),
        ("parameters", Value(0.272474)),
        ("macs", Value(0.040551808)),
    ],
)
def test_a_measure_is_read(text, value):
    measure, _, argument = find_measure(text)
    assert measure.read is not None
    assert measure.read(record(), argument) == value


@pytest.mark.parametrize("argument", ["abc", "0", "-1", "1.5", "1e3", "1000000", "٣", " 1"])
def test_an_argument_is_a_whole_number(argument):
    with pytest.raises(ConfigError, match="lesion_test_error: and a whole number"):
        find_measure(f"lesion_test_error:{argument}")


def test_nothing_is_read_of_a_run_that_has_not_begun():
    for name, measure in MEASURES.items():
        if measure.read is not None:
            assert measure.read(record(False, {}), "50") is None, name


def test_an_argument_stands_in_the_label():
    measure, name, argument = find_measure("stochastic_test_error:30")
    assert (name, argument) == ("stochastic_test_error", "30")
    assert measure.describe(argument) == "test error, average of 30 sampled passes"
