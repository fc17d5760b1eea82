"""Networks applied to every position of a larger picture, as if fully convolutional."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from resnets.errors import ConfigError


def slide(net: nn.Module, images: Tensor, size: int) -> Tensor:
    """Return the class scores averaged over all positions of a window on the last feature map.

    The window is as large as the map of a view of ``size`` pixels, and moves by one position; what
    follows the map, from pooling to the classifier, is applied to each. Pictures of that very size
    have one position, and the answer is the network's own.

    Args:
        net: with ``forward_features`` and ``forward_head``, in eval mode.
        images: (N, C, H, W), at least ``size`` pixels a side.
        size: side of the views that the network was trained on, pixels.

    Returns:
        (N, K) logits.

    Raises:
        ConfigError: the network has no feature map, or takes one size only.

    Source: Simonyan & Zisserman 2015, Section 3.2: fully connected layers become convolutions,
    and their map of scores is averaged.
    """
    blank = images.new_zeros(1, images.shape[1], size, size)
    height, width = _find_map(net, blank).shape[-2:]
    windows = _find_map(net, images).unfold(2, height, 1).unfold(3, width, 1)
    head: Any = net.forward_head
    rows = windows.unbind(2)
    # A row at a time: windows overlap, so all of them would hold every value many times.
    sums = [
        head(row.transpose(1, 2).flatten(0, 1)).unflatten(0, (len(images), -1)).sum(1)
        for row in rows
    ]
    return sum(sums[1:], sums[0]) / (len(rows) * windows.shape[3])


def _find_map(net: nn.Module, images: Tensor) -> Tensor:
    features: Any = getattr(net, "forward_features", None)
    maps = features(images) if features is not None and hasattr(net, "forward_head") else None
    if maps is None or maps.ndim != 4:
        raise ConfigError(
            "E2850",
            "the network cannot be applied densely",
            what=type(net).__name__ if maps is None else f"features of shape {tuple(maps.shape)}",
            why="there is no feature map over which a window could move",
            do="take single, ten-crop, 12-crop or 144-crop",
        )
    return maps
