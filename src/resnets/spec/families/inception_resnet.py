"""Inception-ResNet: Inception modules whose output is scaled and added to their input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from resnets.spec.frozen import Share
from resnets.spec.layers import Chain, Layer, Residual
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.shorthand import conv

from .inception import (
    Count,
    Hand,
    Line,
    Scale,
    WidthShare,
    average,
    enter,
    head,
    mixed_stem,
    name_steps,
    split,
)


@dataclass(frozen=True)
class Widths:
    """The branches of one version, in the widths of the paper.

    Args:
        a, b, c: branches of the modules A, B and C.
        to_b, to_c: convolutional branches of the two reductions.
    """

    a: tuple[Line, ...]
    b: tuple[Line, ...]
    c: tuple[Line, ...]
    to_b: tuple[Line, ...]
    to_c: tuple[Line, ...]


V1 = Widths(
    a=(((32, 1),), ((32, 1), (32, 3)), ((32, 1), (32, 3), (32, 3))),
    b=(((128, 1),), ((128, 1), (128, (1, 7)), (128, (7, 1)))),
    c=(((128, 1),), ((192, 1), (192, (1, 3)), (192, (3, 1)))),
    to_b=(((384, 3),), ((192, 1), (192, 3), (256, 3))),
    to_c=(((256, 1), (384, 3)), ((256, 1), (256, 3)), ((256, 1), (256, 3), (256, 3))),
)
V2 = Widths(
    a=(((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    b=(((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    c=(((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
    to_b=(((384, 3),), ((256, 1), (256, 3), (384, 3))),
    to_c=(((256, 1), (384, 3)), ((256, 1), (288, 3)), ((256, 1), (288, 3), (320, 3))),
)


class InceptionResNet(FamilySpec):
    """Stem, blocks A, reduction, blocks B, reduction, blocks C, pool, dropout, classifier.

    A block is ReLU(x + scale · F(x)), where F is branches side by side and then a 1×1 convolution
    with bias, without batch norm and ReLU, back to the width of x.

    | part | version 1 | version 2 |
    |---|---|---|
    | A | 1×1 32 · 1×1 32, 3×3 32 · 1×1 32, 3×3 32, 3×3 32 | third branch 32, 48, 64 |
    | to 17² | 3×3 384 stride 2 · 1×1 192, 3×3 192, 3×3 256 stride 2 · max-pool | 256, 256, 384 |
    | B | 1×1 128 · 1×1 128, 1×7 128, 7×1 128 | 192 · 128, 160, 192 |
    | to 8² | max-pool · 1×1 256 in three branches, then 3×3 384, 3×3 256, 3×3 256, 3×3 256, | |
    |   | the last of each with stride 2 | 384 · 288 · 288, 320 |
    | C | 1×1 128 · 1×1 192, 1×3 192, 3×1 192 | 192 · 192, 224, 256 |
    | maps | 256, 896, 1792 channels | 384, 1152, 2144 |

    Args:
        form: ``v1`` with the stem of Inception-v3 and a 3×3 256 of stride 2; ``v2`` with that of
            Inception-v4; ``v2_released``: the stem of Inception-v3 and one module with 5×5 filters,
            so maps of 320, 1088 and 2080 channels, a last block C without scale and ReLU, and a
            1×1 1536 before the pool.
        stem: ``small`` keeps the size of its picture, without strides and pools, and every filter
            is padded: the same modules on maps of 32², 16² and 8² for pictures of 32 pixels.
        depths: blocks A, B and C, the last one of the released form among them.
        scale: the constants on F in A, B and C; with more than 1000 channels nets without it die.
        width: share of every width.
        dropout: before the classifier.

    Source: Szegedy et al. 2017, Figs. 10 to 20; the released form and all names are timm's. The
    paper prints a B of 1154 and a C of 2048 channels for version 2, which its sums contradict; its
    scales, 0.1 to 0.3, are here those of the release. The partners without shortcuts are
    Inception-v3 for version 1 and Inception-v4 for version 2.
    """

    family: Literal["inception_resnet"] = "inception_resnet"
    form: Literal["v1", "v2", "v2_released"]
    stem: Literal["large", "small"] = "large"
    depths: tuple[Count, Count, Count] = (5, 10, 5)
    scale: tuple[Scale, Scale, Scale] = (0.17, 0.1, 0.2)
    width: WidthShare = 1.0
    dropout: Share = 0.2

    @property
    def natural_size(self) -> int:
        return 32 if self.stem == "small" else 299

    def plan(self) -> Plan:
        hand = Hand(self.width, self.stem == "small")
        widths, released = V1 if self.form == "v1" else V2, self.form == "v2_released"
        body = list(_lay_stem(hand, self.form))
        stages = (
            ("A", "repeat", widths.a, "mixed_6a", widths.to_b),
            ("B", "repeat_1", widths.b, "mixed_7a", widths.to_c),
            ("C", "repeat_2", widths.c, "", ()),
        )
        for (letter, name, lines, after, lines_after), depth, scale in zip(
            stages, self.depths, self.scale, strict=True
        ):
            channels = Plan(tuple(body), (), "").shapes(self.in_shape)[body[-1].name][0]
            last = released and not after
            names = [f"{name}.{i}" for i in range(depth - last)]
            blocks = [_block(hand, lines, channels, scale)] * len(names)
            body += name_steps(names, blocks, label=f"block {letter}", unit=True, ends=not last)
            if last:
                plain = _block(hand, lines, channels, 1.0, act=False)
                body.append(step("block8", plain, unit=True, label=f"block {letter} {depth}"))
                body.append(step("conv2d_7b", hand.conv(1536, 1), feature=True))
            if after:
                branches = [hand.line(*line, reduce=True) for line in lines_after]
                reduction = split([*branches, [hand.pool()]])
                body.append(step(after, reduction, label=f"reduction {letter}"))
        return Plan(tuple(body), head(self.dropout), "classif")


def _lay_stem(hand: Hand, form: str) -> Iterator[Step]:
    large = not hand.small
    first, second, third = enter(hand)
    yield step("conv2d_1a", first)
    yield step("conv2d_2a", second)
    yield step("conv2d_2b", third, feature=large)
    if form == "v2":
        pooled, *rest = mixed_stem(hand, flipped=False)
        yield step("mixed_3a", pooled, feature=large)
        yield from name_steps(("mixed_4a", "mixed_5a"), rest)
        return
    if large:
        yield step("maxpool_3a", hand.pool())
    yield step("conv2d_3b", hand.conv(80, 1))
    yield step("conv2d_4a", hand.stem_conv(192), feature=large)
    if form == "v1":
        yield step("conv2d_4b", hand.stem_conv(256, 2))
        return
    if large:
        yield step("maxpool_5a", hand.pool())
    branches = [
        hand.line((96, 1)),
        hand.line((48, 1), (64, 5)),
        hand.line((64, 1), (96, 3), (96, 3)),
        average(hand.line((64, 1))),
    ]
    yield step("mixed_5b", split(branches))


def _block(
    hand: Hand, lines: tuple[Line, ...], channels: int, scale: float, act: bool = True
) -> Layer:
    branches = split([hand.line(*line) for line in lines])
    body = Chain((("", branches), ("conv2d", conv(channels, 1, bias=True))))
    return Residual(body, scale, act)
