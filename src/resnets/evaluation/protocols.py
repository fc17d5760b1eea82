"""Which views of an image the network sees, and how its answers become one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from resnets.errors import ConfigError, DivergedError
from resnets.spec.frozen import reject

from . import views
from .dense import slide

Views = Callable[[Tensor, int], Iterable[Tensor]]
Forward = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Protocol:
    """How a picture is looked at.

    Args:
        views: (images N·C·H·W, size of the network's input) to the views, whose answers are
            averaged.
        dense: whether a view is answered by a window that moves over its feature map.
        resizes: whether the views are taken from pictures in their own shape, which are resized.
        largest: longest shorter side that the views need, for an input of 224 pixels.
    """

    views: Views
    dense: bool = False
    resizes: bool = False
    largest: int = 0


PROTOCOLS: dict[str, Protocol] = {
    "single": Protocol(views.take_centre),
    "single-320": Protocol(views.take_large, resizes=True, largest=views.LARGE),
    "ten-crop": Protocol(views.take_ten),
    "12-crop": Protocol(views.take_twelve, resizes=True, largest=views.INCEPTION[0]),
    "144-crop": Protocol(views.take_144, resizes=True, largest=views.INCEPTION[-1]),
    "dense": Protocol(views.take_all, dense=True),
    "multi-scale": Protocol(views.take_scales, dense=True, resizes=True, largest=views.SCALES[-1]),
}
"""The protocols by name; an entry adds one."""


def find_protocol(name: str) -> Protocol:
    """Return a protocol.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in PROTOCOLS:
        raise reject("protocol", name, list(PROTOCOLS))
    return PROTOCOLS[name]


def predict(
    net: nn.Module,
    images: Tensor,
    protocol: str = "single",
    crop: int | None = None,
    *,
    precision: str = "fp32",
) -> Tensor:
    """Answer the class probabilities of images, averaged over the views of a protocol.

    ``single`` and ``ten-crop`` cut their views out of the images, ``dense`` takes them as they are.
    The others resize them first, to lengths that the papers give for networks of 224 pixels and
    that are taken in proportion for any other ``crop``:

    - ``single-320``: the middle square, resized to 320 pixels.
    - ``12-crop``: shorter side 256, middle square; its corners, its centre and the square itself
      resized to the view; mirror images.
    - ``144-crop``: shorter sides 256, 288, 320 and 352, three squares of each, views as before.
    - ``multi-scale``: shorter sides 224, 256, 384, 480 and 640, each answered densely.

    Args:
        net: in any mode; it is evaluated in eval mode and keeps the mode it had.
        images: (N, C, H, W), normalised, on the network's device.
        protocol: a name of ``PROTOCOLS``.
        crop: side of the views, pixels. None takes the whole image for ``single``; for the others
            the size that the network was designed for, 32, 224 or 299, but no more than the
            image has where nothing is resized.
        precision: ``fp32``, or ``bf16`` for autocast.

    Returns:
        (N, K) float32, rows sum to one.

    Raises:
        ConfigError: unknown protocol or precision, a crop larger than the images, or a network
            that cannot be applied densely.
        DivergedError: an output is not finite.

    Source: He et al. 2015, Section 4.1 (ten-crop, after Krizhevsky et al. 2012, and multi-scale);
    He et al. 2016, Table 5 (320 pixels); Szegedy et al. 2015, Section 7 (144 crops). Views are
    averaged after the softmax, positions of a dense view before it; 12 crops are cited without a
    definition, and ours are those of one scale and one square.
    """
    with evaluating(net):
        return score(net, images, protocol, crop, precision).exp()


def score(
    net: nn.Module, images: Tensor, protocol: str, crop: int | None, precision: str
) -> Tensor:
    """Return the logarithm of the averaged probabilities, (N, K), from a net in eval mode."""
    found = find_protocol(protocol)
    if protocol == "single" and crop is None:
        return _score_view(net, images, precision)
    size = choose_size(net, images, found, crop)
    forward: Forward = (lambda view: slide(net, view, size)) if found.dense else net
    scores = [_score_view(forward, view, precision) for view in found.views(images, size)]
    return torch.stack(scores).logsumexp(0) - math.log(len(scores))


def choose_size(net: nn.Module, images: Tensor, protocol: Protocol, crop: int | None) -> int:
    """Return the side of the views: what was asked for, or what the network was designed for."""
    side = min(images.shape[-2:])
    spec = getattr(net, "spec", None)
    natural = spec.natural_size if spec else side
    size = crop if crop is not None else natural if protocol.resizes else min(side, natural)
    if size < 1 or (size > side and not protocol.resizes):
        limit = "1 pixel or more" if protocol.resizes else f"1 to {side} pixels"
        raise ConfigError(
            "E2501",
            "the crop does not fit the images",
            what=f"crop = {size}",
            why=f"images of {images.shape[-1]}×{images.shape[-2]} pixels",
            do=f"choose a crop of {limit}",
        )
    return size


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


def _score_view(forward: Forward, view: Tensor, precision: str) -> Tensor:
    if precision not in ("fp32", "bf16"):
        raise reject("precision", precision, ["fp32", "bf16"])
    with torch.autocast(view.device.type, torch.bfloat16, enabled=precision == "bf16"):
        logits = forward(view)
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
