"""DenseNet: every layer of a block reads the outputs of all layers before it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from resnets.spec.frozen import Count, Positive, Share
from resnets.spec.layers import Act, Chain, Dropout, Flatten, Grow, Layer, Norm, Pool, Resize
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.shorthand import conv


class DenseNet(FamilySpec):
    """Blocks of layers x ⊕ F(x), F of k channels: BN, ReLU, 1×1, BN, ReLU, 3×3.

    Between two blocks stands a transition: BN, ReLU, 1×1, 2×2 mean-pool.

    Args:
        depths: layers in each block.
        growth: k, channels that each layer adds.
        bottleneck: channels behind the 1×1 of F, in k (B); 0 leaves that convolution out.
        compression: θ, the share of channels that a transition keeps (C).
        stem: ``3x3`` alone (CIFAR); ``7x7`` with stride 2, BN, ReLU and a max-pool (ImageNet).
        stem_width: channels of the stem.
        dropout: after every convolution but the first.

    Source: Huang et al. 2017, Section 3 and Table 1. Names are torchvision's, whose own networks
    drop only behind the last convolution of F.
    """

    family: Literal["densenet"] = "densenet"
    depths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    growth: Positive
    bottleneck: Count = 4
    compression: Annotated[Share, Field(gt=0.0)] = 0.5
    stem: Literal["3x3", "7x7"] = "3x3"
    stem_width: Positive = 16
    dropout: Share = 0.0

    @property
    def natural_size(self) -> int:
        return 224 if self.stem == "7x7" else 32

    def plan(self) -> Plan:
        body, channels, count = self._stem(), self.stem_width, len(self.depths)
        for block, depth in enumerate(self.depths, 1):
            body += self._block(block, depth, feature=block < count)
            channels += depth * self.growth
            if block < count:
                channels = int(channels * self.compression)
                name, label = f"features.transition{block}", f"transition {block}"
                body.append(step(name, self._shrink(channels), label=label))
        final = ((f"features.norm{count + 1}", Norm()), (f"features.relu{count + 1}", Act()))
        head = (step("pool", Resize(1)), step("flatten", Flatten()))
        return Plan((*body, Step(final, feature=True, label="last norm")), head, "classifier")

    def _stem(self) -> list[Step]:
        if self.stem == "3x3":
            return [step("features.conv0", conv(self.stem_width, 3), feature=True)]
        parts: tuple[tuple[str, Layer], ...] = (
            ("features.conv0", conv(self.stem_width, 7, 2)),
            ("features.norm0", Norm()),
            ("features.relu0", Act()),
        )
        return [Step(parts, feature=True), step("features.pool0", Pool("max", 3, 2, 1))]

    def _block(self, block: int, depth: int, feature: bool) -> list[Step]:
        return [
            step(
                f"features.denseblock{block}.denselayer{i}",
                self._layer(),
                unit=True,
                feature=feature and i == depth,
                label=f"block {block}, layer {i}",
            )
            for i in range(1, depth + 1)
        ]

    def _layer(self) -> Grow:
        parts: list[tuple[str, Layer]] = []
        widths = ((self.bottleneck * self.growth, 1), (self.growth, 3))
        for i, (width, kernel) in enumerate(widths if self.bottleneck else widths[1:], 1):
            parts += [(f"norm{i}", Norm()), (f"relu{i}", Act()), (f"conv{i}", conv(width, kernel))]
            parts += self._drop(f"drop{i}")
        return Grow(Chain(tuple(parts)))

    def _shrink(self, channels: int) -> Chain:
        parts: tuple[tuple[str, Layer], ...] = (
            ("norm", Norm()),
            ("relu", Act()),
            ("conv", conv(channels, 1)),
            *self._drop("drop"),
            ("pool", Pool("mean", 2, 2)),
        )
        return Chain(parts)

    def _drop(self, name: str) -> list[tuple[str, Layer]]:
        return [(name, Dropout(self.dropout))] if self.dropout else []
