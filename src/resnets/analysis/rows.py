"""The costs of a network's parts and their sums."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, int, int]
"""Channels, height and width of one image's tensor."""


@dataclass(frozen=True)
class Field:
    """What one position of a map has seen, in input pixels.

    Args:
        side: side of the receptive field.
        step: distance between the fields of neighbours.
    """

    side: int = 1
    step: int = 1

    def add(self, kernel: int, stride: int = 1) -> Field:
        """Return the field behind one more layer."""
        return Field(self.side + (kernel - 1) * self.step, self.step * stride)


@dataclass(frozen=True)
class Row:
    """The cost of one part of a network: its stem, a unit or its head.

    Args:
        part: ``stem``, ``unit``, ``between`` units, ``head``, or ``side`` for an auxiliary
            classifier, which costs multiply-adds in training only.
        name: the part in words, for example ``stage 2, unit 1``.
        layers: its convolutions in short, for example ``3×3, 3×3``.
        in_shape, out_shape: channels, height, width of one image.
        parameters: learnt numbers.
        macs: multiply-adds of convolutions and fully connected layers for one image.
        saved: elements that training keeps for one image, inputs and outputs of convolutions.
        receptive_field: side in input pixels of what one output position has seen.
        choices: subsets of its functions that a unit can leave on, see ``Cost.multiplicity``.
    """

    part: str
    name: str
    layers: str
    in_shape: Shape
    out_shape: Shape
    parameters: int
    macs: int
    saved: int
    receptive_field: int
    choices: int = 1

    @property
    def flops(self) -> int:
        """Floating-point operations of one image: two for each multiply-add."""
        return 2 * self.macs

    @property
    def activation_bytes(self) -> int:
        """Bytes in float32 of the activations that training keeps for one image."""
        return 4 * self.saved

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON data."""
        return {
            "part": self.part,
            "name": self.name,
            "layers": self.layers,
            "in_shape": list(self.in_shape),
            "out_shape": list(self.out_shape),
            "parameters": self.parameters,
            "macs": self.macs,
            "flops": self.flops,
            "activation_bytes": self.activation_bytes,
            "receptive_field": self.receptive_field,
        }


@dataclass(frozen=True)
class Cost:
    """The cost of a network for one image of a given size.

    Args:
        image_size: side of the input in pixels.
        rows: stem, every unit in order and what stands between them, head.
    """

    image_size: int
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Learnt numbers: convolutions, batch norms (two a channel), gates, classifier."""
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and fully connected layers; the papers say FLOPs."""
        return sum(row.macs for row in self.rows)

    @property
    def flops(self) -> int:
        """Floating-point operations, two for each multiply-add."""
        return 2 * self.macs

    @property
    def activation_bytes(self) -> int:
        """Bytes in float32 that training keeps for one image: convolution inputs and outputs."""
        return sum(row.activation_bytes for row in self.rows)

    @property
    def receptive_field(self) -> int:
        """Side in input pixels of what one position of the last feature map has seen."""
        return next(row.receptive_field for row in self.rows if row.part == "head")

    @property
    def units(self) -> int:
        """Residual units, or what the family has in their place."""
        return sum(row.part == "unit" for row in self.rows)

    @property
    def multiplicity(self) -> int:
        """Subsets of functions that can be left on, exact: 2^(k·n) for n units of k functions.

        A unit without a shortcut cannot leave all of its functions off, so it has 2^k - 1 choices:
        a plain net has one subset. A path takes one function of a unit, or its shortcut; paths are
        as many as these subsets where k is 1, see ``analysis.paths``.

        Source: Veit et al. 2016, Section 3; Abdi & Nahavandi 2016, Section III.
        """
        return math.prod(row.choices for row in self.rows)

    @property
    def multiplicity_text(self) -> str:
        """The multiplicity as powers, ``2^54``; an integer where that is 1."""
        powers = Counter[int]()
        for row in self.rows:
            exponent = row.choices.bit_length() - 1
            whole = row.choices == 1 << exponent
            powers[2 if whole else row.choices] += exponent if whole else 1
        return " · ".join(f"{base}^{n}" for base, n in sorted(powers.items()) if n) or "1"

    def to_dict(self) -> dict[str, Any]:
        """Return totals and rows as JSON data, the content of a run's ``network.json``."""
        return {
            "image_size": self.image_size,
            "units": self.units,
            "parameters": self.parameters,
            "macs": self.macs,
            "flops": self.flops,
            "activation_bytes": self.activation_bytes,
            "receptive_field": self.receptive_field,
            "multiplicity": self.multiplicity_text,
            "rows": [row.to_dict() for row in self.rows],
        }
