"""Lesions as one table: what an analysis keeps, prints and draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .measurement import Trial, Trials


@dataclass(frozen=True)
class Lesions:
    """What was found by injuring one network.

    Args:
        about: what was analysed, and how, as JSON data.
        each: every unit deleted in turn; None if that was not asked for.
        many: random units deleted, several at once.
        order: random pairs of units exchanged.
        beside: the same of other networks, for contrast.
    """

    about: Mapping[str, Any]
    each: Trials | None = None
    many: Trials | None = None
    order: Trials | None = None
    beside: tuple[Lesions, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON data; units are numbered from 1."""
        trials = {"each": self.each, "many": self.many, "order": self.order}
        found = {name: _describe(part) for name, part in trials.items() if part is not None}
        first = next(part for part in trials.values() if part is not None)
        columns = zip(first.units, first.changes, first.deletable, strict=True)
        units = [
            {"unit": i, "name": name, "changes_shape": changes, "deletable": deletable}
            for i, (name, changes, deletable) in enumerate(columns, start=1)
        ]
        others = [other.to_dict() for other in self.beside]
        return {"analysis": "lesion", **self.about, "units": units, **found, "beside": others}


def _describe(trials: Trials) -> dict[str, Any]:
    rows = [_describe_trial(trial) for trial in trials.trials]
    return {"n": trials.n, "intact": trials.intact, "trials": rows}


def _describe_trial(trial: Trial) -> dict[str, Any]:
    lesion = trial.lesion
    if lesion.swaps:
        order = [unit + 1 for unit in lesion.order]
        return {"swaps": lesion.swaps, "tau": lesion.tau, "order": order, "error": trial.error}
    return {"deleted": [unit + 1 for unit in lesion.deleted], "error": trial.error}
