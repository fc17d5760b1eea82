"""Colour augmentation of whole batches: jitter of three kinds, and noise along principal axes."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .randomness import draw_uniform

# Draws of a sample that the views do not use.
_ORDER, _FACTORS, _NOISE = 24, 27, 30

GREY = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in the brightness of a pixel."""

EIGENVALUES = (0.2175, 0.0188, 0.0045)
EIGENVECTORS = (
    (-0.5675, 0.7192, 0.4009),
    (-0.5808, -0.0045, -0.8140),
    (-0.5836, -0.6948, 0.4203),
)
"""Of the colours of ImageNet's pixels, 0 … 1; a column for each value (``fb.resnet.torch``)."""


def draw_colours(key: int, samples: Tensor, jitter: float, lighting: float) -> Tensor:
    """Draw what happens to the colours of each sample.

    Args:
        key: of seed and epoch.
        samples: (n,) of int64, the samples' own numbers.
        jitter: b; brightness, contrast and saturation are scaled by factors of 1 - b … 1 + b.
        lighting: standard deviation of the noise along each principal axis.

    Returns:
        (n, 9) of float32: in turn which change comes first, second and third (0 brightness, 1
        contrast, 2 saturation), the factor of each, and what is added to red, green and blue.
    """
    drawn = [draw_uniform(key, samples, draw) for draw in range(_ORDER, _NOISE + 6)]
    order = torch.stack(drawn[:3], 1).argsort(dim=1, stable=True)
    factors = 1 + jitter * (2 * torch.stack(drawn[3:6], 1) - 1)
    # Box and Muller's normal numbers; 1 - u is never zero.
    radii = (-2 * torch.log1p(-torch.stack(drawn[6:9], 1))).sqrt()
    noise = lighting * radii * torch.cos(2 * math.pi * torch.stack(drawn[9:12], 1))
    vectors = torch.tensor(EIGENVECTORS, dtype=torch.float64)
    added = (noise * torch.tensor(EIGENVALUES, dtype=torch.float64)) @ vectors.T
    return torch.cat([order.double(), factors, added], 1).float()


def change_colours(pixels: Tensor, colours: Tensor) -> Tensor:
    """Apply what ``draw_colours`` drew; values may leave their range, as in the original.

    Args:
        pixels: (n, H, W, 3), 0 … 255.
        colours: (n, 9).

    Returns:
        (n, H, W, 3) of float32.

    Source: ``fb.resnet.torch``, transforms: each change blends with black, with the mean grey of
    the picture, or with the grey picture; then the noise of Krizhevsky et al. 2012, Section 4.1.
    """
    pixels = pixels.float()
    shares = torch.tensor(GREY, device=pixels.device)
    kinds, factors, added = colours.view(-1, 1, 1, 9).split(3, -1)
    for turn in range(3):
        kind, factor = kinds[..., turn : turn + 1], factors[..., turn : turn + 1]
        grey = (pixels * shares).sum(-1, keepdim=True)
        flat = grey.mean((1, 2), keepdim=True)
        other = torch.where(kind == 0, 0.0, torch.where(kind == 1, flat, grey))
        pixels = other + factor * (pixels - other)
    return pixels + 255 * added
