"""The answer for one picture, and for many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, overload


class Guess(NamedTuple):
    """A class and its probability, 0 … 1."""

    label: str
    probability: float


@dataclass(frozen=True)
class Prediction:
    """What a network sees in a picture.

    Args:
        path: the file as it was named or found.
        label: the most probable class.
        probability: its probability, 0 … 1.
        top5: the five most probable classes, or all of fewer, most probable first.
    """

    path: str
    label: str
    probability: float
    top5: tuple[Guess, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON data."""
        return {**asdict(self), "top5": [guess._asdict() for guess in self.top5]}


@dataclass(frozen=True)
class Predictions(Sequence[Prediction]):
    """The answers in the order of the pictures, and what was left out.

    Args:
        answers: one for each picture that could be read.
        skipped: path and reason of each picture that could not be read.
    """

    answers: tuple[Prediction, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @overload
    def __getitem__(self, index: int) -> Prediction: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Prediction, ...]: ...
    def __getitem__(self, index: int | slice) -> Prediction | tuple[Prediction, ...]:
        return self.answers[index]

    def __len__(self) -> int:
        return len(self.answers)

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.answers)
