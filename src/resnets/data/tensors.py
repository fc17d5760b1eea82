"""Batches of samples that are tensors already: signals in time, vectors, pictures as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from resnets.errors import DataError

from .order import count_batches, order_epoch


@dataclass(frozen=True)
class TensorBatches:
    """Feeds samples in memory to a network, and changes nothing in them.

    Args:
        inputs: (N, …) of a floating type, finite.
        labels: (N,) of int64.
        batch_size: samples in a training step; what is left of an epoch is dropped.
        seed: of the order.
        device: where batches are needed.

    Raises:
        ConfigError: there are fewer samples than a batch.
    """

    inputs: Tensor
    labels: Tensor
    batch_size: int
    seed: int
    device: torch.device

    def __post_init__(self) -> None:
        count_batches(len(self.labels), self.batch_size)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches in the samples."""
        return count_batches(len(self.labels), self.batch_size)

    def training(self, epoch: int, first: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of an epoch in its own order, from batch ``first`` on."""
        size = self.batch_size
        order = order_epoch(self.seed, epoch, len(self.labels))
        for part in order[first * size : self.steps_per_epoch * size].split(size):
            yield self._pick(part)

    def evaluating(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield all samples in their own order, with their numbers."""
        for part in torch.arange(len(self.labels)).split(self.batch_size):
            yield (*self._pick(part), part)

    def _pick(self, part: Tensor) -> tuple[Tensor, Tensor]:
        there = part.to(self.inputs.device)
        x = self.inputs[there].to(self.device, torch.float32)
        return x, self.labels[part.to(self.labels.device)].to(self.device)


def check_samples(inputs: Tensor, labels: Tensor, classes: int, name: str) -> None:
    """Refuse samples that nothing can be learnt from.

    Args:
        inputs, labels: as in ``TensorBatches``.
        classes: outputs of the network.
        name: of the samples, for messages.

    Raises:
        DataError: there is none, a value is not finite, or a label is no class.
    """
    where = {"samples": name}
    if len(inputs) == 0 or labels.shape != inputs.shape[:1]:
        raise DataError(
            "E3410",
            "inputs and labels do not belong together",
            what=f"inputs {tuple(inputs.shape)}, labels {tuple(labels.shape)}",
            where=where,
            do="give one label for each sample, and one sample at least",
        )
    if labels.dtype != torch.int64:
        raise DataError(
            "E3411",
            "labels are not whole numbers",
            what=f"labels of {labels.dtype}",
            where=where,
            do="number the classes from 0, as torch.int64",
        )
    outside = ((labels < 0) | (labels >= classes)).nonzero()
    if len(outside):
        sample = int(outside[0])
        raise DataError(
            "E3302",
            "a label is no class",
            what=f"label {int(labels[sample])}",
            where={**where, "sample": sample},
            why=f"there are {classes} classes, 0 to {classes - 1}",
        )
    bad = (~torch.isfinite(inputs)).flatten(1).any(1).nonzero()
    if not inputs.is_floating_point() or len(bad):
        first = f"sample {int(bad[0])}" if len(bad) else f"inputs of {inputs.dtype}"
        raise DataError(
            "E3412",
            "inputs are not finite floating-point numbers",
            what=first,
            where=where,
            why=f"{len(bad):,} of {len(inputs):,} samples hold NaN or infinity" if len(bad) else "",
            do="repair or drop such samples" if len(bad) else "scale them to floats of order 1",
        )
