"""AlexNet: five convolutions, three of them with a max-pool, and three fully connected layers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from resnets.spec.frozen import Count, Flag, Positive, Share
from resnets.spec.layers import (
    Act,
    Conv,
    Dropout,
    Flatten,
    Layer,
    Linear,
    LocalNorm,
    Pool,
    Resize,
)
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.shorthand import conv, number

Widths = Annotated[tuple[Positive, ...], Field(min_length=5, max_length=5)]


class AlexNet(FamilySpec):
    """11×11 with stride 4, 5×5 and three 3×3 convolutions with ReLU; pools behind 1, 2 and 5.

    Args:
        widths: channels of the five convolutions.
        groups: 2 for the network of 2012, whose convolutions 2, 4 and 5 see on each of two graphics
            cards only what was computed there.
        local_norm: whether local response norm follows the ReLU of convolutions 1 and 2 (2012).
        pool: side of the max-pools, of stride 2: 3, which overlap, or 2 with a first convolution
            that is padded to keep the size but for its stride (the CIFAR form).
        hidden: features of the two hidden fully connected layers; 0 for none (the CIFAR form).
        side: side of the map that the first fully connected layer reads.
        dropout: before each hidden layer.

    Source: Krizhevsky et al. 2012, Section 3.5; the defaults are the network for one graphics card
    of Krizhevsky 2014, as in torchvision. Dropout of the hidden layers stands before them there, in
    2012 behind them.
    """

    family: Literal["alexnet"] = "alexnet"
    widths: Widths = (64, 192, 384, 256, 256)
    groups: Literal[1, 2] = 1
    local_norm: Flag = False
    pool: Literal[2, 3] = 3
    hidden: Count = 4096
    side: Positive = 6
    dropout: Share = 0.5

    @property
    def natural_size(self) -> int:
        return 224 if self.pool == 3 else 32

    def plan(self) -> Plan:
        body: list[Step] = []
        count = 0

        def add(*layers: Layer, label: str = "", feature: bool = False) -> None:
            nonlocal count
            parts = number(layers, "features.", count)
            body.append(Step(parts, bool(label), feature, label))
            count += len(layers)

        first, second, *others = self.widths
        norm = (LocalNorm(),) if self.local_norm else ()
        pool = Pool("max", self.pool, 2)
        padding = 2 if self.pool == 3 else 5
        start = Conv(first, (11, 11), 4, (padding, padding), bias=True)
        add(start, Act(), *norm, label="conv 1", feature=True)
        add(pool)
        wide = conv(second, 5, bias=True, groups=self.groups)
        add(wide, Act(), *norm, label="conv 2", feature=True)
        add(pool)
        for i, width in enumerate(others, 3):
            groups = 1 if i == 3 else self.groups
            narrow = conv(width, 3, bias=True, groups=groups)
            add(narrow, Act(), label=f"conv {i}", feature=i == 5)
        add(pool)
        hidden = (Dropout(self.dropout), Linear(self.hidden), Act()) if self.hidden else ()
        head = (
            ("avgpool", Resize(self.side)),
            ("flatten", Flatten()),
            *number((*hidden, *hidden), "classifier."),
        )
        end = f"classifier.{2 * len(hidden)}"
        return Plan(tuple(body), tuple(step(*part) for part in head), end)
