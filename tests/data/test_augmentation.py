"""Augmentation of whole batches, against slow code that does one image at a time."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn import functional

from resnets.data import Augmentation
from resnets.data.augmentation import Renderer, draw_views
from resnets.spec import Preprocessing

CPU = torch.device("cpu")
CROP = Augmentation(pad=4, flip=True)
PART = Augmentation(flip=True, resized_crop=True)


def make_images(count: int, side: int, channels: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (count, side, side, channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def make_preprocessing(channels: int = 3, size: int = 12, by_pixel: bool = False) -> Preprocessing:
    generator = torch.Generator().manual_seed(1)
    count = channels * size**2 if by_pixel else channels
    mean = torch.rand(count, generator=generator, dtype=torch.float64).tolist()
    std = (1.0,) * channels if by_pixel else (0.25, 0.5, 0.75)[:channels]
    return Preprocessing(channels=channels, image_size=size, resize=size, mean=mean, std=std)


def normalize(image: torch.Tensor, preprocessing: Preprocessing) -> torch.Tensor:
    """One (H, W, C) image of uint8 to (C, H, W), in float64."""
    value = image.permute(2, 0, 1).double() / 255
    mean = torch.tensor(preprocessing.mean, dtype=torch.float64)
    mean = mean.view(-1, 1, 1) if len(mean) == len(value) else mean.view(value.shape)
    return (value - mean) / torch.tensor(preprocessing.std, dtype=torch.float64).view(-1, 1, 1)


@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize("by_pixel", [True, False])
@pytest.mark.parametrize("channels", [1, 3])
def test_pad_and_crop_is_what_the_paper_does(
    channels: int, by_pixel: bool, channels_last: bool
) -> None:
    preprocessing = make_preprocessing(channels, by_pixel=by_pixel)
    images = make_images(50, 12, channels)
    views = draw_views(CROP, 3, 1, torch.arange(50))
    found = Renderer(preprocessing, CPU, channels_last).augment(images, CROP, views)
    assert found.is_contiguous(
        memory_format=torch.channels_last if channels_last else torch.contiguous_format
    )
    for image, (top, left, mirrored), x in zip(images, views.tolist(), found, strict=True):
        expected = normalize(image, preprocessing)
        expected = expected.flip(2) if mirrored else expected
        expected = functional.pad(expected, (4, 4, 4, 4))[:, top : top + 12, left : left + 12]
        assert x == pytest.approx(expected.float(), abs=2e-6)


def test_padding_is_zero_after_the_mean_is_subtracted() -> None:
    preprocessing = make_preprocessing()
    corner = torch.tensor([[0, 0, 0]])
    white = torch.full((1, 12, 12, 3), 255, dtype=torch.uint8)
    x = Renderer(preprocessing, CPU, False).augment(white, CROP, corner)
    assert x[0, :, :4].abs().max() == 0
    assert x[0, :, :, :4].abs().max() == 0
    assert x[0, :, 4:, 4:].abs().min() > 0


def test_views_cover_every_offset_and_both_mirrors_alike() -> None:
    views = draw_views(CROP, 0, 0, torch.arange(81_000))
    counts = torch.bincount(views[:, 0] * 9 + views[:, 1], minlength=81)
    assert len(counts) == 81
    assert 850 < int(counts.min()) <= int(counts.max()) < 1150
    assert float(views[:, 2].double().mean()) == pytest.approx(0.5, abs=0.01)
    assert (
        int(draw_views(dataclasses.replace(CROP, flip=False), 0, 0, torch.arange(99))[:, 2].max())
        == 0
    )


@pytest.mark.parametrize("augmentation", [CROP, PART])
def test_a_view_depends_on_seed_epoch_and_sample_alone(augmentation: Augmentation) -> None:
    whole = draw_views(augmentation, 5, 2, torch.arange(1000))
    some = torch.tensor([7, 999, 7, 0])
    assert torch.equal(draw_views(augmentation, 5, 2, some), whole[some])
    for seed, epoch in ((5, 3), (6, 2)):
        other = draw_views(augmentation, seed, epoch, torch.arange(1000))
        assert float((other == whole).double().mean()) < 0.8
        assert not torch.equal(other, whole)


def test_views_never_change() -> None:
    """A resumed run relies on it, whatever the version of torch."""
    assert draw_views(CROP, 0, 0, torch.arange(4)).tolist() == VIEWS


VIEWS = [[3, 8, 1], [7, 5, 1], [0, 3, 1], [5, 1, 0]]


def test_parts_have_the_areas_and_shapes_that_were_asked_for() -> None:
    views = draw_views(PART, 0, 0, torch.arange(20_000))
    width, height = views[:, 0, 0].abs(), views[:, 1, 1]
    area, ratio = width * height, width / height
    assert float(views[:, 0, 1].abs().max()) == float(views[:, 1, 0].abs().max()) == 0
    assert 0.08 - 1e-6 <= float(area.min()) < 0.1
    assert 0.95 < float(area.max()) <= 1.0 + 1e-6
    assert 0.75 - 1e-5 <= float(ratio.min()) < 0.76
    assert 1.32 < float(ratio.max()) <= 4 / 3 + 1e-5
    assert float((views[:, 0, 2].abs() + width).max()) <= 1 + 1e-6
    assert float((views[:, 1, 2].abs() + height).max()) <= 1 + 1e-6
    assert float((views[:, 0, 0] < 0).double().mean()) == pytest.approx(0.5, abs=0.02)


def test_a_part_that_never_fits_is_the_whole() -> None:
    narrow = dataclasses.replace(PART, scale=(0.9, 1.0), ratio=(3.0, 4.0), flip=False)
    views = draw_views(narrow, 0, 0, torch.arange(5))
    assert views.tolist() == [[[1, 0, 0], [0, 1, 0]]] * 5


def test_a_part_is_cut_and_resized() -> None:
    preprocessing = make_preprocessing(size=4).replace(resize=8)
    images = make_images(1, 8)
    # The left upper quarter, mirrored: a part of 4 × 4 pixels at the size of the output.
    view = torch.tensor([[[-0.5, 0, -0.5], [0, 0.5, -0.5]]])
    found = Renderer(preprocessing, CPU, False).augment(images, PART, view)
    expected = normalize(images[0, :4, :4].flip(1), preprocessing)
    assert found[0] == pytest.approx(expected.float(), abs=1e-5)


def test_without_augmentation_the_centre_is_seen() -> None:
    preprocessing = make_preprocessing(size=12).replace(resize=15)
    images = make_images(3, 15)
    found = Renderer(preprocessing, CPU, True).render(images)
    expected = normalize(images[1, 1:13, 1:13], preprocessing)
    assert found[1] == pytest.approx(expected.float(), abs=2e-6)
