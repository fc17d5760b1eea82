"""Sizes, and the preparation of a single picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from resnets.data import Augmentation, Dataset, Feeder, ResidentImages, Split, prepare
from resnets.data.geometry import crop_center, scale_stored, to_square
from resnets.errors import DataError
from resnets.spec import Preprocessing


def test_the_stored_square_of_a_photograph() -> None:
    assert [scale_stored(size) for size in (224, 32, 28, 112)] == [256, 37, 32, 128]


@pytest.mark.parametrize("shape", [(30, 50, 3), (50, 30, 3), (1, 1, 3), (1, 90, 1), (16, 16, 1)])
def test_every_shape_becomes_a_square(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    square = to_square(pixels, 16)
    assert (square.shape, square.dtype) == ((16, 16, shape[2]), np.uint8)
    assert square.flags["C_CONTIGUOUS"]
    if shape[:2] == (16, 16):
        assert np.array_equal(square, pixels)
    if shape[:2] == (1, 1):
        assert (square == pixels[0, 0]).all()


def test_the_shorter_side_is_resized_and_the_centre_cropped() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8))
    resized = np.asarray(image.resize((30, 20), Image.Resampling.BILINEAR))
    assert np.array_equal(to_square(np.asarray(image), 20), resized[:, 5:25])


def test_the_centre_is_a_view() -> None:
    images = torch.arange(25).view(1, 5, 5)
    assert crop_center(images, 2).tolist() == [[[6, 7], [11, 12]]]
    assert crop_center(images, 2).data_ptr() == images[0, 1, 1].data_ptr()


@pytest.mark.parametrize("by_pixel", [True, False])
def test_a_prepared_picture_is_what_evaluation_sees(by_pixel: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (45, 61, 3), np.uint8)
    mean = tuple(np.random.default_rng(1).random(3 * 28**2 if by_pixel else 3).tolist())
    preprocessing = Preprocessing(image_size=28, resize=32, mean=mean, std=(0.2, 0.3, 0.4))
    stored = torch.from_numpy(to_square(pixels, 32))[None]
    split = Split(ResidentImages(stored), torch.zeros(1, dtype=torch.int64), ("x",))
    data = Dataset("x", ("a",), split, None, split, preprocessing, Augmentation(), "")
    feeder = Feeder(data, 1, device="cpu", seed=0, augment=False, channels_last=False)
    expected, _, _ = next(feeder.evaluating("test"))
    found = prepare(torch.from_numpy(pixels).permute(2, 0, 1), preprocessing)
    assert (found.shape, found.dtype) == ((3, 28, 28), torch.float32)
    assert found.is_contiguous()
    assert torch.equal(found, expected[0])


@pytest.mark.parametrize(
    "image", [torch.zeros(1, 4, 4, dtype=torch.uint8), torch.zeros(3, 4, 4), torch.zeros(4, 4)]
)
def test_a_picture_that_does_not_fit_is_refused(image: torch.Tensor) -> None:
    with pytest.raises(DataError, match="E3113"):
        prepare(image, Preprocessing())
