"""Stratified parts of a data set, chosen by seed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from resnets.errors import ConfigError, DataError

from .randomness import make_key, sort_randomly


def pick_part(
    labels: Tensor, count: int, seed: int, classes: Sequence[str], field: str
) -> tuple[Tensor, Tensor]:
    """Divide samples into a part of ``count`` and the rest, alike in their shares of classes.

    Each class gives its share, rounded by largest remainder, but at least one sample, and keeps
    at least one.

    Args:
        labels: (N,) of int64.
        count: samples of the part.
        seed: the same seed, the same part.
        classes: class names, for errors.
        field: the field that asked for it, for errors; also tells apart parts of one seed.

    Returns:
        (the rest, the part): sorted sample numbers, int64.

    Raises:
        ConfigError: the part is too small for one sample of each class, or leaves too few.
        DataError: a class has a single image, which cannot be on both sides.
    """
    sizes = torch.bincount(labels, minlength=len(classes))
    for name, size in zip(classes, sizes.tolist(), strict=True):
        if size == 1:
            raise DataError(
                "E3010",
                "a class has a single image",
                what=name,
                where={"field": field},
                why="a stratified split needs one on each side",
                do="add images of the class, or make the split by hand: train/ and test/ folders",
            )
    present = int((sizes > 0).sum())
    if not present <= count <= len(labels) - present:
        raise ConfigError(
            "E2302",
            "the part cannot be taken from the training split",
            what=f"{count:,} of {len(labels):,} samples",
            where={"field": field},
            why=f"each of {present} classes needs a sample on both sides",
            do=f"allowed: {present:,} to {len(labels) - present:,}",
        )
    quotas = _share(sizes, count)
    shuffled = sort_randomly(make_key(field, seed), len(labels))
    part = torch.zeros(len(labels), dtype=torch.bool)
    for label, quota in enumerate(quotas):
        members = shuffled[labels[shuffled] == label]
        part[members[:quota]] = True
    return (~part).nonzero()[:, 0], part.nonzero()[:, 0]


def _share(sizes: Tensor, count: int) -> list[int]:
    """Share out ``count`` by class size: largest remainders, one at least, all but one at most."""
    total = int(sizes.sum())
    exact = [size * count / total for size in sizes.tolist()]
    quotas = [min(max(int(e), 1), s - 1) if s else 0 for e, s in zip(exact, sizes, strict=True)]
    quotas = [int(quota) for quota in quotas]
    while (missing := count - sum(quotas)) != 0:
        step = 1 if missing > 0 else -1
        room = [
            i for i, size in enumerate(sizes.tolist()) if size and 1 <= quotas[i] + step <= size - 1
        ]
        best = max(room, key=lambda i: (step * (exact[i] - quotas[i]), -i))
        quotas[best] += step
    return quotas
