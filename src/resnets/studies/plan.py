"""From a study and a scale to what is trained: a request for each row, its recipe shortened."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from resnets.errors import ConfigError, nearest
from resnets.spec import Recipe, Run, decode
from resnets.spec.request import Request

from .declaration import Fields, Row, Scale, ScaleName, Study
from .experiments import EXPERIMENTS, Experiment

COMMON: dict[ScaleName, Scale] = {
    "smoke": Scale(
        length="2ep",
        request={"data": "digits"},
        says=("so short that the figures say nothing: this shows that the study runs",),
    ),
    "short": Scale(request={"data": "cifar10"}),
    "paper": Scale(request={"precision": "fp32"}),
}
"""What all studies share at a scale; a study's own scale wins."""

ALWAYS: Fields = {"test_curve": True}
"""The papers draw the test error by epoch; nothing is selected by it."""


@dataclass(frozen=True)
class Cell:
    """One run of a study: a row with a seed.

    Args:
        row: the row's name.
        run: what is trained, or the experiment that is made.
        folder: the run folder; cells of other studies with an equal run share it.
    """

    row: str
    run: Run | Experiment
    folder: Path


def name_runs(output: Path, run: Run | Experiment) -> Path:
    """Return the folder of a run, or of an experiment, in the folder of a study."""
    return output / ("runs" if isinstance(run, Run) else "experiments") / run.key()


def pick_rows(study: Study, scale: ScaleName, patterns: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a scale, in the study's order.

    Args:
        patterns: names with shell wildcards; only these rows. Empty for all.

    Raises:
        ConfigError: a pattern fits no row of this scale.
    """
    chosen = study.scales[scale].rows
    rows = [row for row in study.rows if not chosen or row.name in chosen]
    names = [row.name for row in rows]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            guesses = nearest(pattern, names)
            raise ConfigError(
                "E2752",
                "the study has no such row",
                what=pattern,
                where={"study": study.name, "scale": scale},
                do=[
                    *([f"did you mean {', '.join(guesses)}?"] if guesses else []),
                    f"rows: {', '.join(names)}",
                ],
            )
    if not patterns:
        return rows
    return [row for row in rows if any(fnmatchcase(row.name, p) for p in patterns)]


def write_request(study: Study, scale: ScaleName, row: Row) -> Request:
    """Return what is asked for a row at a scale; base, row and scale in this order, the last wins.

    Raises:
        ConfigError: a field has a value that is not allowed.
    """
    layers = (ALWAYS, study.base, row.request, COMMON[scale].request, study.scales[scale].request)
    fields: Fields = {}
    for layer in layers:
        fields |= {**layer, "set": (*fields.get("set", ()), *layer.get("set", ()))}
    return decode(Request, {**fields, "model": fill(row.model, study.scales[scale].values)})


def write_experiment(study: Study, scale: ScaleName, row: Row) -> Experiment:
    """Return the experiment of a row at a scale; base, row and scale in this order, the last wins.

    Raises:
        ConfigError: a setting is missing, or has a value that is not allowed.
    """
    fields = {**study.base, **row.request, **study.scales[scale].request}
    return decode(EXPERIMENTS[study.experiment], fields)


def vary(study: Study, run: Run | Experiment, number: int) -> Run | Experiment:
    """Return the run with a number of a row, from 0: with its own seed, and what it draws."""
    varied = run.replace(seed=run.seed + number)
    if study.search is None or not isinstance(varied, Run):
        return varied
    return study.search.draw(varied, number)


def fill(model: str, values: Mapping[str, str | int]) -> str:
    """Return a model's name with its words in braces filled in."""
    return re.sub(r"{(\w+)}", lambda match: str(values[match[1]]), model)


def find_length(study: Study, scale: ScaleName) -> str | None:
    """Return the length to which a scale shortens every recipe; None for the recipe's own."""
    return study.scales[scale].length or COMMON[scale].length


def shorten(recipe: Recipe, length: str | None) -> Recipe:
    """Return a recipe of another length, whose milestones and warm-up keep their shares of it.

    A milestone in another unit than the length, and the patience of a plateau, are left alone.
    """
    if length is None:
        return recipe
    schedule, warmup = recipe.schedule, recipe.warmup
    if schedule.kind == "steps":
        shares = tuple(_share(m, recipe.length) for m in schedule.milestones)
        schedule = schedule.replace(milestones=shares)
    elif schedule.kind == "exponential":
        schedule = schedule.replace(every=_share(schedule.every, recipe.length))
    if not warmup.length.startswith("0"):
        warmup = warmup.replace(length=_share(warmup.length, recipe.length))
    return recipe.replace(length=length, schedule=schedule, warmup=warmup)


def _share(part: str, whole: str) -> str:
    unit = whole[-2:]
    if not part.endswith(unit):
        return part
    return f"{round(100 * float(part[:-2]) / float(whole[:-2]), 4):g}%"
