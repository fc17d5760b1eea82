"""The real CIFAR-10, where it is at hand."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from resnets.data import Dataset, Feeder, ResidentImages, open_dataset
from resnets.spec import DataSpec


def find_real() -> Path | None:
    places = [os.environ.get("RESNETS_TEST_DATA"), Path(__file__).parents[3] / "shared/data"]
    found = [Path(place) for place in places if place and Path(place, "cifar10").is_dir()]
    return found[0] if found else None


@pytest.fixture(scope="module")
def real() -> Path:
    """The folder of the real data."""
    place = find_real()
    if place is None:
        pytest.skip("CIFAR-10 is not here: set RESNETS_TEST_DATA")
    return place


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that lives as long as the tests of this module."""
    return tmp_path_factory.mktemp("real")


def open_real(
    place: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    normalize: str = "mean-std",
    **more: Any,
) -> Dataset:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return open_dataset(DataSpec(name="cifar10", **more), place, normalize)


def test_the_real_cifar10(real: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_real(real, cache, monkeypatch, holdout=5000)
    assert data.validation is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (45_000, 5_000, 10_000)
    assert torch.bincount(data.validation.labels).tolist() == [500] * 10
    assert torch.bincount(data.test.labels).tolist() == [1000] * 10
    started = time.monotonic()
    whole = open_real(real, cache, monkeypatch)
    assert time.monotonic() - started < 10
    assert isinstance(whole.train.images, ResidentImages)
    # The published constants are the mean over pixels, to a tenth of a grey value.
    parts = whole.train.images.stored.split(1000)
    sums = sum(part.sum((0, 1, 2), dtype=torch.int64) for part in parts)
    mean = (torch.as_tensor(sums) / (50_000 * 32 * 32)).tolist()
    assert mean == pytest.approx([125.3, 123.0, 113.9], abs=0.06)
    feeder = Feeder(whole, 128, device="cpu", seed=0, augment=True, channels_last=True)
    assert feeder.steps_per_epoch == 390
    x, y = next(feeder.training(0))
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert (x.shape, y.shape) == ((128, 3, 32, 32), (128,))


def test_the_pixel_mean_of_the_real_cifar10(
    real: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_real(real, cache, monkeypatch, "pixel-mean")
    assert len(data.preprocessing.mean) == 3072
    assert data.preprocessing.std == (1.0, 1.0, 1.0)
    feeder = Feeder(data, 500, device="cpu", seed=0, augment=False, channels_last=False)
    total = sum(x.sum(0, dtype=torch.float64) for x, _, _ in feeder.evaluating("train"))
    assert float(torch.as_tensor(total).abs().max()) / 50_000 < 1e-6
