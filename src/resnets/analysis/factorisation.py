"""What factorised convolutions and grid reductions cost, by arithmetic.

Source: Szegedy et al. 2016, Sections 3 and 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from resnets.spec.frozen import reject
from resnets.spec.layers import Pair


@dataclass(frozen=True)
class Factorisation:
    """A convolution and a chain of smaller ones that sees as much.

    Args:
        kernel: height and width of the filters.
        parts: those of the chain.
        full, factorised: multiply-adds at one position of a map, which are also the weights.
    """

    kernel: Pair
    parts: tuple[Pair, ...]
    full: int
    factorised: int

    @property
    def saving(self) -> float:
        """Share of the multiply-adds that the chain does without; negative if it needs more."""
        return (self.full - self.factorised) / self.full

    @property
    def text(self) -> str:
        """The factorisation in short, ``5×5 → 3×3, 3×3``."""
        names = [f"{height}×{width}" for height, width in (self.kernel, *self.parts)]
        return f"{names[0]} → {', '.join(names[1:])}"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON data."""
        return {
            "kernel": list(self.kernel),
            "parts": [list(part) for part in self.parts],
            "full": self.full,
            "factorised": self.factorised,
            "saving": self.saving,
        }


def factorise(kernel: Pair, parts: Sequence[Pair], channels: Sequence[int] = (1,)) -> Factorisation:
    """Compare a convolution with a chain of smaller ones.

    Args:
        kernel: height and width of the filters.
        parts: those of the chain, which together must see exactly as much.
        channels: of the input, behind each part of the chain but the last, and of the output; one
            number for all.

    Raises:
        ConfigError: the chain sees more or less than the convolution, or the channels are not one
            more than its parts.

    Example:
        >>> factorise((5, 5), [(3, 3), (3, 3)]).saving
        0.28
        >>> factorise((7, 7), [(1, 7), (7, 1)], (128, 128, 192)).factorised
        286720
    """
    seen = tuple(sum(part[axis] - 1 for part in parts) + 1 for axis in range(2))
    if seen != kernel:
        raise reject(
            "parts",
            tuple(parts),
            f"filters that together see {kernel[0]}×{kernel[1]}",
            f"these see {seen[0]}×{seen[1]}",
        )
    widths = tuple(channels) * (len(parts) + 1) if len(channels) == 1 else tuple(channels)
    if len(widths) != len(parts) + 1 or min(widths) < 1:
        raise reject("channels", widths, f"1 or {len(parts) + 1} positive numbers")
    steps = zip(parts, pairwise(widths), strict=True)
    return Factorisation(
        kernel,
        tuple(parts),
        full=kernel[0] * kernel[1] * widths[0] * widths[-1],
        factorised=sum(h * w * before * after for (h, w), (before, after) in steps),
    )


def list_factorisations(channels: Sequence[int] = (1,), side: int = 7) -> list[Factorisation]:
    """List the factorisations of the paper: 28, 33 and 11 per cent, and n×n as 1×n, n×1.

    Args:
        channels: one number for all.
        side: n.
    """
    rows: tuple[tuple[Pair, Sequence[Pair]], ...] = (
        ((5, 5), [(3, 3), (3, 3)]),
        ((3, 3), [(3, 1), (1, 3)]),
        ((3, 3), [(2, 2), (2, 2)]),
        ((side, side), [(1, side), (side, 1)]),
    )
    return [factorise(kernel, parts, channels) for kernel, parts in rows]


@dataclass(frozen=True)
class Reduction:
    """A way from one grid to a smaller one.

    Args:
        name: the way.
        macs: its multiply-adds for one image.
        narrowest: activations at its narrowest place, as a share of those at its beginning.
    """

    name: str
    macs: int
    narrowest: float

    def to_dict(self) -> dict[str, Any]:
        """Return the way as JSON data."""
        return dict(vars(self))


def reduce_grid(
    side: int, channels: int, outputs: int, *, out_side: int | None = None, kernel: int = 1
) -> list[Reduction]:
    """Compare the ways to reduce a grid: pool then convolve, convolve then pool, side by side.

    Side by side, half of the output or whatever the pool does not give comes from a convolution
    with stride, so a reduction that does not widen has no such way.

    Args:
        side: of the square map.
        channels: of the map.
        outputs: channels behind the reduction.
        out_side: side behind it; None for half, rounded up.
        kernel: side of the convolution's filters; 1 counts as the paper does.

    Example:
        >>> [way.macs for way in reduce_grid(8, 10, 20)]
        [3200, 12800, 1600]
    """
    small = -(-side // 2) if out_side is None else out_side
    weights = kernel**2 * channels * outputs
    before, after = channels * side**2, outputs * small**2
    narrow = min(1.0, after / before)
    ways = [
        Reduction("pool, then convolution", weights * small**2, min(narrow, (small / side) ** 2)),
        Reduction("convolution, then pool", weights * side**2, narrow),
    ]
    if outputs > channels:
        rest = kernel**2 * channels * (outputs - channels)
        ways.append(Reduction("pool and convolution side by side", rest * small**2, narrow))
    return ways
