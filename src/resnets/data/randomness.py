"""Random numbers that have no state: each one is a hash of what it is for.

A number depends on a key (purpose, seed, epoch), on the sample it is drawn for and on the number
of the draw, and on nothing else: not on the batch, the number of workers, the device or what was
drawn before. The hash is SplitMix64, in wrapping 64-bit arithmetic on whole tensors.

Source: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, 2014, Fig. 17.
"""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

# The golden ratio and two odd multipliers, as signed 64-bit numbers.
_GAMMA = 0x9E3779B97F4A7C15 - (1 << 64)
_FIRST = 0xBF58476D1CE4E5B9 - (1 << 64)
_SECOND = 0x94D049BB133111EB - (1 << 64)


def make_key(purpose: str, *numbers: int) -> int:
    """Hash a purpose and some numbers, such as seed and epoch, to a signed 64-bit key."""
    text = "/".join([purpose, *map(str, numbers)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little", signed=True)


def draw_bits(key: int, samples: Tensor, draw: int = 0) -> Tensor:
    """Draw 64 random bits for every sample.

    Args:
        key: from ``make_key``.
        samples: (n,) of int64, the samples' own numbers in the data set.
        draw: number of the draw, when a sample needs several.

    Returns:
        (n,) of int64; all 64 bits are random, the sign too.
    """
    key = (key + draw * _SECOND + (1 << 63)) % (1 << 64) - (1 << 63)
    return _mix(_mix(samples * _GAMMA + key) + _GAMMA)


def draw_uniform(key: int, samples: Tensor, draw: int = 0) -> Tensor:
    """Draw a number in [0, 1) for every sample, (n,) of float64."""
    return _shift(draw_bits(key, samples, draw), 11).double() * 2.0**-53


def _mix(state: Tensor) -> Tensor:
    state = (state ^ _shift(state, 30)) * _FIRST
    state = (state ^ _shift(state, 27)) * _SECOND
    return state ^ _shift(state, 31)


def _shift(state: Tensor, count: int) -> Tensor:
    """Shift right without the sign."""
    return (state >> count) & ((1 << (64 - count)) - 1)


def sort_randomly(key: int, count: int) -> Tensor:
    """Permute 0 … count - 1 by sorting one random number for each; (count,) of int64."""
    return torch.argsort(draw_bits(key, torch.arange(count)), stable=True)
