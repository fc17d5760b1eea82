"""What is counted over a split: errors, loss, confusion and the most confident mistakes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from resnets.errors import DataError, FileError, ResnetsError, escape
from resnets.spec import Preprocessing, encode

MAX_MISTAKES = 25


class Mistake(NamedTuple):
    """A sample that was taken for another class: its index in the split, and how sure the net was.

    ``confidence`` is the probability, 0 … 1, that the network gave to the wrong class.
    """

    index: int  # type: ignore[assignment]
    true: int
    predicted: int
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """The result of one pass over a split, every sample once.

    Args:
        top1_error, top5_error: per cent of samples whose class is not the first, not among the
            first five answers (or all K, with fewer than five classes).
        loss: mean cross-entropy, nats.
        n: samples that were counted.
        classes: names of the classes.
        per_class_accuracy: per cent for each class; None for a class without samples.
        confusion: rows are true classes, columns answers; counts.
        mistakes: the most confident wrong answers, most confident first.
        skipped: samples that the data left out, in all its splits, because they cannot be read.
        notes: sentences that belong to the figures.
        preprocessing: how the network was fed, where that is known.
    """

    top1_error: float
    top5_error: float
    loss: float
    n: int
    classes: tuple[str, ...]
    per_class_accuracy: tuple[float | None, ...]
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]
    skipped: int = 0
    notes: tuple[str, ...] = ()
    preprocessing: Preprocessing | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return {
            "top1_error": self.top1_error,
            "top5_error": self.top5_error,
            "loss": self.loss,
            "n": self.n,
            "skipped": self.skipped,
            "interval": list(interval(self.top1_error, self.n)),
            "classes": list(self.classes),
            "per_class_accuracy": list(self.per_class_accuracy),
            "confusion": [list(row) for row in self.confusion],
            "mistakes": [mistake._asdict() for mistake in self.mistakes],
            "notes": list(self.notes),
            **({"preprocessing": _describe(self.preprocessing)} if self.preprocessing else {}),
        }


def _describe(rules: Preprocessing) -> dict[str, Any]:
    """Return the preprocessing as JSON data; a mean of each pixel is left out."""
    content = encode(rules)
    return content if len(rules.mean) == rules.channels else {**content, "mean": None}


def interval(error: float, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the interval, 95 % by default, in which the true error lies, per cent.

    Args:
        error: measured error, per cent.
        n: samples it was measured on.
        z: quantile of the normal distribution.

    Source: Wilson 1927; unlike the normal interval it is right for errors near zero.
    """
    share = error / 100
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)


@dataclass
class Tally:
    """Counts over batches; ``result`` turns them into an ``Evaluation``."""

    classes: tuple[str, ...]
    loss: float = 0.0
    outside_top5: int = 0
    confusion: Tensor = field(init=False)
    indices: list[Tensor] = field(default_factory=list)
    wrong: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.classes)
        self.confusion = torch.zeros(count, count, dtype=torch.int64)

    def add(self, log_probabilities: Tensor, labels: Tensor, indices: Tensor) -> None:
        """Count one batch.

        Args:
            log_probabilities: (N, K).
            labels: (N,), 0 … K - 1.
            indices: (N,), of the samples in their split.
        """
        scores, labels = log_probabilities.cpu().double(), labels.cpu()
        self._check(scores, labels)
        rows = torch.arange(len(labels))
        # Stable, so that among equal scores the lower class comes first on every device.
        ranking = scores.argsort(dim=1, descending=True, stable=True)[:, :5]
        predicted = ranking[:, 0]
        self.loss -= float(scores[rows, labels].sum())
        self.outside_top5 += int((ranking != labels[:, None]).all(1).sum())
        cells = labels * len(self.classes) + predicted
        self.confusion += torch.bincount(cells, minlength=self.confusion.numel()).view_as(
            self.confusion
        )
        self.indices.append(indices.cpu())
        bad = predicted != labels
        confidences = scores[rows, predicted].exp()
        found = (indices.cpu()[bad], labels[bad], predicted[bad], confidences[bad])
        self.wrong += map(Mistake._make, zip(*(part.tolist() for part in found), strict=True))
        self.wrong = sorted(self.wrong, key=lambda m: (-m.confidence, m.index))[:MAX_MISTAKES]

    def result(self) -> Evaluation:
        """Return what was counted.

        Raises:
            DataError: there was no sample.
            ResnetsError: a sample came twice, which is a mistake of ours.
        """
        n = int(self.confusion.sum())
        if n == 0:
            raise DataError("E3301", "no samples to evaluate", do="check the split's name")
        values, counts = torch.cat(self.indices).unique(return_counts=True)
        if len(values) != n:
            twice = values[counts > 1][:5].tolist()
            raise ResnetsError("E1501", "samples were counted twice", what=f"indices {twice}")
        right = self.confusion.diagonal()
        per_class = zip(right.tolist(), self.confusion.sum(1).tolist(), strict=True)
        return Evaluation(
            top1_error=100 * (n - int(right.sum())) / n,
            top5_error=100 * self.outside_top5 / n,
            loss=self.loss / n,
            n=n,
            classes=self.classes,
            per_class_accuracy=tuple(100 * r / total if total else None for r, total in per_class),
            confusion=tuple(tuple(row) for row in self.confusion.tolist()),
            mistakes=tuple(self.wrong),
        )

    def _check(self, scores: Tensor, labels: Tensor) -> None:
        if scores.shape[1] != len(self.classes):
            raise FileError(
                "E4520",
                "network and data have different classes",
                what=f"{scores.shape[1]} outputs, {len(self.classes)} classes",
                why=f"the classes are {', '.join(map(escape, self.classes[:5]))}"
                + (" …" if len(self.classes) > 5 else ""),
                do="evaluate on the data that the network was made for",
            )
        outside = labels[(labels < 0) | (labels >= len(self.classes))]
        if len(outside):
            raise DataError(
                "E3302",
                "a label is no class",
                what=f"label {int(outside[0])}",
                why=f"there are {len(self.classes)} classes, 0 to {len(self.classes) - 1}",
            )
