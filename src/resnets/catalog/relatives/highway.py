"""Highway networks: convolutional A, B and C, and the fully connected ones beside plain nets."""

from __future__ import annotations

from typing import Any

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import SRIVASTAVA2015, SRIVASTAVA2015_DEEP
from resnets.catalog.shapes import refuse
from resnets.spec.families import Highway, Perceptron

CONVOLUTIONAL: dict[int, dict[str, Any]] = {
    11: {"depths": (3, 3, 3), "widths": (16, 32, 64)},
    19: {"depths": (5, 6, 6), "widths": (32, 80, 128)},
    32: {"depths": (10, 10, 10), "widths": (32, 64, 96), "kernels": (3, 1)},
}
"""Networks A, B and C of Table 2."""


def highway(name: Name) -> Highway:
    """A, B and C by their depths; with ``_gap`` the head of Table 3, a 1×1 convolution."""
    if name.depth not in CONVOLUTIONAL:
        tries = [f"highway{depth}" for depth in CONVOLUTIONAL]
        raise refuse(name, "depth must be 11 (A), 19 (B) or 32 (C)", tries)
    spec = Highway(**CONVOLUTIONAL[name.depth], num_classes=10)
    return spec.replace(head="conv", hidden=100) if name.get("gap") else spec


def highway_mlp(name: Name) -> Perceptron:
    """A plain layer and then gated ones, 50 units each, for the pixels of MNIST."""
    return _thin(name).replace(width=50, highway=True)


def plain_mlp(name: Name) -> Perceptron:
    """Plain layers of 71 units, as many parameters as 50 gated ones."""
    return _thin(name).replace(width=71)


def _thin(name: Name) -> Perceptron:
    # Normalised initial weights for the non-linearity: He et al. 2015 or Glorot & Bengio 2010.
    act: Any = name.get("activation") or "relu"
    return Perceptron(
        layers=name.depth,
        act=act,
        init="he_fan_in" if act == "relu" else "xavier_uniform",
        in_chans=1,
        image_size=28,
        num_classes=10,
    )


FAMILIES = (
    Family("highway", "highway19", SRIVASTAVA2015_DEEP, "Table 2", highway, ("gap",)),
    Family(
        "highway_mlp",
        "highway_mlp50 or highway_mlp50_tanh",
        SRIVASTAVA2015,
        "Section 3.1",
        highway_mlp,
        ("activation",),
    ),
    Family(
        "plain_mlp",
        "plain_mlp50 or plain_mlp50_tanh",
        SRIVASTAVA2015,
        "Section 3.1",
        plain_mlp,
        ("activation",),
    ),
)
