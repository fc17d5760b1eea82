"""Stateless random numbers and the order of an epoch."""

from __future__ import annotations

import hashlib

import pytest
import torch

from resnets.data.order import digest_order, order_epoch
from resnets.data.randomness import draw_bits, draw_uniform, make_key, sort_randomly

MASK = (1 << 64) - 1


def mix(state: int) -> int:
    """SplitMix64's finaliser in plain Python."""
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def reference(key: int, sample: int, draw: int) -> int:
    gamma = 0x9E3779B97F4A7C15
    key = (key + draw * (0x94D049BB133111EB - (1 << 64))) & MASK
    return mix((mix((sample * gamma + key) & MASK) + gamma) & MASK)


@pytest.mark.parametrize("draw", [0, 1, 23])
def test_the_hash_is_the_published_one(draw: int) -> None:
    key = make_key("test", 5, 7)
    samples = torch.tensor([0, 1, 2, 49_999, 2**40])
    found = [value & MASK for value in draw_bits(key, samples, draw).tolist()]
    assert found == [reference(key, sample, draw) for sample in samples.tolist()]


def test_a_key_says_what_it_is_for() -> None:
    keys = {make_key("order", 1, 2), make_key("order", 12), make_key("augmentation", 1, 2),
            make_key("order", 2, 1)}  # fmt: skip
    assert len(keys) == 4
    digest = hashlib.sha256(b"order/1/2").digest()
    assert make_key("order", 1, 2) == int.from_bytes(digest[:8], "little", signed=True)


def test_uniform_numbers_are_uniform() -> None:
    numbers = draw_uniform(make_key("test"), torch.arange(100_000))
    assert 0 <= float(numbers.min()) < float(numbers.max()) < 1
    counts = torch.histc(numbers, 10, 0, 1)
    assert float((counts - 10_000).abs().max()) < 400  # four deviations
    other = draw_uniform(make_key("test"), torch.arange(100_000), 1)
    correlation = torch.corrcoef(torch.stack([numbers, other]))[0, 1]
    assert abs(float(correlation)) < 0.015


def test_an_order_is_a_permutation_that_follows_seed_and_epoch() -> None:
    first = order_epoch(0, 0, 1000)
    assert first.sort().values.tolist() == list(range(1000))
    assert torch.equal(first, order_epoch(0, 0, 1000))
    others = [order_epoch(1, 0, 1000), order_epoch(0, 1, 1000)]
    assert all(int((first == other).sum()) < 20 for other in others)


def test_orders_never_change() -> None:
    """A resumed run relies on it, whatever the version of torch."""
    assert order_epoch(0, 0, 10).tolist() == ORDER
    assert digest_order(order_epoch(0, 0, 50_000)) == DIGEST
    assert sort_randomly(make_key("x", 2**62), 0).tolist() == []


ORDER = [4, 5, 3, 0, 7, 9, 2, 8, 1, 6]
DIGEST = "14136d0a8534ea18f2846974faad610c2d01b971d693fe5e05aa60ae6ea6b9cf"


def test_a_digest_is_that_of_little_endian_integers() -> None:
    data = b"".join(i.to_bytes(8, "little") for i in (3, 1, 2))
    assert digest_order(torch.tensor([3, 1, 2])) == hashlib.sha256(data).hexdigest()
