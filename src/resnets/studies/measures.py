"""What can be measured of a cell, by name.

Some measures are read from the run folder. Others are computed from the trained network, once, by
the function that ``api.measuring`` has under the same name; their results are kept beside the runs.
Those of an experiment are what it answers. An entry here, and there for a computed one, adds a
measure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnets.spec.frozen import reject

if TYPE_CHECKING:
    from resnets.report.record import Record


@dataclass(frozen=True)
class Value:
    """A measured value.

    Args:
        value: in the measure's unit.
        n: samples it was counted on, where it is an error; else None.
    """

    value: float
    n: int | None = None


_NUMBER = re.compile("[1-9][0-9]{0,5}")
Read = Callable[["Record", str], "Value | None"]


@dataclass(frozen=True)
class Measure:
    """Something that is measured.

    Args:
        label: what it is called; ``{}`` takes its argument, which stands behind a colon.
        unit: ``%``, ``epochs``, ``nats`` or nothing.
        read: from the record of a run and the argument to the value, None where there is none yet;
            or None for a measure that is computed from the network, or by an experiment.
        exact: whether it is the same whatever the seed, so that a claim needs no interval.
        recorded: whether it is read from the signal that a run records.
    """

    label: str
    unit: str
    read: Read | None = None
    exact: bool = False
    recorded: bool = False

    def describe(self, argument: str) -> str:
        """Return its label with its argument."""
        return self.label.format(argument)


def read_test_error(record: Record, argument: str) -> Value | None:
    """Error of the final network on the test split."""
    return _evaluated(record, "top1_error")


def read_test_top5_error(record: Record, argument: str) -> Value | None:
    """Top-5 error of the final network on the test split."""
    return _evaluated(record, "top5_error")


def read_train_error(record: Record, argument: str) -> Value | None:
    """Error over the last epoch of training, measured while the weights changed."""
    return _last(record, "train", "top1_error") if record.evaluation else None


def read_train_loss(record: Record, argument: str) -> Value | None:
    """Loss over the last epoch of training, measured while the weights changed."""
    last = _last(record, "train", "loss") if record.evaluation else None
    return Value(last.value) if last else None


def read_best_test_error(record: Record, argument: str) -> Value | None:
    """Lowest test error of any epoch, as code that prints its best result reports it."""
    curve = record.split("test")
    if not record.evaluation or not curve:
        return None
    best = min(curve, key=lambda m: m["top1_error"])
    return Value(best["top1_error"], int(best["n"]))


def read_selected_test_error(record: Record, argument: str) -> Value | None:
    """Test error of the epoch with the lowest validation error."""
    tested = {m["epoch"]: m for m in record.split("test")}
    validated = [m for m in record.split("validation") if m["epoch"] in tested]
    if not record.evaluation or not validated:
        return None
    chosen = tested[min(validated, key=lambda m: m["top1_error"])["epoch"]]
    return Value(chosen["top1_error"], int(chosen["n"]))


def read_mean_train_error(record: Record, argument: str) -> Value | None:
    """Training error, averaged over all epochs: the height of the whole curve."""
    curve = record.split("train")
    if not record.evaluation or not curve:
        return None
    return Value(sum(m["top1_error"] for m in curve) / len(curve))


def read_epochs_to_train_error(record: Record, argument: str) -> Value | None:
    """First epoch whose training error is at most the argument, per cent."""
    reached = [m["epoch"] for m in record.split("train") if m["top1_error"] <= float(argument)]
    return Value(float(min(reached))) if reached else None


def read_parameters(record: Record, argument: str) -> Value | None:
    """Parameters of the network, in millions."""
    return _count(record, "parameters", 1e6)


def read_macs(record: Record, argument: str) -> Value | None:
    """Multiply-adds of the forward pass of one picture, in billions."""
    return _count(record, "macs", 1e9)


MEASURES: dict[str, Measure] = {
    "test_error": Measure("test error", "%", read_test_error),
    "test_top5_error": Measure("top-5 test error", "%", read_test_top5_error),
    "train_error": Measure("training error", "%", read_train_error),
    "train_loss": Measure("training loss", "nats", read_train_loss),
    "best_test_error": Measure("test error of the best epoch", "%", read_best_test_error),
    "selected_test_error": Measure(
        "test error of the epoch with the lowest validation error", "%", read_selected_test_error
    ),
    "mean_train_error": Measure("training error, mean over all epochs", "%", read_mean_train_error),
    "epochs_to_train_error": Measure(
        "epochs to {} % training error", "epochs", read_epochs_to_train_error
    ),
    "ten_crop_error": Measure("10-crop test error", "%"),
    "ten_crop_top5_error": Measure("10-crop top-5 test error", "%"),
    "stochastic_test_error": Measure("test error, average of {} sampled passes", "%"),
    "final_train_loss": Measure("training loss at the end, without augmentation", "nats"),
    "extension_change": Measure("change of it by {} identity units behind each stage", "nats"),
    "lesion_test_error": Measure("test error, random units deleted: {}", "%"),
    "reordered_test_error": Measure("test error, random exchanges of units: {}", "%"),
    "mean_response": Measure("layer response, mean std", ""),
    "mean_activation": Measure("mean activation of hidden layer {}", "", recorded=True),
    "saturation": Measure("saturated activations of hidden layer {}", "%", recorded=True),
    "activation_ratio": Measure(
        "std of activations before training, last to first layer", "", recorded=True
    ),
    "gradient_ratio": Measure(
        "std of gradients before training, first to last layer", "", recorded=True
    ),
    "dead_channels": Measure("channels before the pool that answer zero", "%"),
    "parameters": Measure("parameters", "M", read_parameters, exact=True),
    "macs": Measure("multiply-adds", "G", read_macs, exact=True),
    "identity_error": Measure("squared error of the identity", ""),
    "initial_identity_error": Measure("the same before training", ""),
    "paths": Measure("paths enumerated", "", exact=True),
    "switches": Measure("ways to leave functions on", "", exact=True),
    "proof_error": Measure("sum of all paths against the stack, relative", "", exact=True),
    "form_error": Measure("split and concatenated against grouped, relative", "", exact=True),
    "neuron_error": Measure("split, transform, aggregate against w·x, relative", "", exact=True),
}


def find_measure(text: str) -> tuple[Measure, str, str]:
    """Return a measure, its name and its argument, from a text such as ``ten_crop_error`` or
    ``stochastic_test_error:30``.

    Raises:
        ConfigError: the name is unknown, or an argument is missing, too much, or not allowed.
    """
    name, _, argument = text.partition(":")
    if name not in MEASURES:
        raise reject("measure", name, list(MEASURES))
    measure = MEASURES[name]
    if ("{}" in measure.label) != bool(argument):
        rule = "name:argument" if "{}" in measure.label else "the name alone"
        raise reject("measure", text, rule)
    if argument and not _NUMBER.fullmatch(argument):
        raise reject("measure", text, f"{name}: and a whole number from 1")
    return measure, name, argument


def _evaluated(record: Record, name: str) -> Value | None:
    test = record.evaluation.get("test")
    return Value(test[name], int(test["n"])) if test else None


def _count(record: Record, name: str, unit: float) -> Value | None:
    return Value(record.network[name] / unit) if name in record.network else None


def _last(record: Record, split: str, name: str) -> Value | None:
    curve = record.split(split)
    return Value(curve[-1][name], int(curve[-1]["n"])) if curve else None
