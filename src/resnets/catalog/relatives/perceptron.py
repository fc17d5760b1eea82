"""The multilayer perceptrons of the saturation study: 1 to 5 hidden layers of 1000 units."""

from __future__ import annotations

from typing import Any

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import GLOROT2010
from resnets.spec.families import Perceptron


def mlp(name: Name) -> Perceptron:
    """Hidden layers by number and non-linearity; ``_normalized`` draws weights by Eq. 16."""
    act: Any = name.get("activation")
    return Perceptron(
        layers=name.depth,
        act=act,
        init="xavier_uniform" if name.get("init") else "standard",
        in_chans=1,
        num_classes=9,
    )


FAMILIES = (
    Family(
        "mlp",
        "mlp5_tanh or mlp5_tanh_normalized",
        GLOROT2010,
        "Section 2.3",
        mlp,
        ("activation", "init"),
        ("activation",),
    ),
)
