"""What a network costs: parameters, multiply-adds, memory and receptive field, by arithmetic alone.

Everything is read off ``expand(spec)``; no torch, no weights, no forward pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from resnets.spec import Add, Gate, Spec, UnitSpec, expand, stem_letters

from .layers import Convolution, count_norms, describe, list_convolutions

Shape = tuple[int, int, int]
"""Channels, height and width of one image's tensor."""


@dataclass(frozen=True)
class Row:
    """The cost of one part of a network: its stem, a unit or its head.

    Args:
        part: ``stem``, ``unit`` or ``head``.
        name: the part in words, for example ``stage 2, unit 1``.
        layers: its convolutions in short, for example ``3×3, 3×3``.
        in_shape, out_shape: channels, height, width of one image.
        parameters: learnt numbers.
        macs: multiply-adds of convolutions and fully connected layers for one image.
        saved: elements that training keeps for one image, inputs and outputs of convolutions.
        receptive_field: side in input pixels of what one output position has seen.
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
        rows: stem, every unit in order, head.
        choices: subsets of its functions that one unit can leave on, see ``multiplicity``.
    """

    image_size: int
    rows: tuple[Row, ...]
    choices: int

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
        return self.rows[-1].receptive_field

    @property
    def units(self) -> int:
        """Residual units."""
        return len(self.rows) - 2

    @property
    def multiplicity(self) -> int:
        """Paths through the network, exact: 2^(k·n) for n units of k functions.

        A unit without a shortcut cannot leave all of its functions off, so it has 2^k - 1 choices:
        a plain net has one path.

        Source: Veit et al. 2016, Section 3; Abdi & Nahavandi 2016, Section III.
        """
        return self.choices**self.units

    @property
    def multiplicity_text(self) -> str:
        """The multiplicity as a power, ``2^54``; an integer where that is 1."""
        exponent = self.choices.bit_length() - 1
        if self.choices == 1:
            return "1"
        if self.choices == 1 << exponent:
            return f"2^{exponent * self.units}"
        return f"{self.choices}^{self.units}"

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


def count(spec: Spec, image_size: int | None = None) -> Cost:
    """Count what a network costs.

    Args:
        spec: the architecture.
        image_size: side of a square input in pixels; None takes 32, or 224 with a 7×7 stem.

    Returns:
        Totals and a row for the stem, for every unit and for the head. Convolutions have no bias
        but in gates; a batch norm has two parameters a channel; multiply-adds are those of
        convolutions and fully connected layers.

    Example:
        >>> from resnets.spec import Spec
        >>> count(Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A")).parameters
        269722
    """
    size = spec.natural_size if image_size is None else image_size
    field = _Field()
    rows = [_stem(spec, size, field)]
    units = expand(spec)
    for unit in units:
        rows.append(_unit(unit, rows[-1].out_shape, field))
    rows.append(_head(spec, rows[-1].out_shape, field))
    return Cost(size, tuple(rows), _choices(units[0]))


@dataclass
class _Field:
    """Receptive field and distance between neighbours, in input pixels, as layers are added."""

    side: int = 1
    step: int = 1

    def add(self, kernel: int, stride: int) -> None:
        self.side += (kernel - 1) * self.step
        self.step *= stride


def _stem(spec: Spec, size: int, field: _Field) -> Row:
    large = spec.stem == "7x7"
    kernel, stride = (7, 2) if large else (3, 1)
    conv = Convolution(spec.in_chans, spec.stem_width, kernel, stride, 1, size)
    field.add(kernel, stride)
    side = conv.out_side
    if large:
        field.add(3, 2)
        side = -(-side // 2)
    return Row(
        part="stem",
        name="stem",
        layers="7×7, max-pool" if large else "3×3",
        in_shape=(spec.in_chans, size, size),
        out_shape=(spec.stem_width, side, side),
        parameters=conv.weights + 2 * spec.stem_width * ("B" in stem_letters(spec)),
        macs=conv.macs,
        saved=conv.elements,
        receptive_field=field.side,
    )


def _unit(unit: UnitSpec, in_shape: Shape, field: _Field) -> Row:
    convs = list_convolutions(unit, in_shape[1])
    for kernel, stride in zip(unit.kernels, unit.strides, strict=True):
        field.add(kernel, stride)
    side = -(-in_shape[1] // unit.stride)
    gated = isinstance(unit.merge, Gate)  # the only convolution with a bias
    return Row(
        part="unit",
        name=f"stage {unit.stage + 1}, unit {unit.index + 1}",
        layers=describe(unit),
        in_shape=in_shape,
        out_shape=(unit.out_channels, side, side),
        parameters=sum(c.weights for c in convs)
        + unit.out_channels * gated
        + 2 * count_norms(unit),
        macs=sum(c.macs for c in convs),
        saved=sum(c.elements for c in convs),
        receptive_field=field.side,
    )


def _head(spec: Spec, in_shape: Shape, field: _Field) -> Row:
    width = in_shape[0]
    weights = width * spec.num_classes
    return Row(
        part="head",
        name="head",
        layers="pool, classifier" if spec.num_classes else "pool",
        in_shape=in_shape,
        out_shape=(spec.num_classes or width, 1, 1),
        parameters=2 * width * ("B" in spec.order.head) + weights + spec.num_classes,
        macs=weights,
        saved=0,
        receptive_field=field.side,
    )


def _choices(unit: UnitSpec) -> int:
    merge = unit.merge
    bypassed = unit.shortcut != "none" and not (isinstance(merge, Add) and merge.shortcut == 0)
    return 2**unit.branches - (not bypassed)
