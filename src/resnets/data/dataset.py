"""What a data source answers: images, labels, names, and all that a report must say about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from resnets.spec import Preprocessing

from .augmentation import Augmentation


@runtime_checkable
class Images(Protocol):
    """Pictures of one size, in memory or not."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one picture; H equals W."""
        ...

    def __len__(self) -> int: ...

    def read(self, indices: Tensor) -> Tensor:
        """Return the pictures of those numbers, (n, C, H, W) of uint8."""
        ...

    def select(self, indices: Tensor) -> Images:
        """Keep the pictures of those numbers, in that order."""
        ...


@dataclass(frozen=True)
class ResidentImages:
    """Pictures that live in memory.

    Args:
        stored: (N, H, W, C) of uint8; colours stand last, so that a crop copies whole rows.
    """

    stored: Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one picture."""
        height, width, channels = self.stored.shape[1:]
        return channels, height, width

    @property
    def tensor(self) -> Tensor:
        """All pictures as (N, C, H, W); a view, channels last in memory."""
        return self.stored.permute(0, 3, 1, 2)

    def __len__(self) -> int:
        return len(self.stored)

    def read(self, indices: Tensor) -> Tensor:
        """Return the pictures of those numbers, (n, C, H, W) of uint8."""
        return self.stored[indices].permute(0, 3, 1, 2)

    def select(self, indices: Tensor) -> ResidentImages:
        """Keep the pictures of those numbers, in that order; a run of them is not copied."""
        start, count = int(indices[0]) if len(indices) else 0, len(indices)
        if torch.equal(indices, torch.arange(start, start + count)):
            return ResidentImages(self.stored[start : start + count])
        return ResidentImages(self.stored[indices])


@dataclass(frozen=True)
class Split:
    """A part of a data set.

    Args:
        images: the pictures.
        labels: (N,) of int64.
        names: display name of each sample, a path or ``test/17``.
    """

    images: Images
    labels: Tensor
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, indices: Tensor) -> Split:
        """Keep the samples of those numbers, in that order."""
        names = tuple(self.names[i] for i in indices.tolist())
        return Split(self.images.select(indices), self.labels[indices], names)


@dataclass(frozen=True)
class Dataset:
    """A data set that is ready to train on.

    Args:
        name: the source, as the user wrote it.
        classes: class names in the order of the labels.
        train: what the weights are fitted to.
        validation: what a choice may look at; None if there is none.
        test: what is used once, at the end.
        preprocessing: how a picture becomes an input; travels with the model.
        augmentation: what may happen to a training image of this source.
        fingerprint: sha256 over what the source holds, before any split by seed.
        notes: sentences that a report must print.
        counts: what was normalised, ignored or skipped, by the name of the rule.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split | None
    test: Split
    preprocessing: Preprocessing
    augmentation: Augmentation
    fingerprint: str
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def split(self, name: str) -> Split:
        """Return ``train``, ``validation`` or ``test``.

        Raises:
            KeyError: there is no such split.
        """
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        found = splits[name]
        if found is None:
            raise KeyError(name)
        return found


@dataclass(frozen=True)
class Source:
    """What one source holds, before parts are taken by seed and statistics computed.

    Args:
        classes: class names in the order of the labels.
        splits: ``train`` and ``test``, perhaps ``validation``; or ``all``, to be split by seed.
        augmentation: what may happen to a training image.
        image_size: side of the network's input, pixels.
        stored_size: side of the stored square, pixels.
        fingerprint: sha256 over the contents.
        constants: mean and std of each channel, 0 … 1, where they are published or customary;
            None computes them from the training split.
        notes, counts: as in ``Dataset``.
    """

    classes: tuple[str, ...]
    splits: Mapping[str, Split]
    augmentation: Augmentation
    image_size: int
    stored_size: int
    fingerprint: str
    constants: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def replace_splits(self, splits: Mapping[str, Split], *notes: str) -> Source:
        """Return the source with other splits, and a note on why."""
        return replace(self, splits=splits, notes=(*self.notes, *notes))


def number(split: str, count: int) -> tuple[str, ...]:
    """Name samples that have no file of their own: ``test/0``, ``test/1`` …"""
    return tuple(f"{split}/{i}" for i in range(count))


def as_labels(values: object) -> Tensor:
    """Copy labels to an int64 tensor."""
    return torch.as_tensor(values).to(torch.int64).clone()
