"""Views of pictures: the squares that are cut out of them, and the sizes that they are given."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor
from torchvision.transforms.v2 import functional

SCALES = (224, 256, 384, 480, 640)
"""Shorter sides of multi-scale testing (He et al. 2015, Section 4.1), for views of 224 pixels."""

INCEPTION = (256, 288, 320, 352)
"""Shorter sides of the 144 crops (Szegedy et al. 2015, Section 7), for views of 224 pixels."""

LARGE = 320
"""Side of the larger single crop (He et al. 2016, Table 5), for networks trained on 224 pixels."""


def fit_side(side: int, size: int) -> int:
    """Return a length that is given for views of 224 pixels in proportion to another size."""
    return round(side * size / 224)


def resize(images: Tensor, side: int) -> Tensor:
    """Resize (N, C, H, W) so that the shorter side has that length; bilinear, antialiased."""
    if min(images.shape[-2:]) == side:
        return images
    return functional.resize(images, [side], antialias=True)


def take_centre(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the square in the middle."""
    yield functional.center_crop(images, [size, size])


def take_ten(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the four corners, the centre, and the mirror images of the five."""
    yield from functional.ten_crop(images, [size, size])


def take_large(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the square in the middle, 320 pixels for a size of 224, with the whole shorter side."""
    side = fit_side(LARGE, size)
    yield from take_centre(resize(images, side), side)


def take_all(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the pictures as they are."""
    yield images


def take_scales(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the whole pictures at five sizes, the smallest first."""
    for side in SCALES:
        yield resize(images, fit_side(side, size))


def take_twelve(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield six views of the square in the middle, and their mirror images."""
    picture = resize(images, fit_side(INCEPTION[0], size))
    yield from _take_six(cut_squares(picture)[1], size)


def take_144(images: Tensor, size: int) -> Iterator[Tensor]:
    """Yield six views and their mirror images of three squares at each of four sizes."""
    for side in INCEPTION:
        for square in cut_squares(resize(images, fit_side(side, size))):
            yield from _take_six(square, size)


def cut_squares(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cut the largest squares: left, middle and right, or top, middle and bottom.

    Of square pictures all three are the whole.
    """
    height, width = images.shape[-2:]
    side = min(height, width)
    middle = functional.center_crop(images, [side, side])
    return images[..., :side, :side], middle, images[..., height - side :, width - side :]


def _take_six(square: Tensor, size: int) -> Iterator[Tensor]:
    """Yield corners, centre and the square made small, each followed by its mirror image."""
    for view in (*functional.five_crop(square, [size, size]), resize(square, size)):
        yield view
        yield view.flip(-1)
