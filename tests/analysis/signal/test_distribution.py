"""Values counted batch by batch, against numpy on all of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from resnets.analysis.signal import Counter, describe
from resnets.errors import DivergedError


def draw(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(seed))


def test_moments_and_extremes_are_those_of_all_values() -> None:
    values = draw(5000) * 3 + 100
    counter = Counter("values")
    for part in values.split([1, 1999, 3000]):
        counter.add(part.view(-1, 1))
    found = counter.result()
    exact = values.double().numpy()
    assert found.n == 5000
    assert found.mean == pytest.approx(exact.mean(), rel=1e-6)
    assert found.std == pytest.approx(exact.std(), rel=1e-5)
    assert (found.low, found.high) == (exact.min(), exact.max())
    assert found.square == pytest.approx((exact**2).mean(), rel=1e-6)


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_the_quantile_is_within_a_cell_at_any_scale(scale: float) -> None:
    values = draw(20_000) * scale
    expected = np.quantile(values.numpy(), 0.98)
    assert describe("values", values).quantile == pytest.approx(expected, rel=0.01)


def test_the_histogram_is_that_of_numpy() -> None:
    values = draw(50_000, seed=1)
    found = describe("values", values)
    counts, _ = np.histogram(values.numpy(), 64, (found.low, found.high))
    assert len(found.histogram) == 64
    assert sum(found.histogram) == pytest.approx(1)
    assert np.abs(np.array(found.histogram) - counts / 50_000).max() < 0.003


def test_a_constant_and_zeros() -> None:
    for value in (0.0, -2.5):
        found = describe("constant", torch.full((7, 3), value))
        assert (found.mean, found.std, found.low, found.high) == (value, 0.0, value, value)
        assert found.quantile == value
        assert sum(found.histogram) == pytest.approx(1)
    halves = describe("rectified", torch.cat([torch.zeros(980), torch.ones(20)]))
    assert halves.quantile == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_not_finite_are_refused_by_the_layers_name(bad: float) -> None:
    with pytest.raises(DivergedError) as caught:
        describe("stages.0.conv", torch.tensor([0.0, bad]))
    assert (caught.value.code, caught.value.what) == ("E6701", "stages.0.conv")
