"""Where a scale's run differs from the paper's, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resnets.spec import Run, encode

from .experiments import Experiment
from .plan import shorten

NAMED = {"data.name": "", "recipe.name": "recipe ", "precision": ""}
WORDS = {
    "recipe.length": "",
    "recipe.batch_size": "batch size ",
    "recipe.lr": "learning rate ",
    "recipe.weight_decay": "weight decay ",
    "data.holdout": "validation samples: ",
    "data.image_size": "image size ",
}
UNITS = {"it": "iterations", "ep": "epochs", "%": "% of the run"}
# What the data, the recipe or the table's own column of networks says, and what decides nothing.
IMPLIED = (
    "model",
    "network.in_chans",
    "network.num_classes",
    "recipe.source",
    "seed",
    "device",
)


def describe_deviations(run: Run | Experiment, paper: Run | Experiment) -> list[str]:
    """List what differs between a run and the paper's, a phrase each; nothing where they agree.

    The fields of another network or recipe are not listed one by one: its name says them, and that
    of the network stands in the table.
    """
    if isinstance(run, Run) and isinstance(paper, Run):
        return _compare_runs(run, paper)
    ours, theirs = encode(run), encode(paper)
    return [
        f"{name} {_show(ours[name])} instead of {_show(theirs[name])}"
        for name in ours
        if name not in IMPLIED and ours[name] != theirs[name]
    ]


def _compare_runs(run: Run, paper: Run) -> list[str]:
    ours, theirs = dict(_flatten(encode(run))), dict(_flatten(encode(_shorten_alike(paper, run))))
    theirs["recipe.length"] = paper.recipe.length
    phrases = []
    for path in [*NAMED, *(path for path in ours if path not in NAMED)]:
        told = (
            path in IMPLIED
            or (path.startswith("network.") and run.model != paper.model)
            or (path.startswith("recipe.") and run.recipe.name != paper.recipe.name)
        )
        if ours[path] == theirs.get(path) or (
            told and path not in ("recipe.name", "recipe.length")
        ):
            continue
        word = NAMED.get(path, WORDS.get(path, f"{path} "))
        phrases.append(f"{word}{_show(ours[path])} instead of {_show(theirs.get(path))}")
    return phrases


def _shorten_alike(paper: Run, run: Run) -> Run:
    """Return the paper's run as long as the other one, so that equal shares of it are equal."""
    if run.recipe.length == paper.recipe.length:
        return paper
    return paper.replace(recipe=shorten(paper.recipe, run.recipe.length))


def _flatten(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _show(value: Any) -> str:
    for unit, word in UNITS.items():
        number = str(value).removesuffix(unit)
        if number != str(value) and number.replace(".", "").isdigit():
            return f"{float(number):,.10g} {word.removesuffix('s') if number == '1' else word}"
    return "–" if value is None else str(value)
