"""Inception-v4: uniform Inception modules without shortcuts."""

from __future__ import annotations

from typing import Literal

from resnets.spec.frozen import Share
from resnets.spec.layers import Concat, Layer
from resnets.spec.plan import FamilySpec, Plan, Step

from .inception import Count, Hand, WidthShare, average, enter, head, mixed_stem, name_steps, split


class InceptionV4(FamilySpec):
    """Stem, modules A, reduction, modules B, reduction, modules C, pool, dropout, classifier.

    | part | branches, side by side |
    |---|---|
    | stem | 3×3 32 stride 2, 32, 64; then max-pool ‖ 3×3 96 stride 2; 1×1 64, 3×3 96 ‖ 1×1 64, |
    |   | 1×7 64, 7×1 64, 3×3 96; 3×3 192 stride 2 ‖ max-pool: 384 channels |
    | A | 1×1 96 · 1×1 64, 3×3 96 · 1×1 64, 3×3 96, 3×3 96 · mean, 1×1 96 |
    | to 17² | 3×3 384 stride 2 · 1×1 192, 3×3 224, 3×3 256 stride 2 · max-pool |
    | B | 1×1 384 · 1×1 192, 1×7 224, 7×1 256 · |
    |   | 1×1 192, 7×1 192, 1×7 224, 7×1 224, 1×7 256 · mean, 1×1 128 |
    | to 8² | 1×1 192, 3×3 192 stride 2 · 1×1 256, 1×7 256, 7×1 320, 3×3 320 stride 2 · max-pool |
    | C | 1×1 256 · 1×1 384, {1×3 ‖ 3×1} 256 · 1×1 384, 3×1 448, 1×3 512, {1×3 ‖ 3×1} 256 · |
    |   | mean, 1×1 256 |

    It is the partner without shortcuts of Inception-ResNet-v2, which has the same stem in the paper
    and about the same cost.

    Args:
        stem: ``small`` keeps the size of its picture, without strides, and every filter is padded:
            the same modules on maps of 32², 16² and 8² for pictures of 32 pixels.
        depths: modules A, B and C.
        width: share of every width.
        dropout: before the classifier.

    Source: Szegedy et al. 2017, Figs. 3 to 9; names and the order of 1×7 and 7×1 are those of the
    released weights in timm, where the paper draws some pairs the other way round.
    """

    family: Literal["inception_v4"] = "inception_v4"
    stem: Literal["large", "small"] = "large"
    depths: tuple[Count, Count, Count] = (4, 7, 3)
    width: WidthShare = 1.0
    dropout: Share = 0.2

    @property
    def natural_size(self) -> int:
        return 32 if self.stem == "small" else 299

    def plan(self) -> Plan:
        hand = Hand(self.width, self.stem == "small")
        large = not hand.small
        first, second, third = enter(hand)
        pooled, *stem = mixed_stem(hand)
        a, b, c = self.depths
        parts = (
            ("", [first, second], False),
            ("", [third], large),
            ("", [pooled], large),
            ("", stem, False),
            ("module A", [_module_a(hand)] * a, True),
            ("reduction A", [_reduction_a(hand)], False),
            ("module B", [_module_b(hand)] * b, True),
            ("reduction B", [_reduction_b(hand)], False),
            ("module C", [_module_c(hand)] * c, True),
        )
        body: list[Step] = []
        count = 0
        for label, layers, ends in parts:
            names = [f"features.{count + i}" for i in range(len(layers))]
            unit = label.startswith("module")
            body += name_steps(names, layers, label=label, unit=unit, ends=ends)
            count += len(layers)
        return Plan(tuple(body), head(self.dropout), "last_linear")


def _module_a(hand: Hand) -> Layer:
    return split(
        [
            hand.line((96, 1)),
            hand.line((64, 1), (96, 3)),
            hand.line((64, 1), (96, 3), (96, 3)),
            average(hand.line((96, 1))),
        ]
    )


def _reduction_a(hand: Hand) -> Layer:
    return split(
        [
            hand.line((384, 3), reduce=True),
            hand.line((192, 1), (224, 3), (256, 3), reduce=True),
            [hand.pool()],
        ]
    )


def _module_b(hand: Hand) -> Layer:
    return split(
        [
            hand.line((384, 1)),
            hand.line((192, 1), (224, (1, 7)), (256, (7, 1))),
            hand.line((192, 1), (192, (7, 1)), (224, (1, 7)), (224, (7, 1)), (256, (1, 7))),
            average(hand.line((128, 1))),
        ]
    )


def _reduction_b(hand: Hand) -> Layer:
    return split(
        [
            hand.line((192, 1), (192, 3), reduce=True),
            hand.line((256, 1), (256, (1, 7)), (320, (7, 1)), (320, 3), reduce=True),
            [hand.pool()],
        ]
    )


def _module_c(hand: Hand) -> Layer:
    conv = hand.conv

    def widen(name: str) -> tuple[str, Layer]:
        return "", Concat((((f"{name}a", conv(256, (1, 3))),), ((f"{name}b", conv(256, (3, 1))),)))

    pooled, last = average(hand.line((256, 1)))
    return Concat(
        (
            (("branch0", conv(256, 1)),),
            (("branch1_0", conv(384, 1)), widen("branch1_1")),
            (
                ("branch2_0", conv(384, 1)),
                ("branch2_1", conv(448, (3, 1))),
                ("branch2_2", conv(512, (1, 3))),
                widen("branch2_3"),
            ),
            (("branch3.0", pooled), ("branch3.1", last)),
        )
    )
