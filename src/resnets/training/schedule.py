"""The learning rate as a pure function of the step."""

from __future__ import annotations

import math

from resnets.errors import ConfigError
from resnets.spec import (
    Constant,
    Cosine,
    Exponential,
    Linear,
    Plateau,
    Recipe,
    Steps,
    count_steps,
)


def total_steps(recipe: Recipe, steps_per_epoch: int) -> int:
    """Count the optimizer steps of a whole run.

    Raises:
        ConfigError: the recipe's length comes to no step at all.
    """
    total = count_steps(recipe.length, steps_per_epoch)
    if total < 1:
        raise ConfigError(
            "E2401",
            "the run has no steps",
            what=f"recipe.length = {recipe.length!r}",
            where={"field": "recipe.length"},
            why=f"an epoch has {steps_per_epoch:,} steps",
            do="give a length of one step or more, such as 1ep or 100it",
        )
    return total


def learning_rate(
    recipe: Recipe,
    step: int,
    steps_per_epoch: int,
    total_steps: int,
    plateau_scale: float = 1.0,
) -> float:
    """Return the rate of one step.

    Args:
        recipe: gives rate, schedule and warm-up.
        step: the step about to be taken, from 0.
        steps_per_epoch: steps in one pass over the training set.
        total_steps: steps of the whole run.
        plateau_scale: what a plateau schedule has multiplied the rate by so far; it depends on
            measured errors, so it is kept with the run's state and handed in.

    Example:
        >>> recipe = Recipe(lr=0.1, schedule=Steps(milestones=("32000it", "48000it")))
        >>> [learning_rate(recipe, s, 390, 64_000) for s in (31_999, 32_000, 48_000)]
        [0.1, 0.01, 0.001]

    Source: ResNet, Section 4.2, where the warm-up of the 110-layer net ends when the training error
    is below 80 %, "about 400 iterations"; ours is exactly 400, so that it depends on nothing else.
    """
    warmup = recipe.warmup
    warm_steps = count_steps(warmup.length, steps_per_epoch, total_steps)
    rate = recipe.lr * _scale(recipe, step, steps_per_epoch, total_steps, plateau_scale)
    if step < warm_steps:
        climbed = step / warm_steps if warmup.kind == "linear" else 0.0
        rate *= warmup.start + (1 - warmup.start) * climbed
    # Twelve digits: a tenth of 0.1 is the 0.01 of the papers, not 0.010000000000000002.
    return float(f"{rate:.12g}")


def _scale(recipe: Recipe, step: int, per_epoch: int, total: int, plateau_scale: float) -> float:
    schedule = recipe.schedule
    match schedule:
        case Constant():
            return 1.0
        case Plateau():
            return plateau_scale
        case Steps():
            marks = [count_steps(mark, per_epoch, total) for mark in schedule.milestones]
            return float(schedule.factor ** sum(step >= mark for mark in marks))
        case Exponential():
            every = count_steps(schedule.every, per_epoch, total)
            return float(schedule.factor ** (step // max(every, 1)))
        case Cosine():
            share = (1 + math.cos(math.pi * step / total)) / 2
        case Linear():
            share = 1 - step / total
    return schedule.final + (1 - schedule.final) * share
