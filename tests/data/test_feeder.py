"""Batches on the device: stateless, complete, ready for a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from resnets.data import Augmentation, Dataset, Feeder, ResidentImages, Split, open_dataset
from resnets.data.order import digest_order, order_epoch
from resnets.errors import ConfigError
from resnets.spec import DataSpec, Preprocessing


def make_split(count: int, seed: int) -> Split:
    generator = torch.Generator().manual_seed(seed)
    stored = torch.randint(0, 256, (count, 8, 8, 3), dtype=torch.uint8, generator=generator)
    labels = torch.arange(count) % 5
    return Split(ResidentImages(stored), labels, tuple(f"{seed}/{i}" for i in range(count)))


@pytest.fixture
def data() -> Dataset:
    return Dataset(
        name="made",
        classes=tuple("abcde"),
        train=make_split(103, 0),
        validation=make_split(10, 1),
        test=make_split(25, 2),
        preprocessing=Preprocessing(image_size=8, resize=8),
        augmentation=Augmentation(pad=2, flip=True),
        fingerprint="0",
    )


def make_feeder(data: Dataset, batch_size: int = 10, **options: object) -> Feeder:
    settings = {"device": "cpu", "seed": 7, "augment": True, "channels_last": False, **options}
    return Feeder(data, batch_size, **settings)  # type: ignore[arg-type]


def test_an_epoch_is_full_batches_in_the_order_of_the_seed(data: Dataset) -> None:
    feeder = make_feeder(data, augment=False)
    batches = list(feeder.training(3))
    assert (feeder.steps_per_epoch, len(batches)) == (10, 10)
    order = order_epoch(7, 3, 103)[:100]
    assert torch.equal(torch.cat([y for _, y in batches]), data.train.labels[order])
    pixels = data.train.images.read(order).float() / 255 * 2 - 1
    assert torch.cat([x for x, _ in batches]) == pytest.approx(pixels, abs=1e-6)
    assert feeder.order_digest(3) == digest_order(order_epoch(7, 3, 103))
    assert feeder.order_digest(4) != feeder.order_digest(3)


@pytest.mark.parametrize("channels_last", [True, False])
def test_the_type_and_layout_of_a_batch(data: Dataset, channels_last: bool) -> None:
    x, y = next(make_feeder(data, channels_last=channels_last).training(0))
    assert (x.shape, x.dtype, y.shape, y.dtype) == (
        (10, 3, 8, 8), torch.float32, (10,), torch.int64,
    )  # fmt: skip
    assert x.is_contiguous(memory_format=torch.channels_last) is channels_last
    assert x.is_contiguous() is not channels_last


def test_an_epoch_can_begin_in_the_middle(data: Dataset) -> None:
    whole = list(make_feeder(data).training(2))
    rest = list(make_feeder(data).training(2, first=6))
    assert len(rest) == 4
    for (x, y), (other, label) in zip(whole[6:], rest, strict=True):
        assert torch.equal(x, other)
        assert torch.equal(y, label)
    assert list(make_feeder(data).training(2, first=10)) == []


def test_a_sample_looks_the_same_in_every_batch_size(data: Dataset) -> None:
    small = torch.cat([x for x, _ in make_feeder(data, 1).training(0)])
    large = torch.cat([x for x, _ in make_feeder(data, 50).training(0)])
    assert torch.equal(small[:100], large)


def test_blocks_of_batches_change_nothing(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = list(make_feeder(data).training(0, first=1))
    monkeypatch.setattr("resnets.data.feeder._CPU_BLOCK", 40)
    for (x, y), (other, label) in zip(plain, make_feeder(data).training(0, first=1), strict=True):
        assert torch.equal(x, other)
        assert torch.equal(y, label)


def test_epochs_and_seeds_differ(data: Dataset) -> None:
    first = next(make_feeder(data).training(0))[0]
    assert not torch.equal(first, next(make_feeder(data).training(1))[0])
    assert not torch.equal(first, next(make_feeder(data, seed=8).training(0))[0])
    assert torch.equal(first, next(make_feeder(data).training(0))[0])


def test_two_passes_do_not_disturb_each_other(data: Dataset) -> None:
    feeder = make_feeder(data)
    expected = [x for x, _ in make_feeder(data).training(0)]
    training = feeder.training(0)
    found = [next(training)[0]]
    assert sum(len(y) for _, y, _ in feeder.evaluating("test")) == 25
    next(feeder.training(1))
    found += [x for x, _ in training]
    assert torch.equal(torch.stack(found), torch.stack(expected))


@pytest.mark.parametrize(("split", "count"), [("train", 103), ("validation", 10), ("test", 25)])
@pytest.mark.parametrize("size", [None, 1, 7, 1000])
def test_evaluation_sees_every_sample_once(
    data: Dataset, split: str, count: int, size: int | None
) -> None:
    batches = list(make_feeder(data).evaluating(split, size))
    numbers = torch.cat([i for _, _, i in batches])
    assert numbers.tolist() == list(range(count))
    assert torch.equal(torch.cat([y for _, y, _ in batches]), data.split(split).labels)
    pixels = data.split(split).images.read(numbers).float() / 255 * 2 - 1
    assert torch.cat([x for x, _, _ in batches]) == pytest.approx(pixels, abs=1e-6)


def test_a_split_that_is_not_there(data: Dataset) -> None:
    without = dataclasses.replace(data, validation=None)
    with pytest.raises(KeyError):
        list(make_feeder(without).evaluating("validation"))


def test_a_batch_larger_than_the_training_split(data: Dataset) -> None:
    assert make_feeder(data, 103).steps_per_epoch == 1
    with pytest.raises(ConfigError) as caught:
        make_feeder(data, 104)
    assert (caught.value.code, caught.value.title) == ("E2301", "0 steps per epoch")
    assert caught.value.why == "the training split has 103 samples"


def test_digits_are_shifted_by_a_pixel_and_never_mirrored() -> None:
    data = open_dataset(DataSpec())
    plain = make_feeder(data, 100, augment=False)
    shifted = make_feeder(data, 100)
    scale, zero = data.preprocessing.std[0], -data.preprocessing.mean[0] / data.preprocessing.std[0]
    for (x, _), (moved, _) in zip(plain.training(0), shifted.training(0), strict=True):
        padded = torch.nn.functional.pad(x, (1, 1, 1, 1))
        windows = torch.stack(
            [padded[:, :, i : i + 8, j : j + 8] for i in range(3) for j in range(3)]
        )
        distance = (windows - moved).abs().flatten(2).max(2).values.min(0).values
        assert float(distance.max()) < 1e-5
        break
    assert scale > 0 > zero


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("resized_crop", [True, False])
def test_a_gpu_makes_the_same_batches(data: Dataset, resized_crop: bool) -> None:
    augmentation = Augmentation(pad=2, flip=True, resized_crop=resized_crop)
    data = dataclasses.replace(data, augmentation=augmentation)
    for (x, y), (other, label) in zip(
        make_feeder(data).training(0), make_feeder(data, device="cuda").training(0), strict=True
    ):
        assert other.is_cuda
        assert x == pytest.approx(other.cpu(), abs=1e-5)
        assert torch.equal(y, label.cpu())


def test_a_folder_is_fed_like_any_other(folder: Callable[..., Path]) -> None:
    root = folder({"a": 10, "b": 10}, width=40, height=30)
    data = open_dataset(DataSpec(name=f"folder:{root}", image_size=16))
    x, y = next(make_feeder(data, 8).training(0))
    assert (x.shape, sorted(set(y.tolist()))) == ((8, 3, 16, 16), [0, 1])
    assert sum(len(y) for _, y, _ in make_feeder(data, 8).evaluating("test")) == 4
