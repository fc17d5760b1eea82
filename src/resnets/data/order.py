"""The order of samples in an epoch: a function of (seed, epoch, n), with a digest to prove it."""

from __future__ import annotations

import hashlib

import numpy as np
from torch import Tensor

from resnets.errors import ConfigError

from .randomness import make_key, sort_randomly


def order_epoch(seed: int, epoch: int, count: int) -> Tensor:
    """Return the order in which an epoch visits its samples.

    Args:
        seed: seed of the run.
        epoch: number of the epoch, from 0.
        count: samples in the training split.

    Returns:
        (count,) of int64, each sample once.
    """
    return sort_randomly(make_key("order", seed, epoch), count)


def digest_order(order: Tensor) -> str:
    """Return the sha256 of an order, as 64 hexadecimal digits, alike on every machine."""
    return hashlib.sha256(order.numpy().astype(np.dtype("<i8")).tobytes()).hexdigest()


def count_batches(count: int, batch_size: int) -> int:
    """Return how many full batches an epoch has.

    Args:
        count: samples in the training split.
        batch_size: samples in a step.

    Raises:
        ConfigError: there is none.
    """
    if count // batch_size:
        return count // batch_size
    raise ConfigError(
        "E2301",
        "0 steps per epoch",
        what=f"batch_size = {batch_size:,}",
        where={"field": "recipe.batch_size"},
        why=f"the training split has {count:,} samples",
        do=f"allowed: 1 to {count:,}",
    )


def share_batch(batch_size: int, world: int) -> int:
    """Return how many samples of every batch each of several processes is fed.

    Raises:
        ConfigError: they would not be equally many.
    """
    if batch_size % world:
        raise ConfigError(
            "E2861",
            "a batch has no equal parts for all processes",
            what=f"batch_size = {batch_size:,}",
            where={"field": "recipe.batch_size"},
            why=f"{world} processes train together",
            do=f"take a multiple of {world}",
        )
    return batch_size // world
