"""GoogLeNet: Inception modules of four branches, and auxiliary classifiers on the way."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from resnets.spec.frozen import Flag, Share, reject
from resnets.spec.layers import (
    Act,
    Chain,
    Concat,
    Dropout,
    Flatten,
    Layer,
    Linear,
    LocalNorm,
    Pool,
    Resize,
)
from resnets.spec.plan import FamilySpec, Plan, Side, Step, step
from resnets.spec.shorthand import conv, conv_norm

MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Channels: 1×1; before and of the 3×3; before and of the 5×5; behind the pool."""

SIDES = {"lower": ("aux1", "4a"), "upper": ("aux2", "4d")}
LAST = ("3b", "4e", "5b")
"""The modules that end a resolution."""


class GoogLeNet(FamilySpec):
    """A stem and nine modules: 1×1 ⊕ (1×1, 3×3) ⊕ (1×1, 5×5) ⊕ (3×3 max-pool, 1×1).

    Args:
        auxiliary: which auxiliary classifiers work in training: the ``lower`` one on module 4a, the
            ``upper`` one on 4d, both or none. Each is a mean over 4×4 regions, a 1×1 convolution of
            128 channels, 1024 hidden features and dropout.
        norm: whether batch norm stands before each ReLU; without it convolutions have a bias, and
            local response norm stands in the stem, as in 2015.
        kernel: side of the filters that the paper calls 5×5; 3 in torchvision's network.
        stem: ``large``, 7×7 with stride 2 and a max-pool; ``small``, 3×3 without either.
        width: share of every width.
        dropout: before the classifier.
        side_dropout: before each auxiliary classifier.

    Source: Szegedy et al. 2015, Table 1 and Section 5. The defaults are torchvision's network, with
    batch norm, 3×3 for 5×5, a 2×2 max-pool before module 5a (the paper's is 3×3) and dropout of 0.2
    (0.4).
    """

    family: Literal["googlenet"] = "googlenet"
    auxiliary: tuple[Literal["lower", "upper"], ...] = ("lower", "upper")
    norm: Flag = True
    kernel: Literal[3, 5] = 3
    stem: Literal["large", "small"] = "large"
    width: Annotated[float, Field(gt=0.0, le=4.0, strict=True)] = 1.0
    dropout: Share = 0.2
    side_dropout: Share = 0.7

    @field_validator("auxiliary")
    @classmethod
    def _ordered(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value != tuple(name for name in SIDES if name in value):
            raise reject("", value, "lower before upper, each once at most")
        return value

    @property
    def natural_size(self) -> int:
        return 224 if self.stem == "large" else 32

    def plan(self) -> Plan:
        body = [*self._stem()]
        for name, channels in MODULES.items():
            module, label = self._module(*channels), f"inception {name}"
            last = name in LAST
            body.append(step(f"inception{name}", module, unit=True, feature=last, label=label))
            if name in LAST[:-1]:
                kernel = 2 if name == "4e" and self.norm else 3
                body.append(step(f"maxpool{name[0]}", Pool("max", kernel, 2, ceil=True)))
        head = (
            step("avgpool", Resize(1)),
            step("flatten", Flatten()),
            step("dropout", Dropout(self.dropout)),
        )
        return Plan(tuple(body), head, "fc", tuple(map(self._side, self.auxiliary)))

    def _stem(self) -> list[Step]:
        large = self.stem == "large"
        pool = Pool("max", 3, 2, ceil=True)
        norm = () if self.norm else (LocalNorm(),)
        steps = [step("conv1", self._conv(64, 7 if large else 3, 2 if large else 1), feature=large)]
        if large:
            steps.append(step("maxpool1", pool))
        steps += [step("norm1", layer) for layer in norm]
        steps.append(step("conv2", self._conv(64, 1)))
        steps.append(step("conv3", self._conv(192, 3), feature=True))
        steps += [step("norm2", layer) for layer in norm]
        return [*steps, step("maxpool2", pool)]

    def _module(
        self, one: int, three_in: int, three: int, five_in: int, five: int, pool: int
    ) -> Concat:
        return Concat(
            (
                (("branch1", self._conv(one, 1)),),
                (("branch2.0", self._conv(three_in, 1)), ("branch2.1", self._conv(three, 3))),
                (
                    ("branch3.0", self._conv(five_in, 1)),
                    ("branch3.1", self._conv(five, self.kernel)),
                ),
                (
                    ("branch4.0", Pool("max", 3, 1, 1, ceil=True)),
                    ("branch4.1", self._conv(pool, 1)),
                ),
            )
        )

    def _side(self, which: str) -> Side:
        name, module = SIDES[which]
        layers: tuple[tuple[str, Layer], ...] = (
            ("pool", Resize(4)),
            ("conv", self._conv(128, 1)),
            ("flatten", Flatten()),
            ("fc1", Linear(self._scale(1024))),
            ("relu", Act()),
            ("dropout", Dropout(self.side_dropout)),
        )
        return Side(name, f"inception{module}", Chain(layers), "fc2")

    def _conv(self, channels: int, kernel: int, stride: int = 1) -> Chain:
        channels = self._scale(channels)
        if self.norm:
            return conv_norm(channels, kernel, stride)
        return Chain((("conv", conv(channels, kernel, stride, bias=True)), ("relu", Act())))

    def _scale(self, channels: int) -> int:
        return max(1, round(channels * self.width))
