"""Convolutional highway networks: thin stages of gated convolutions, after the FitNets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from resnets.spec.frozen import Count, Positive, Real, Share, reject
from resnets.spec.layers import Act, ActKind, Chain, Dropout, Flatten, Layer, Linear, Pool, Resize
from resnets.spec.layers import Highway as Gated
from resnets.spec.network import Init
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.shorthand import conv

Parts = tuple[tuple[str, Layer], ...]


class Highway(FamilySpec):
    """Stages of convolutions T(x) · H(x) + (1 - T(x)) · x, halved in between by max-pools.

    H is a convolution and ReLU, the gate T = σ(W x + b) a convolution of the same size with a value
    for every channel and position. Where the number of channels changes a layer is plain, H alone.
    Behind the last stage stand one more hidden layer and global average pooling.

    Args:
        depths: convolutions in each stage.
        widths: channels of each stage.
        kernels: sizes of the filters, repeated in turn within a stage.
        act: the non-linearity of H.
        gate_bias: initial value of b; negative, so that the network begins by handing its input on.
        hidden: features of the last hidden layer; 0 for none.
        head: a ``linear`` hidden layer behind the pooling, or a 1×1 ``conv`` before it.
        dropout: of the input, behind every pooling and before the classes.

    Source: Srivastava et al. 2015 (Training Very Deep Networks), Section 3.3, and the authors'
    release for Caffe, which has the widths of B, gate bias, dropout and the ``conv`` head. FitNets
    end in a max-pool over the whole map; the mean is that release's.
    """

    family: Literal["highway"] = "highway"
    depths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    widths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    kernels: Annotated[tuple[Positive, ...], Field(min_length=1)] = (3,)
    act: ActKind = "relu"
    gate_bias: Real = -2.0
    hidden: Count = 250
    head: Literal["linear", "conv"] = "linear"
    dropout: Share = 0.2
    init: Init = "he_fan_in"

    @model_validator(mode="after")
    def _coherent(self) -> Highway:
        if len(self.depths) != len(self.widths):
            raise reject("widths", self.widths, f"one width for each of {len(self.depths)} stages")
        if any(kernel % 2 == 0 for kernel in self.kernels):
            why = "an even kernel changes the map size"
            raise reject("kernels", self.kernels, "odd sizes", why)
        return self

    @property
    def natural_size(self) -> int:
        return 32

    def plan(self) -> Plan:
        body = [step("dropout", Dropout(self.dropout))]
        channels = self.in_chans
        for stage, (depth, width) in enumerate(zip(self.depths, self.widths, strict=True)):
            if stage:
                body.append(step(f"stages.{stage - 1}.pool", Pool("max", 2, 2)))
                body.append(step(f"stages.{stage - 1}.dropout", Dropout(self.dropout)))
            for i in range(depth):
                parts = self._layer(f"stages.{stage}.{i}", i, width, gated=channels == width)
                label = f"stage {stage + 1}, layer {i + 1}"
                body.append(Step(parts, unit=True, feature=i == depth - 1, label=label))
                channels = width
        return Plan(tuple(body), self._head(), "classifier")

    def _layer(self, path: str, position: int, width: int, gated: bool) -> Parts:
        filters = conv(width, self.kernels[position % len(self.kernels)], bias=True)
        parts = (("conv", filters), ("act", Act(self.act)))
        if gated:
            return ((path, Gated(Chain(parts), filters, self.gate_bias)),)
        return tuple((f"{path}.{name}", layer) for name, layer in parts)

    def _head(self) -> tuple[Step, ...]:
        pool: Parts = (("pool", Resize(1)), ("flatten", Flatten()))
        linear: Parts = (("linear", Linear(self.hidden)), ("act", Act(self.act)))
        filters: Parts = (("conv", conv(self.hidden, 1, bias=True)), ("act", Act(self.act)))
        if not self.hidden:
            parts = pool
        else:
            parts = (*pool, *linear) if self.head == "linear" else (*filters, *pool)
        return tuple(
            step(f"head.{name}", layer)
            for name, layer in (*parts, ("dropout", Dropout(self.dropout)))
        )
