"""The order of samples in an epoch: a function of (seed, epoch, n), with a digest to prove it."""

from __future__ import annotations

import hashlib

import numpy as np
from torch import Tensor

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
