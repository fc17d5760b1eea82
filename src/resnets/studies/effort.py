"""How much work a study is, before any of it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from resnets.analysis import count
from resnets.spec import Run, count_steps

from .experiments import Experiment

TWO_CORES = 45e9
"""Multiply-adds of the forward pass that two cores train with in a second, test curve included:
measured for ResNets of 16 to 64 channels in bf16, Zen 5 with AVX-512."""

SLOWNESS = {
    "densenet": 1.3,
    "inception_v3": 3.2,
    "inception_v4": 3.7,
    "inception_resnet": 3.0,
    "polynet": 3.3,
    "perceptron": 10.0,
}
"""Time of a multiply-add by family, where that of a ResNet is 1; measured for the forms for small
pictures, whose operations are short, and for batches of 10 to 100 vectors."""

SAMPLES = {
    "digits": 1437,
    "mnist": 60_000,
    "fashion-mnist": 60_000,
    "cifar10": 50_000,
    "cifar100": 50_000,
    "svhn": 73_257,
    "imagenet": 1_281_167,
}
"""Pictures of the training split."""
SIDES = {"digits": 8, "mnist": 28, "fashion-mnist": 28, "imagenet": 224}
"""Side of the input in pixels, where it is not 32."""


@dataclass(frozen=True)
class Effort:
    """The work of some runs.

    Args:
        images: pictures that are trained on, repetitions counted.
        macs: multiply-adds of their forward passes.
        time: the same, each as often as it takes longer than one of a ResNet.
    """

    images: int
    macs: float
    time: float

    @property
    def minutes(self) -> float:
        """Time on two cores, as far as it can be told from multiply-adds and families."""
        return self.time / TWO_CORES / 60


def estimate(runs: Iterable[Run | Experiment], seeds: int = 1) -> Effort:
    """Return the work of runs, each with some seeds; experiments count for nothing.

    Args:
        runs: of the rows; equal ones are done once.
        seeds: how often each is run.
    """
    images, macs, time = 0, 0.0, 0.0
    for run in {run.key(): run for run in runs if isinstance(run, Run)}.values():
        recipe, data = run.recipe, run.data
        samples = SAMPLES.get(data.name, 50_000) - data.holdout
        steps = count_steps(recipe.length, max(1, samples // recipe.batch_size))
        images += seeds * steps * recipe.batch_size
        side = find_side(run) or 32
        work = seeds * steps * recipe.batch_size * float(count(run.network, side).macs)
        macs += work
        time += work * SLOWNESS.get(run.network.family, 1.0)
    return Effort(images, macs, time)


def find_side(run: Run) -> int | None:
    """Return the side of a run's pictures, pixels; None for a source whose pictures say it."""
    if run.data.name not in SAMPLES:
        return run.data.image_size
    return run.data.image_size or SIDES.get(run.data.name, 32)
