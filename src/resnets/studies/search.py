"""Random search: every run of a row draws its own settings, and the best runs stand for the row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Annotated, Literal, Union

from pydantic import Field, model_validator

from resnets.spec import Run, assign
from resnets.spec.frozen import Flag, Frozen, Positive, Real, Share, reject

if TYPE_CHECKING:
    from .cells import Outcome

DIGITS = 4


class Span(Frozen):
    """A number between two bounds.

    Args:
        path: the field of the run, ``recipe.lr``.
        low, high: the bounds.
        log: whether its logarithm is drawn evenly, rather than the number itself.
    """

    kind: Literal["span"] = "span"
    path: str
    low: Real
    high: Real
    log: Flag = False

    @model_validator(mode="after")
    def _coherent(self) -> Span:
        if self.low >= self.high or (self.log and self.low <= 0):
            raise reject("low", self.low, f"less than {self.high:g}, and above 0 for a logarithm")
        return self

    def __str__(self) -> str:
        return f"{self.path} from {self.low:g} to {self.high:g}" + ", logarithmic" * self.log

    def draw(self, share: float) -> tuple[str, ...]:
        """Return the assignment for a share of the way from low to high."""
        if self.log:
            value = math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        else:
            value = self.low + share * (self.high - self.low)
        return (f"{self.path}={float(f'{value:.{DIGITS}g}')!r}",)


class Among(Frozen):
    """One of several groups of assignments, each as likely as the others.

    Args:
        options: the groups; what one of them sets, all of them must set.
    """

    kind: Literal["among"] = "among"
    options: Annotated[tuple[tuple[str, ...], ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _coherent(self) -> Among:
        paths = [[text.partition("=")[0] for text in option] for option in self.options]
        for option, found in zip(self.options, paths, strict=True):
            if found != paths[0]:
                raise reject("options", option, f"assignments to {', '.join(paths[0])}")
        return self

    def __str__(self) -> str:
        return " or ".join(", ".join(option) for option in self.options)

    def draw(self, share: float) -> tuple[str, ...]:
        """Return the group at a share of the way from the first to behind the last."""
        return self.options[int(share * len(self.options))]


class Search(Frozen):
    """What is drawn for each run, and how many of the runs count.

    The n-th run of every row draws the same settings, whatever the rows are.

    Args:
        draws: the settings.
        best: share of a row's runs that stand for it, those with the lowest first measure; at least
            ``least`` where so many finished.
        least: see ``best``.

    Source: Bergstra & Bengio 2012 (random search); the mean over the best tenth is that of
    Srivastava et al. 2015 (Training Very Deep Networks), Fig. 1.
    """

    draws: Annotated[
        tuple[Annotated[Union[Span, Among], Field(discriminator="kind")], ...],  # noqa: UP007
        Field(min_length=1),
    ]
    best: Share = 0.1
    least: Positive = 2

    def __str__(self) -> str:
        drawn = "; ".join(map(str, self.draws))
        counted = f"the best {self.best:.0%}, at least {self.least}"
        return f"Every run draws {drawn}. Of a row's runs {counted}, stand for it."

    def draw(self, run: Run, number: int) -> Run:
        """Return a run with the settings of a trial.

        Raises:
            ConfigError: the run has no such field, or it cannot have the value.
        """
        source = Random(f"search/{number}")
        return assign(run, [text for each in self.draws for text in each.draw(source.random())])

    def pick(self, outcomes: Sequence[Outcome], measure: str) -> list[Outcome]:
        """Return the runs that stand for a row; all of them while none has finished."""
        finished = sorted(
            (o for o in outcomes if measure in o.values), key=lambda o: o.values[measure].value
        )
        return finished[: max(self.least, round(self.best * len(outcomes)))] or list(outcomes)
