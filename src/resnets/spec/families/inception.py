"""What Inception networks share: how their layers are written, and the stems of the papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from resnets.spec.layers import Chain, Concat, Dropout, Flatten, Layer, Pair, Pool, Resize
from resnets.spec.plan import Step, step
from resnets.spec.shorthand import conv_norm

WidthShare = Annotated[float, Field(gt=0.0, le=4.0, strict=True)]
Scale = Annotated[float, Field(gt=0.0, le=1.0, strict=True)]
Count = Annotated[int, Field(ge=1, le=24, strict=True)]

Parts = tuple[tuple[str, Layer], ...]
Filters = tuple[int, "int | Pair"]
"""A convolution: channels in the paper, and the kernel."""

Line = tuple[Filters, ...]
"""Convolutions one after another."""


@dataclass(frozen=True)
class Hand:
    """How one network writes the layers of the papers.

    Args:
        share: of every width, the number of channels rounded.
        small: whether the stem keeps the size of its picture, and every filter is padded; else the
            filters that the papers mark V stay inside the map.
        eps: added to the variance by batch norm.
    """

    share: float = 1.0
    small: bool = False
    eps: float = 1e-3

    def width(self, channels: int) -> int:
        """Return the channels that stand for a width of the paper."""
        return max(1, round(channels * self.share))

    def conv(self, channels: int, kernel: int | Pair, stride: int = 1, *, v: bool = False) -> Chain:
        """Return convolution, batch norm and ReLU.

        Args:
            channels: in the paper.
            kernel: side of the filters, or height and width.
            stride: distance of output positions.
            v: whether filters stay inside the map.
        """
        valid = v and not self.small
        return conv_norm(self.width(channels), kernel, stride, valid=valid, eps=self.eps)

    def stem_conv(self, channels: int, stride: int = 1, *, v: bool = True) -> Chain:
        """Return a 3×3 convolution of the stem, without its stride in the small form."""
        return self.conv(channels, 3, 1 if self.small else stride, v=v)

    def line(self, *convs: Filters, reduce: bool = False) -> list[Layer]:
        """Return convolutions one after another; a reduction's last one has stride 2, marked V."""
        found: list[Layer] = [self.conv(*each) for each in convs]
        if reduce:
            channels, kernel = convs[-1]
            found[-1] = self.conv(channels, kernel, 2, v=True)
        return found

    def pool(self, stride: int = 2) -> Pool:
        """Return a 3×3 max-pool, marked V."""
        return Pool("max", 3, stride, padding=int(self.small))


def branch(name: str, layers: list[Layer]) -> Parts:
    """Name the layers of a branch: a single one like the branch, else by their numbers in it."""
    if len(layers) == 1:
        return ((name, layers[0]),)
    return tuple((f"{name}.{i}", layer) for i, layer in enumerate(layers))


def split(branches: Iterable[list[Layer]], prefix: str = "branch") -> Concat:
    """Return branches side by side, ``branch0``, ``branch1`` and so on."""
    return Concat(tuple(branch(f"{prefix}{i}", layers) for i, layers in enumerate(branches)))


def average(layers: list[Layer], count_padding: bool = False) -> list[Layer]:
    """Put a 3×3 mean of stride 1 before a branch."""
    return [Pool("mean", 3, 1, 1, count_padding=count_padding), *layers]


def enter(hand: Hand) -> list[Layer]:
    """Return the three convolutions that all stems begin with: 3×3 32 stride 2, 32, 64."""
    return [hand.stem_conv(32, 2), hand.stem_conv(32), hand.stem_conv(64, v=False)]


def mixed_stem(hand: Hand, flipped: bool = True) -> list[Layer]:
    """Return the rest of the stem of Inception-v4: pool ‖ 3×3 three times over, to 384 channels.

    Args:
        hand: how layers are written.
        flipped: 1×7 before 7×1, as in the released weights; the paper draws 7×1 first.

    Source: Szegedy et al. 2017, Fig. 3.
    """
    stride = 1 if hand.small else 2
    pair: Line = ((64, (1, 7)), (64, (7, 1)))
    wide = hand.conv(96, 3, v=True)
    return [
        Concat(((("maxpool", hand.pool(stride)),), (("conv", hand.stem_conv(96, 2)),))),
        split(
            [
                [hand.conv(64, 1), wide],
                [*hand.line((64, 1), *(pair if flipped else pair[::-1])), wide],
            ]
        ),
        Concat(((("conv", hand.stem_conv(192, 2)),), (("maxpool", hand.pool(stride)),))),
    ]


def head(dropout: float, pool: str = "global_pool", drop: str = "head_drop") -> tuple[Step, ...]:
    """Return global average pooling and dropout before the classifier."""
    return (
        step(pool, Resize(1)),
        step("flatten", Flatten()),
        step(drop, Dropout(dropout)),
    )


def name_steps(
    names: Iterable[str],
    layers: Iterable[Layer],
    *,
    label: str = "",
    unit: bool = False,
    ends: bool = False,
) -> Iterator[Step]:
    """Yield steps of one layer each.

    Args:
        names: of the steps.
        layers: of the steps.
        label: what people call them; units are numbered.
        unit: whether each is a unit.
        ends: whether the last map is the last of its resolution.
    """
    pairs = list(zip(names, layers, strict=True))
    for i, (name, layer) in enumerate(pairs):
        words = f"{label} {i + 1}" if unit else label
        yield step(name, layer, unit=unit, feature=ends and i == len(pairs) - 1, label=words)
