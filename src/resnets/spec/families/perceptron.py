"""Multilayer perceptrons: hidden layers of one width, plain or with the gates of highway nets."""

from __future__ import annotations

from typing import ClassVar, Literal

from resnets.spec.frozen import Flag, Positive, Real
from resnets.spec.layers import Act, ActKind, Chain, Flatten, Highway, Layer, Linear
from resnets.spec.network import Init
from resnets.spec.plan import FamilySpec, Plan, Step, step


class Perceptron(FamilySpec):
    """Hidden layers f(W x + b), all of one width, over the pixels as one vector; then the classes.

    A highway network has a plain first layer and then layers T(x) · f(W x + b) + (1 - T(x)) · x,
    T = σ(W' x + b'): where the gate T is shut a layer hands its input on, where it is open it is
    a plain one.

    Args:
        layers: hidden layers.
        width: units of each.
        act: f.
        highway: whether all hidden layers but the first are gated.
        gate_bias: initial value of b'; negative, so that a deep network begins by handing on.
        image_size: side of the pictures in pixels, which a first layer over all pixels must know.

    Source: Glorot & Bengio 2010, Section 2.3 (1 to 5 layers of 1000 units); Srivastava et al. 2015,
    Section 3.1 (10 to 100 layers of 71 units, or of 50 with gates: both have some 5000 parameters a
    layer). Both draw all weights, those of the classes too, by the rule ``init``.
    """

    every_layer_follows: ClassVar[bool] = True

    family: Literal["perceptron"] = "perceptron"
    layers: Positive
    width: Positive = 1000
    act: ActKind = "tanh"
    highway: Flag = False
    gate_bias: Real = -2.0
    image_size: Positive = 32
    init: Init = "standard"

    @property
    def natural_size(self) -> int:
        return self.image_size

    def plan(self) -> Plan:
        body = [step("flatten", Flatten())]
        for i in range(self.layers):
            path, label = f"layers.{i}", f"layer {i + 1}"
            parts: tuple[tuple[str, Layer], ...] = (
                ("linear", Linear(self.width)),
                ("act", Act(self.act)),
            )
            if i and self.highway:
                gated = Highway(Chain(parts), Linear(self.width), self.gate_bias)
                body.append(step(path, gated, unit=True, label=label))
            else:
                plain = tuple((f"{path}.{name}", layer) for name, layer in parts)
                body.append(Step(plain, unit=True, label=label))
        return Plan(tuple(body), (), "classifier")
