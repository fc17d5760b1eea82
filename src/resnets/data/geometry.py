"""Sizes: the stored square of a picture, and the centre of it that a network sees."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnets.errors import DataError
from resnets.spec import Preprocessing

from .pixels import Pixels


def scale_stored(image_size: int) -> int:
    """Return the side of the stored square for photographs: 8/7 of the input's, as 256 to 224."""
    return round(image_size * 8 / 7)


def to_square(pixels: Pixels, side: int) -> Pixels:
    """Resize the shorter side to ``side`` (bilinear, antialiased) and crop the centre.

    The arithmetic is Pillow's, in fixed point, so that every machine stores the same bytes.

    Args:
        pixels: (H, W, C) of uint8, C 1 or 3.
        side: pixels.

    Returns:
        (side, side, C) of uint8.
    """
    pixels = to_shorter_side(pixels, side)
    height, width = pixels.shape[:2]
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def to_shorter_side(pixels: Pixels, side: int) -> Pixels:
    """Resize (H, W, C) of uint8 so that the shorter side is ``side`` pixels, as ``to_square``."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    if short == side:
        return pixels
    height, width = round(height * side / short), round(width * side / short)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    resized = np.array(image.resize((width, height), Image.Resampling.BILINEAR))
    return resized.reshape(height, width, -1)


def crop_center(images: Tensor, size: int) -> Tensor:
    """Cut the centre out of squares.

    Args:
        images: (…, S, S).
        size: side of the answer, at most S.

    Returns:
        A view (…, size, size).
    """
    offset = (images.shape[-1] - size) // 2
    return images[..., offset : offset + size, offset : offset + size]


def prepare(image: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Turn a decoded picture into a network's input, exactly as evaluation does.

    Args:
        image: (C, H, W) of uint8, as ``read_image`` answers.
        preprocessing: the rules that travel with the model.

    Returns:
        (C, image_size, image_size) of float32.

    Raises:
        DataError: the number of channels differs.
    """
    if image.ndim != 3 or image.shape[0] != preprocessing.channels or image.dtype != torch.uint8:
        raise DataError(
            "E3113",
            "picture does not fit the preprocessing",
            what=f"{image.dtype} of shape {tuple(image.shape)}",
            why=f"uint8 with {preprocessing.channels} channels is needed",
            do="decode it with read_image(path, preprocessing.channels, preprocessing.background)",
        )
    square = to_square(image.permute(1, 2, 0).numpy(), preprocessing.resize)
    center = crop_center(torch.from_numpy(square).permute(2, 0, 1), preprocessing.image_size)
    scale, shift = affine(preprocessing)
    return torch.addcmul(shift.expand(center.shape), center.float(), scale).contiguous()


def affine(preprocessing: Preprocessing) -> tuple[Tensor, Tensor]:
    """Write ``(value / 255 - mean) / std`` as ``value · scale + shift``.

    Returns:
        scale (C, 1, 1) and shift (C, 1, 1), or (C, size, size) for a mean by pixel; float32.
    """
    size = preprocessing.image_size
    std = torch.tensor(preprocessing.std, dtype=torch.float64).view(-1, 1, 1)
    mean = torch.tensor(preprocessing.mean, dtype=torch.float64)
    mean = mean.view(-1, 1, 1) if mean.numel() == len(std) else mean.view(-1, size, size)
    return (1 / (255 * std)).float(), (-mean / std).float()
