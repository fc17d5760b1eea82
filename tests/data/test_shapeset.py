"""Shapeset-3×2: what is drawn, how often, and that a seed decides it."""

from __future__ import annotations

import pytest
import torch

from resnets.api.data import describe_data
from resnets.data import Dataset, Feeder, open_dataset
from resnets.data.sources import shapeset
from resnets.data.sources.shapeset import CLASSES, open_shapeset
from resnets.spec import DataSpec


@pytest.fixture(scope="module")
def data() -> Dataset:
    return open_dataset(DataSpec(name="shapeset"))


def pixels(dataset: Dataset, split: str) -> torch.Tensor:
    """All pictures of a split, (N, 32, 32) of uint8."""
    images = dataset.split(split).images
    return images.read(torch.arange(len(images)))[:, 0]


def test_sizes_and_classes(data: Dataset) -> None:
    assert (len(data.train), len(data.test)) == (50_000, 10_000)
    assert data.train.images.shape == (1, 32, 32)
    assert data.classes == CLASSES
    assert len(set(CLASSES)) == 9
    assert data.validation is None
    known = describe_data(DataSpec(name="shapeset"))
    assert (known.classes, known.channels, known.image_size) == (9, 1, 32)
    assert data.test.names[7] == "test/7"


def test_classes_are_as_frequent_as_the_shapes_are_drawn(data: Dataset) -> None:
    share = torch.bincount(data.train.labels, minlength=9) / len(data.train)
    expected = torch.tensor([1 / 6] * 3 + [1 / 9] * 3 + [1 / 18] * 3)
    assert (share - expected).abs().max() < 0.006  # four standard deviations


def test_a_picture_has_a_background_and_as_many_levels_as_shapes(data: Dataset) -> None:
    found = pixels(data, "test")
    doubled = data.test.labels >= 3
    levels = torch.zeros(len(found), 256, dtype=torch.bool)
    levels.scatter_(1, found.flatten(1).long(), True)
    counts = levels.sum(1)
    assert (counts[~doubled] == 2).all()
    # Two shapes have the same level once in 115 or 116 times.
    assert (counts[doubled] >= 2).all()
    assert 0.98 < (counts[doubled] == 3).float().mean() < 0.997
    # Shape and background stand apart: 0 to 114 and 140 to 255.
    assert not levels[:, 115:140].any()
    assert (levels[:, :115].any(1) & levels[:, 140:].any(1)).all()


def test_shapes_stay_off_the_border(data: Dataset) -> None:
    found = pixels(data, "test")
    frame = torch.cat([found[:, 0], found[:, -1], found[:, :, 0], found[:, :, -1]], 1)
    assert torch.equal(frame.amax(1), frame.amin(1))


def test_areas_are_those_of_the_shapes(data: Dataset) -> None:
    found, labels = pixels(data, "train"), data.train.labels
    covered = (found != found[:, :1, :1]).float().sum((1, 2))
    # Both scales are uniform in 0.2 … 0.8 of 32 pixels, independent, with mean 16: the mean area is
    # 16² times that of the regular shape in a circle of diameter 1.
    regular = {0: 3 * 3**0.5 / 16, 1: 0.5, 2: torch.pi / 4}
    for label, area in regular.items():
        assert covered[labels == label].mean().item() == pytest.approx(256 * area, rel=0.02)


def test_single_shapes_are_convex(data: Dataset) -> None:
    found = pixels(data, "test")
    for label in range(3):
        mask = (found != found[:, :1, :1])[data.test.labels == label]
        # A row of a convex shape is one run of pixels.
        starts = (mask.int().diff(dim=2) == 1).sum(2)
        assert starts.max() == 1


def test_the_second_shape_leaves_half_of_the_first_visible() -> None:
    key = shapeset.make_key("shapeset/test", 0)
    drawn, labels = shapeset._draw(key, torch.arange(500))
    draws = shapeset._Draws(key, torch.arange(500))
    first = shapeset._place(draws, draws(2, 0, 3).long(), draw=100)
    top = draws.grey(5, draws(0) < 0.5)
    seen = (drawn[..., 0] == top[:, None, None]) & first
    assert (labels >= 3).any()
    assert (2 * seen.sum((1, 2)) >= first.sum((1, 2))).all()


def test_the_seed_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapeset, "SIZES", {"train": 300, "test": 100})
    one, again, other = open_shapeset(0), open_shapeset(0), open_shapeset(1)
    everything = torch.arange(300)
    read = [source.splits["train"].images.read(everything) for source in (one, again, other)]
    assert torch.equal(read[0], read[1])
    assert not torch.equal(read[0], read[2])
    assert one.fingerprint == again.fingerprint != other.fingerprint
    # A picture is known by its number alone, whatever is drawn beside it.
    monkeypatch.setattr(shapeset, "_CHUNK", 7)
    assert open_shapeset(0).fingerprint == one.fingerprint
    train, test = (one.splits[name].images.read(torch.arange(100)) for name in ("train", "test"))
    assert not torch.equal(train, test)


def test_inputs_run_from_minus_one_to_one(data: Dataset) -> None:
    feeder = Feeder(data, 64, device="cpu", seed=0, augment=True, channels_last=False)
    x, y = next(feeder.training(0))
    assert x.shape == (64, 1, 32, 32)
    assert y.dtype == torch.int64
    assert x.min().item() == pytest.approx(-1, abs=0.1)
    assert x.max().item() == pytest.approx(1, abs=0.1)
