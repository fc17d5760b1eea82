"""Worker processes: equal results, and clear errors when one fails, dies or hangs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from resnets.data import Dataset, Feeder, Split, open_dataset
from resnets.data.encoded import EncodedImages
from resnets.data.loading import Loader
from resnets.errors import DataError, MachineError
from resnets.spec import DataSpec


@pytest.fixture
def data(folder: Callable[..., Path]) -> Dataset:
    """Photographs that stay on the disk."""
    root = folder({"a": 20, "b": 20}, width=50, height=40)
    return open_dataset(DataSpec(name=f"folder:{root}", image_size=16), memory=0)


def feed(data: Dataset, workers: int) -> Feeder:
    return Feeder(data, 4, device="cpu", seed=1, augment=True, channels_last=True, workers=workers)


def test_the_number_of_workers_changes_nothing(data: Dataset) -> None:
    alone, helped = feed(data, 0), feed(data, 2)
    for epoch in (0, 1):
        for (x, y), (other, label) in zip(
            alone.training(epoch, 1), helped.training(epoch, 1), strict=True
        ):
            assert torch.equal(x, other)
            assert torch.equal(y, label)
    numbers = torch.cat([i for _, _, i in helped.evaluating("test", 3)])
    assert numbers.tolist() == list(range(8))
    for _ in helped.training(2):
        break  # an epoch that is left early does not spoil the next
    for (x, _), (other, _) in zip(alone.training(3), helped.training(3), strict=True):
        assert torch.equal(x, other)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_bad_file_is_named_with_worker_and_sample(data: Dataset, workers: int) -> None:
    """A file that goes, or changes, between indexing and reading."""
    Path(data.train.names[5]).unlink()
    with pytest.raises(DataError) as caught:
        list(feed(data, workers).training(0))
    error = caught.value
    assert (error.code, error.what) == ("E3201", data.train.names[5])
    assert (error.where["worker"], error.where["sample"]) == ("0", "5")


def test_any_other_failure_names_the_batch(data: Dataset) -> None:
    class Broken:
        shape = (3, 4, 4)

        def __len__(self) -> int:
            return 32

        def read(self, indices: torch.Tensor) -> torch.Tensor:
            raise ZeroDivisionError("1/0")

    split: Any = data.train
    broken = type(split)(Broken(), split.labels, split.names)
    with pytest.raises(DataError) as caught:
        list(Loader(broken, 0).read([torch.tensor([3, 4])]))
    assert (caught.value.code, caught.value.why) == ("E3701", "ZeroDivisionError: 1/0")
    assert data.train.names[3] in caught.value.what


def pids(loader: Loader) -> list[int]:
    return [worker.pid for worker in loader.loader._iterator._workers]


def test_a_killed_worker_is_an_error_not_a_hang(data: Dataset) -> None:
    """[W01] Its signal may come just before the wait begins; then the wait has to end by itself."""
    loader = Loader(data.train, 1, timeout=10.0)
    batches = list(torch.arange(32).split(1))
    reading = loader.read(batches)
    next(reading)
    started = time.monotonic()
    os.kill(pids(loader)[0], signal.SIGKILL)
    with pytest.raises(MachineError) as caught:
        list(reading)
    assert (caught.value.code, caught.value.exit) == ("E5305", 5)
    assert time.monotonic() - started < 30


def test_a_worker_that_hangs_is_an_error(data: Dataset) -> None:
    """[W03]"""
    asleep: Any = SimpleNamespace(read=time.sleep)  # reads picture 1000 for as many seconds
    images = EncodedImages(asleep, torch.tensor([1000]), 3, 255, 16)
    split = Split(images, torch.zeros(1, dtype=torch.int64), ("slow.png",))
    loader = Loader(split, 1, timeout=4.0)
    with pytest.raises(MachineError) as caught:
        list(loader.read([torch.tensor([0])]))
    assert (caught.value.code, caught.value.why) == ("E5304", "no batch within 4 s")
    assert caught.value.what == "slow.png"
