"""Which views of an image the network sees, and how its answers become one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor, nn
from torchvision.transforms.v2 import functional

from resnets.errors import ConfigError, DivergedError
from resnets.spec.frozen import reject

Precision = Literal["fp32", "bf16"]
Views = Callable[[Tensor, int], tuple[Tensor, ...]]


def take_centre(images: Tensor, size: int) -> tuple[Tensor, ...]:
    """Return the square in the middle."""
    return (functional.center_crop(images, [size, size]),)


def take_ten(images: Tensor, size: int) -> tuple[Tensor, ...]:
    """Return the four corners, the centre, and the mirror images of the five."""
    return functional.ten_crop(images, [size, size])


PROTOCOLS: dict[str, Views] = {"single": take_centre, "ten-crop": take_ten}
"""Views by protocol: (images N·C·H·W, size) to squares of that size; an entry adds a protocol."""


def predict(
    net: nn.Module,
    images: Tensor,
    protocol: str = "single",
    crop: int | None = None,
    *,
    precision: str = "fp32",
) -> Tensor:
    """Answer the class probabilities of images, averaged over the views of a protocol.

    Args:
        net: in any mode; it is evaluated in eval mode and keeps the mode it had.
        images: (N, C, H, W), normalised, on the network's device. Views are cut, never resized.
        protocol: ``single``, one view, or ``ten-crop``: corners, centre and their mirror images.
        crop: side of the views, pixels. None takes the whole image for ``single``; for the others
            the size that the network was designed for, 32 or 224, or the image's where that is
            smaller.
        precision: ``fp32``, or ``bf16`` for autocast.

    Returns:
        (N, K) float32, rows sum to one.

    Raises:
        ConfigError: unknown protocol or precision, or a crop larger than the images.
        DivergedError: an output is not finite.

    Source: He et al. 2015, Section 4.1 (ten-crop, after Krizhevsky et al. 2012); the average is
    taken over the softmax.
    """
    with evaluating(net):
        return score(net, images, protocol, crop, precision).exp()


def score(
    net: nn.Module, images: Tensor, protocol: str, crop: int | None, precision: str
) -> Tensor:
    """Return the logarithm of the averaged probabilities, (N, K), from a net in eval mode."""
    views = cut(net, images, protocol, crop)
    scores = [_score_view(net, view, precision) for view in views]
    return torch.stack(scores).logsumexp(0) - math.log(len(scores))


def cut(
    net: nn.Module, images: Tensor, protocol: str, crop: int | None = None
) -> tuple[Tensor, ...]:
    """Return the views of a protocol, each (N, C, size, size)."""
    if protocol not in PROTOCOLS:
        raise reject("protocol", protocol, list(PROTOCOLS))
    if protocol == "single" and crop is None:
        return (images,)
    side = min(images.shape[-2:])
    spec = getattr(net, "spec", None)
    size = crop if crop is not None else min(side, spec.natural_size if spec else side)
    if not 1 <= size <= side:
        raise ConfigError(
            "E2501",
            "the crop does not fit the images",
            what=f"crop = {size}",
            why=f"images of {images.shape[-1]}×{images.shape[-2]} pixels",
            do=f"choose a crop of 1 to {side} pixels",
        )
    return PROTOCOLS[protocol](images, size)


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Put a network in eval mode without gradients; give every module its own mode back."""
    modes = {module: module.training for module in net.modules()}
    net.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def _score_view(net: nn.Module, view: Tensor, precision: str) -> Tensor:
    if precision not in ("fp32", "bf16"):
        raise reject("precision", precision, ["fp32", "bf16"])
    with torch.autocast(view.device.type, torch.bfloat16, enabled=precision == "bf16"):
        logits = net(view)
    if not torch.isfinite(logits).all():
        bad = (~torch.isfinite(logits)).any(1)
        raise DivergedError(
            "E6101",
            "the network's outputs are not finite",
            what=f"{int(bad.sum()):,} of {len(bad):,} samples of a batch",
            why="its weights, or the images, hold values that are too large",
            do="evaluate an earlier checkpoint, or in fp32",
        )
    return logits.float().log_softmax(1)
