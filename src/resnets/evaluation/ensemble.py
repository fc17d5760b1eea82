"""Several networks as one: the average of their class probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from resnets.errors import ConfigError

from .metrics import Evaluation, Tally
from .protocols import evaluating, score

ROWS = 4096


class Ensemble:
    """The average of the class probabilities of members, which are added one after another.

    Only sums are kept, so a member can be freed before the next one is loaded. The order of the
    members changes nothing but rounding.

    Args:
        classes: names of the classes, one for each output.
        count: samples that every member is measured on.

    Source: Krizhevsky et al. 2012, Section 6; He et al. 2015, Table 5 (six networks).
    """

    def __init__(self, classes: Sequence[str], count: int) -> None:
        self.classes = tuple(classes)
        self.scores = torch.full((count, len(classes)), -math.inf)
        self.labels = torch.full((count,), -1)
        self.members = 0

    def add(
        self,
        net: nn.Module,
        batches: Iterable[tuple[Tensor, Tensor, Tensor]],
        *,
        precision: str = "fp32",
        protocol: str = "single",
        crop: int | None = None,
    ) -> Evaluation:
        """Measure one more member, fed in its own way, and return its own figures.

        Args:
            net, batches, precision, protocol, crop: as in ``evaluate``; every sample once.

        Raises:
            ConfigError: a sample has another label than with the members before.
            DataError, FileError, DivergedError: as ``evaluate``.
        """
        tally = Tally(self.classes)
        scores, labels = torch.full_like(self.scores, -math.inf), self.labels.clone()
        with evaluating(net):
            for images, given, indices in batches:
                part = score(net, images, protocol, crop, precision)
                tally.add(part, given, indices)
                scores[indices.cpu()], labels[indices.cpu()] = part.cpu(), given.cpu()
        found = tally.result()
        if self.members and not torch.equal(labels, self.labels):
            raise ConfigError(
                "E2851",
                "the members are measured on different samples",
                what=f"{int((labels != self.labels).sum()):,} of {len(labels):,} labels differ",
                do="name the data for all of them:  --data",
            )
        self.scores = torch.logaddexp(self.scores, scores)
        self.labels, self.members = labels, self.members + 1
        return found

    def result(self) -> Evaluation:
        """Return the figures of the average.

        Raises:
            DataError: there is no member, or no sample.
        """
        tally = Tally(self.classes)
        if self.members:
            numbers = torch.arange(len(self.labels))
            for rows in numbers.split(ROWS):
                averaged = self.scores[rows] - math.log(self.members)
                tally.add(averaged, self.labels[rows], rows)
        return tally.result()
