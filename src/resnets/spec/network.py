"""The grammar: a network as data, y = post(a · shortcut(x) + b · Σ_k F_k(x)) over and over."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Union

from pydantic import Field, field_validator, model_validator

from .frozen import Count, Flag, Frozen, Positive, Real, Share, reject

Init = Literal[
    "he_fan_out", "he_fan_in", "xavier_normal", "xavier_uniform", "standard", "truncated_normal"
]
"""Rules for the first weights, see ``networks.initialize``."""


class Order(Frozen):
    """Where batch norm (``B``) and ReLU (``R``) stand in a unit.

    Between two convolutions of F there is always ``BR``.

    Args:
        head: before the first convolution of F.
        tail: after the last convolution of F and before the sum.
        post: after the sum.

    Source: He et al. 2016 (Identity Mappings), Fig. 4.
    """

    head: str = ""
    tail: str = "B"
    post: str = "R"

    @field_validator("head", "tail", "post")
    @classmethod
    def _letters(cls, value: str) -> str:
        if set(value) - {"B", "R"} or len(set(value)) != len(value):
            raise reject("", value, ["", "B", "R", "BR", "RB"])
        return value


ORDERS: dict[str, Order] = {
    "original": Order(head="", tail="B", post="R"),
    "bn_after_addition": Order(head="", tail="", post="BR"),
    "relu_before_addition": Order(head="", tail="BR", post=""),
    "relu_only_preact": Order(head="R", tail="B", post=""),
    "full_preact": Order(head="BR", tail="", post=""),
}
"""The five orders of Identity Mappings, Table 2, by name."""


class Add(Frozen):
    """Merge by a weighted sum: ``shortcut · h(x) + residual · F(x)``.

    Args:
        shortcut: the constant on the shortcut ("constant scaling", Identity Mappings, Table 1).
        residual: the constant on F; 0.1 to 0.3 is the residual scaling of Inception-ResNet.
    """

    kind: Literal["add"] = "add"
    shortcut: Real = 1.0
    residual: Real = 1.0


class Gate(Frozen):
    """Merge by a learnt gate g(x) = σ(W x + bias), a 1×1 convolution on the unit's input.

    Exclusive: ``(1 - g) · h(x) + g · F(x)``; shortcut-only: ``(1 - g) · h(x) + F(x)``.

    Args:
        bias: initial value of the gate's bias.
        exclusive: whether g also scales F.

    Source: He et al. 2016 (Identity Mappings), Section 3. Where a unit changes shape the paper is
    silent; ours: the gate has the unit's stride and output width, and scales the shortcut's output.
    """

    kind: Literal["gate"] = "gate"
    bias: Real = -6.0
    exclusive: Flag = True


class Keep(Frozen):
    """Merge with Bernoulli masks: ``m1 · h(x) + m2 · F(x)`` in training, their means in evaluation.

    Covers the dropout shortcut (``shortcut=0.5, per="element"``), stochastic depth
    (``residual=0.5, per="batch", schedule="linear"``), swapout (both, per element, linear) and
    training through paths of one effective length (``units``).

    Args:
        shortcut: probability to keep the shortcut.
        residual: probability to keep F; with ``units`` only the factor of F in evaluation.
        per: what shares one draw: the whole mini-batch, a sample or nothing (an element).
        schedule: ``"constant"`` in all units, or ``"linear"`` from near 1 to the value in the last
            unit: p_l = 1 - (l / L)(1 - p), l = 1 … L.
        units: exactly so many units of the network, drawn together for each mini-batch, keep F, and
            all others are shortcuts alone; 0 lets every unit draw for itself.

    Source: Huang et al. 2016 (stochastic depth), Eq. 4; Singh et al. 2016 (swapout); Veit et al.
    2016, Section 4.4 (23 of 54 units; whether F was scaled in evaluation is unconfirmed).
    """

    kind: Literal["keep"] = "keep"
    shortcut: Share = 1.0
    residual: Share = 1.0
    per: Literal["batch", "sample", "element"] = "batch"
    schedule: Literal["constant", "linear"] = "constant"
    units: Count = 0

    @model_validator(mode="after")
    def _coherent(self) -> Keep:
        if self.units and (self.per, self.schedule, self.shortcut) != ("batch", "constant", 1.0):
            rule = 'per "batch", schedule "constant" and shortcut 1'
            raise reject("units", self.units, rule, "units are drawn for a whole mini-batch")
        return self


Merge = Annotated[Union[Add, Gate, Keep], Field(discriminator="kind")]  # noqa: UP007


class Spec(Frozen):
    """A residual network: a stem, stages of units, global average pooling and a classifier.

    Args:
        depths: units in each stage.
        widths: output channels of each stage; the first unit of every stage but the first has
            stride 2.
        kernels: sizes of the convolutions of F: (3, 3) is basic, (1, 3, 1) the bottleneck.
        inner: channels between the convolutions of F, as a share of the unit's output channels.
        stride_at: which convolution of F carries the unit's stride, from 0.
        shortcut: none (a plain net), or the option: A pads with zeros, B projects where the shape
            changes, C projects everywhere.
        order: where batch norm and ReLU stand; a name of ``ORDERS`` or an ``Order``.
        merge: how shortcut and residual become one: ``Add``, ``Gate`` or ``Keep``.
        dropout: probability of dropout inside F, before its last convolution (wide ResNet).
        cardinality: paths of one aggregated transformation (ResNeXt).
        form: how those paths are computed: ``split`` (a), ``concat`` (b) or ``grouped`` (c).
        branches: residual functions of a unit, k (Multi-ResNet).
        branch_form: how those are computed: a plain ``loop``, or ``fused`` into wide convolutions.
        stem: ``3x3`` keeps the size (CIFAR), and so does ``1x1``; ``7x7`` has stride 2 and a
            max-pool (ImageNet).
        stem_width: channels of the stem.
        first_head: where the first unit's head stands: in the ``unit``, shared by shortcut and
            branches, in its ``branches`` alone where its shortcut is an identity, or in the
            ``stem``, before its max-pool (fb.resnet.torch's ImageNet form).
        last_head: whether the head's letters stand once more after the last unit.
        in_chans: channels of the input.
        num_classes: outputs of the classifier; 0 for pooled features.
        init: the rule for convolution weights.
        zero_init: start the last batch norm of every F at zero, so that each unit is an identity.
        dimensions: of what is convolved: 2 for pictures, 1 for signals in time, 0 for plain
            vectors, whose network is fully connected: every kernel is 1 and no unit strides.

    Raises:
        ConfigError: a field or a combination of fields is not allowed.

    Example:
        >>> Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A").depth
        20
        >>> Spec(depths=(2,), widths=(64,), kernels=(1, 1), stem="1x1", dimensions=0).natural_size
        1
    """

    family: Literal["residual"] = "residual"
    depths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    widths: Annotated[tuple[Positive, ...], Field(min_length=1)]
    kernels: Annotated[tuple[Positive, ...], Field(min_length=1)] = (3, 3)
    inner: Annotated[float, Field(gt=0.0, strict=True)] = 1.0
    stride_at: Count = 0
    shortcut: Literal["none", "A", "B", "C"] = "B"
    order: Order = ORDERS["original"]
    merge: Merge = Add()
    dropout: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.0
    cardinality: Positive = 1
    form: Literal["split", "concat", "grouped"] = "grouped"
    branches: Positive = 1
    branch_form: Literal["loop", "fused"] = "fused"
    stem: Literal["1x1", "3x3", "7x7"] = "3x3"
    stem_width: Positive = 16
    first_head: Literal["unit", "branches", "stem"] = "unit"
    last_head: Flag = True
    in_chans: Positive = 3
    num_classes: Count = 10
    init: Init = "he_fan_out"
    zero_init: Flag = False
    dimensions: Literal[0, 1, 2] = 2

    @field_validator("order", mode="before")
    @classmethod
    def _named_order(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in ORDERS:
                raise reject("", value, list(ORDERS))
            return ORDERS[value]
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Spec:
        if len(self.depths) != len(self.widths):
            raise reject("widths", self.widths, f"one width for each of {len(self.depths)} stages")
        if self.stride_at >= len(self.kernels):
            raise reject("stride_at", self.stride_at, f"0 to {len(self.kernels) - 1}")
        if any(k % 2 == 0 for k in self.kernels):
            raise reject(
                "kernels", self.kernels, "odd sizes", "an even kernel changes the map size"
            )
        if len(self.kernels) > 1:
            for width in self.widths:
                channels = width * self.inner
                whole = math.isfinite(channels) and round(channels) >= 1
                if not whole or abs(channels - round(channels)) > 1e-6:
                    raise reject("inner", self.inner, f"a share that makes {width} channels whole")
                if round(channels) % self.cardinality:
                    why = f"{round(channels)} inner channels are not {self.cardinality} equal paths"
                    raise reject(
                        "cardinality", self.cardinality, "a divisor of the inner width", why
                    )
        elif self.cardinality > 1 or self.dropout:
            raise reject(
                "kernels",
                self.kernels,
                "two sizes or more",
                "paths and dropout need an inner layer",
            )
        if (
            self.form != "grouped"
            and self.cardinality > 1
            and self.branches > 1
            and self.branch_form == "fused"
        ):
            raise reject(
                "branch_form",
                self.branch_form,
                ["loop"],
                f"form {self.form!r} keeps its paths apart",
            )
        if self.shortcut == "none" and self.merge != Add():
            raise reject(
                "merge", self.merge, ["Add()"], "a plain net has no shortcut to merge with"
            )
        if isinstance(self.merge, Keep) and self.merge.units > sum(self.depths):
            most = f"at most {sum(self.depths)}, the units of the network"
            raise reject("merge.units", self.merge.units, most)
        if self.dimensions == 0:
            why = "a vector has one position, so there are no neighbours to look at"
            if set(self.kernels) != {1}:
                raise reject("kernels", self.kernels, "1 everywhere where dimensions is 0", why)
            if self.stem != "1x1":
                raise reject("stem", self.stem, ["1x1"], why)
        if self.zero_init and "B" not in self.order.tail:
            raise reject(
                "zero_init", True, ["False"], "the order has no batch norm at the end of F"
            )
        return self

    @property
    def depth(self) -> int:
        """Weighted layers on the longest path: stem, convolutions of the units, classifier."""
        return sum(self.depths) * len(self.kernels) + 2

    @property
    def stem_kernel(self) -> int:
        """Size of the stem's convolution."""
        return int(self.stem[0])

    @property
    def natural_size(self) -> int:
        """Input size in pixels for which the stem was designed: 32, or 224 with a 7×7 stem.

        A vector has one position.
        """
        if self.dimensions == 0:
            return 1
        return 224 if self.stem == "7x7" else 32
