"""Layers as the papers say them: ``3×3, 64``, with batch norm and ReLU or without."""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Act, Chain, Conv, Layer, Norm, Pair


def conv(
    channels: int,
    kernel: int | Pair,
    stride: int = 1,
    *,
    valid: bool = False,
    bias: bool = False,
    groups: int = 1,
) -> Conv:
    """Return a convolution that keeps the map size but for its stride.

    Args:
        channels: of the output.
        kernel: side of the filters, or height and width.
        stride: distance of output positions.
        valid: no padding: filters stay inside the map (V in the tables of Inception-v4).
        bias: whether a learnt constant is added.
        groups: groups of channels that do not see one another.
    """
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = (0, 0) if valid else (height // 2, width // 2)
    return Conv(channels, (height, width), stride, padding, groups, bias)


def conv_norm(
    channels: int, kernel: int | Pair, stride: int = 1, *, valid: bool = False, eps: float = 1e-3
) -> Chain:
    """Return convolution, batch norm and ReLU, the layer that Inception networks are made of."""
    return Chain(
        (
            ("conv", conv(channels, kernel, stride, valid=valid)),
            ("bn", Norm(eps)),
            ("relu", Act()),
        )
    )


def number(
    layers: Sequence[Layer], prefix: str = "", first: int = 0
) -> tuple[tuple[str, Layer], ...]:
    """Name layers by their position, ``0``, ``1``, … behind a prefix."""
    return tuple((f"{prefix}{i}", layer) for i, layer in enumerate(layers, first))
