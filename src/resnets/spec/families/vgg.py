"""VGG: stacks of 3×3 convolutions, halved by max-pools, and three fully connected layers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from resnets.spec.frozen import Count, Flag, Positive, Share, reject
from resnets.spec.layers import Act, Dropout, Flatten, Layer, Linear, Norm, Pool, Resize
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.shorthand import conv, number


class VGG(FamilySpec):
    """Stages of 3×3 convolutions with ReLU, each ended by a 2×2 max-pool of stride 2.

    Args:
        depths: convolutions in each stage.
        widths: channels of each stage.
        norm: whether batch norm stands before each ReLU.
        hidden: features of the two hidden fully connected layers; 0 for none (the CIFAR form).
        side: side of the map that the first fully connected layer reads.
        dropout: after each hidden layer.

    Source: Simonyan & Zisserman 2015, Table 1. Batch norm as in torchvision; the CIFAR form, one
    fully connected layer on the last map, is that of the repositories that train VGG on CIFAR.
    """

    family: Literal["vgg"] = "vgg"
    depths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    widths: Annotated[tuple[Positive, ...], Field(min_length=1)] = (64, 128, 256, 512, 512)
    norm: Flag = False
    hidden: Count = 4096
    side: Positive = 7
    dropout: Share = 0.5

    @model_validator(mode="after")
    def _coherent(self) -> VGG:
        if len(self.depths) != len(self.widths):
            raise reject("widths", self.widths, f"one width for each of {len(self.depths)} stages")
        return self

    @property
    def natural_size(self) -> int:
        return self.side << len(self.depths)

    def plan(self) -> Plan:
        body: list[Step] = []
        count = 0

        def add(*layers: Layer, label: str = "", feature: bool = False) -> None:
            nonlocal count
            parts = number(layers, "features.", count)
            body.append(Step(parts, bool(label), feature, label))
            count += len(layers)

        norm = (Norm(),) if self.norm else ()
        for stage, (depth, width) in enumerate(zip(self.depths, self.widths, strict=True), 1):
            for i in range(1, depth + 1):
                label = f"stage {stage}, conv {i}"
                add(conv(width, 3, bias=True), *norm, Act(), label=label, feature=i == depth)
            add(Pool("max", 2, 2))
        hidden = (Linear(self.hidden), Act(), Dropout(self.dropout)) if self.hidden else ()
        head = (
            ("avgpool", Resize(self.side)),
            ("flatten", Flatten()),
            *number((*hidden, *hidden), "classifier."),
        )
        end = f"classifier.{2 * len(hidden)}"
        return Plan(tuple(body), tuple(step(*part) for part in head), end)
