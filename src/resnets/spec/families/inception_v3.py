"""Inception-v3: modules of factorised convolutions, in the released form and in the paper's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from resnets.spec.frozen import Flag, Share
from resnets.spec.layers import Chain, Concat, Flatten, Layer, Pool, Resize
from resnets.spec.network import Init
from resnets.spec.plan import FamilySpec, Plan, Side, Step, step
from resnets.spec.shorthand import conv_norm

from .inception import (
    Count,
    Filters,
    Hand,
    Parts,
    WidthShare,
    average,
    enter,
    head,
    name_steps,
)


class InceptionV3(FamilySpec):
    """Stem, modules A, reduction, modules C, reduction, modules E, pool, dropout, classifier.

    | part | branches, side by side |
    |---|---|
    | stem | 3×3 32 stride 2, 3×3 32, 3×3 64, max-pool, 1×1 80, 3×3 192, max-pool |
    | A | 1×1 64 · 1×1 48, 5×5 64 · 1×1 64, 3×3 96, 3×3 96 · mean, 1×1 p; p = 32, 64, 64 |
    | to 17² | 3×3 384 stride 2 · 1×1 64, 3×3 96, 3×3 96 stride 2 · max-pool |
    | C | 1×1 192 · 1×1 c, 1×7 c, 7×1 192 · 1×1 c, 7×1 c, 1×7 c, 7×1 c, 1×7 192 · mean, 1×1 192; |
    |   | c = 128, 160, 160, 192 |
    | to 8² | 1×1 192, 3×3 320 stride 2 · 1×1 192, 1×7 192, 7×1 192, 3×3 192 stride 2 · max-pool |
    | E | 1×1 320 · 1×1 384, {1×3 ‖ 3×1} 384 · 1×1 448, 3×3 384, {1×3 ‖ 3×1} 384 · mean, 1×1 192 |
    | side | on the last C, in training: 5×5 mean stride 3, 1×1 128, 5×5 768, classifier |

    Args:
        form: ``released``, as above; ``table1`` as the paper prints it: stem 3×3 32 stride 2, 32,
            64, max-pool, 3×3 80, 3×3 192 stride 2, 3×3 288, and 3×3 in A where the release has 5×5.
        stem: ``small`` keeps the size of its picture, without strides and pools, and every filter
            is padded: the same modules on maps of 32², 16² and 8² for pictures of 32 pixels.
        depths: modules A, C and E.
        filters: ``factorised``; ``full``: one 5×5 for two 3×3 in A, and 7×7 for each pair of 1×7
            and 7×1; ``linear``: no ReLU within such a pair; ``early``: 3×1, 1×3 for each 3×3 of
            that branch of A, on maps where the paper finds asymmetric filters to work badly;
            ``even``: 2×2, 2×2 there. The {1×3 ‖ 3×1} of E widen a map and stand for no square
            filter; they stay.
        width: share of every width.
        auxiliary: whether the auxiliary classifier is there.
        dropout: before the classifier.

    Source: Szegedy et al. 2016, Table 1 and Figs. 5 to 8; the released form is torchvision's, down
    to the names. Its ``transform_input``, which turns ImageNet's mean and deviation into 0.5, is
    preprocessing and no part of the network. The paper prints no widths inside the modules of Table
    1, ours are those of the release; its 42 layers count a pair 1×n, n×1 once and no classifier.
    """

    family: Literal["inception_v3"] = "inception_v3"
    form: Literal["released", "table1"] = "released"
    stem: Literal["large", "small"] = "large"
    depths: tuple[Count, Count, Count] = (3, 4, 2)
    filters: Literal["factorised", "full", "linear", "early", "even"] = "factorised"
    width: WidthShare = 1.0
    auxiliary: Flag = True
    dropout: Share = 0.5
    init: Init = "truncated_normal"

    @property
    def natural_size(self) -> int:
        return 32 if self.stem == "small" else 299

    @property
    def _hand(self) -> Hand:
        return Hand(self.width, self.stem == "small")

    def plan(self) -> Plan:
        a, c, e = (_name_modules(*pair) for pair in zip((5, 6, 7), self.depths, strict=True))
        widths = [64 if self.form == "table1" else 32, *[64] * (len(a) - 1)]
        inner = [128, *[160] * (len(c) - 2), 192][: len(c)]
        body = (
            *self._lay_stem(),
            *name_steps(a, map(self._module_a, widths), label="module A", unit=True, ends=True),
            step("Mixed_6a", self._reduction_a(), label="reduction A"),
            *name_steps(c, map(self._module_c, inner), label="module C", unit=True, ends=True),
            step("Mixed_7a", self._reduction_b(), label="reduction C"),
            *name_steps(e, [self._module_e()] * len(e), label="module E", unit=True, ends=True),
        )
        sides = (Side("AuxLogits", c[-1], self._side(), "fc"),) if self.auxiliary else ()
        return Plan(body, head(self.dropout, "avgpool", "dropout"), "fc", sides)

    def _lay_stem(self) -> Iterator[Step]:
        hand, large = self._hand, self.stem == "large"
        first, second, third = enter(hand)
        yield step("Conv2d_1a_3x3", first)
        yield step("Conv2d_2a_3x3", second)
        yield step("Conv2d_2b_3x3", third, feature=large)
        if large:
            yield step("maxpool1", hand.pool())
        if self.form == "table1":
            yield step("Conv2d_3b_3x3", hand.stem_conv(80), feature=large)
            yield step("Conv2d_4a_3x3", hand.stem_conv(192, 2))
            yield step("Conv2d_4b_3x3", hand.stem_conv(288, v=False))
            return
        yield step("Conv2d_3b_1x1", hand.conv(80, 1))
        yield step("Conv2d_4a_3x3", hand.stem_conv(192), feature=large)
        if large:
            yield step("maxpool2", hand.pool())

    def _pair(self, first: Filters, second: Filters) -> list[Layer]:
        """Return two convolutions that stand for a larger one."""
        one, two = (self._hand.conv(*each) for each in (first, second))
        return [Chain(one.parts[:-1]) if self.filters == "linear" else one, two]

    def _pooled(self, width: int) -> Parts:
        mean, conv = average(self._hand.line((width, 1)), count_padding=True)
        return (("pool", mean), ("branch_pool", conv))

    def _long(self, *widths: int, tall: bool = False) -> list[Layer]:
        """Return 1×7 and 7×1 in turn with the given widths, or a 7×7 for each two of them."""
        if self.filters == "full":
            return self._hand.line(*((width, 7) for width in widths[1::2]))
        one, two = ((7, 1), (1, 7)) if tall else ((1, 7), (7, 1))
        pairs = zip(widths[::2], widths[1::2], strict=True)
        return [half for a, b in pairs for half in self._pair((a, one), (b, two))]

    def _double(self) -> list[Layer]:
        """Return what stands for a 5×5 in module A."""
        hand = self._hand
        if self.filters == "full":
            return hand.line((96, 5))
        if self.filters == "early":
            return hand.line((96, (3, 1)), (96, (1, 3))) * 2
        if self.filters == "even":  # padding of the first only, so that the map keeps its size
            return [hand.conv(96, 2), conv_norm(hand.width(96), 2, valid=True, eps=hand.eps)] * 2
        return self._pair((96, 3), (96, 3))

    def _module_a(self, pooled: int) -> Layer:
        line, kernel = self._hand.line, 3 if self.form == "table1" else 5
        return Concat(
            (
                (("branch1x1", self._hand.conv(64, 1)),),
                _count("branch5x5", line((48, 1), (64, kernel))),
                _count("branch3x3dbl", [*line((64, 1)), *self._double()]),
                self._pooled(pooled),
            )
        )

    def _reduction_a(self) -> Layer:
        return Concat(
            (
                (("branch3x3", self._hand.conv(384, 3, 2, v=True)),),
                _count("branch3x3dbl", self._hand.line((64, 1), (96, 3), (96, 3), reduce=True)),
                (("pool", self._hand.pool()),),
            )
        )

    def _module_c(self, c: int) -> Layer:
        first = self._hand.line((c, 1))
        return Concat(
            (
                (("branch1x1", self._hand.conv(192, 1)),),
                _count("branch7x7", [*first, *self._long(c, 192)]),
                _count("branch7x7dbl", [*first, *self._long(c, c, c, 192, tall=True)]),
                self._pooled(192),
            )
        )

    def _reduction_b(self) -> Layer:
        line = self._hand.line
        last = line((192, 3), reduce=True)
        return Concat(
            (
                _count("branch3x3", line((192, 1), (320, 3), reduce=True)),
                _count("branch7x7x3", [*line((192, 1)), *self._long(192, 192), *last]),
                (("pool", self._hand.pool()),),
            )
        )

    def _module_e(self) -> Layer:
        conv, line = self._hand.conv, self._hand.line

        def widen(name: str) -> tuple[str, Layer]:
            return "", Concat(
                (((f"{name}a", conv(384, (1, 3))),), ((f"{name}b", conv(384, (3, 1))),))
            )

        return Concat(
            (
                (("branch1x1", conv(320, 1)),),
                (*_count("branch3x3", line((384, 1))), widen("branch3x3_2")),
                (*_count("branch3x3dbl", line((448, 1), (384, 3))), widen("branch3x3dbl_3")),
                self._pooled(192),
            )
        )

    def _side(self) -> Chain:
        hand, padding = self._hand, 2 if self.stem == "small" else 0
        return Chain(
            (
                ("pool", Pool("mean", 5, 3, padding, count_padding=False)),
                ("conv0", hand.conv(128, 1)),
                ("conv1", hand.conv(768, 5, v=True)),
                ("mean", Resize(1)),
                ("flatten", Flatten()),
            )
        )


def _name_modules(number: int, count: int) -> list[str]:
    """Name modules by the resolution's number and letters from b on: ``Mixed_5b``."""
    return [f"Mixed_{number}{chr(ord('b') + i)}" for i in range(count)]


def _count(name: str, layers: list[Layer]) -> Parts:
    """Name layers ``name_1``, ``name_2`` and so on."""
    return tuple((f"{name}_{i}", layer) for i, layer in enumerate(layers, 1))
