"""What a network outside the grammar costs, read off its plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from resnets.spec import FamilySpec, layers, polynomial
from resnets.spec.layers import Layer, Shape
from resnets.spec.plan import Step

from . import rows
from .rows import Field, Row

Parts = Iterable[tuple[str, Layer]]
Fields = tuple[Field, Field]
"""Along the height of a picture and along its width, since filters need not be square."""

START = (Field(), Field())


@dataclass
class Walk:
    """Sums while a path is followed through layers, and where it stands.

    Args:
        shape: of the map or vector behind the last layer.
        field: what one of its positions has seen.
        parameters, macs, saved: as in ``Row``, of the layers so far.
        choices: ways to leave functions off, see ``Cost.multiplicity``.
        names: the layers in short.
    """

    shape: Shape
    field: Fields = START
    parameters: int = 0
    macs: int = 0
    saved: int = 0
    choices: int = 1
    names: tuple[str, ...] = ()

    def follow(self, layer: Layer) -> None:
        """Go through one layer."""
        after = layer.shape(self.shape)
        match layer:
            case layers.Conv():
                height, width = layer.kernel
                weights = self.shape[0] * layer.channels // layer.groups * height * width
                self.weigh(layer, after, weights, layer.channels * layer.bias)
                self.see(layer.kernel, layer.stride)
            case layers.Linear():
                self.weigh(layer, after, math.prod(self.shape) * layer.features, layer.features)
            case layers.Norm():
                self.parameters += 2 * self.shape[0]
            case layers.Pool():
                self.see((layer.kernel, layer.kernel), layer.stride)
                self.names += (f"{layer.kernel}×{layer.kernel} {layer.kind}-pool",)
            case layers.Chain():
                self.follow_all(layer.parts)
            case layers.Concat():
                self.split([layers.Chain(branch) for branch in layer.branches])
            case layers.Grow() | layers.Residual():
                self.split([layer.body])
                self.choices *= 2
            case layers.Highway():
                self.split([layer.body, layer.gate])
                self.choices *= 2
            case polynomial.Each():
                before = self.parameters
                self.follow(layer.layer)
                self.parameters += (layer.passes - 1) * (self.parameters - before)
            case polynomial.Polynomial():
                self.sum_terms(layer)
                self.choices *= 2**layer.terms
        self.shape = after

    def see(self, kernel: layers.Pair, stride: int) -> None:
        """Widen the field by a window."""
        height, width = self.field
        self.field = height.add(kernel[0], stride), width.add(kernel[1], stride)

    def follow_all(self, parts: Parts) -> None:
        """Go through layers that stand one after another."""
        for _, layer in parts:
            self.follow(layer)

    def weigh(
        self, layer: layers.Conv | layers.Linear, after: Shape, weights: int, bias: int
    ) -> None:
        """Count a layer with weights: each is used once at every position of the output."""
        self.parameters += weights + bias
        self.macs += weights * math.prod(after[1:])
        self.saved += math.prod(self.shape) + math.prod(after)
        self.names += (describe(layer),)

    def split(self, branches: Iterable[Layer]) -> None:
        """Go through branches over one input; along each axis the widest field counts."""
        walks = []
        for branch in branches:
            walks.append(Walk(self.shape, self.field))
            walks[-1].follow(branch)
        for walk in walks:
            self.parameters += walk.parameters
            self.macs += walk.macs
            self.saved += walk.saved
        height, width = zip(*(walk.field for walk in walks), strict=True)
        self.field = max(height, key=_side), max(width, key=_side)
        named = [walk.names for walk in walks if walk.names]
        if len(named) > 1:
            self.names += ("{" + " | ".join(map(", ".join, named)) + "}",)
        else:
            self.names += sum(named, ())

    def sum_terms(self, layer: polynomial.Polynomial) -> None:
        """Go through the terms of a polynomial; a shared function has its weights once."""
        field = self.field
        for term in range(layer.terms):
            walk = Walk(self.shape, field)
            walk.follow_all(layer.function(term))
            self.parameters += walk.parameters * (term < len(layer.functions))
            self.macs += walk.macs
            self.saved += walk.saved
            field = walk.field if layer.cascade else field
        self.field = walk.field
        self.names += (f"{layer.formula} of ({', '.join(walk.names)})",)


def describe(layer: layers.Conv | layers.Linear) -> str:
    """Name a layer with weights, ``3×3 64 stride 2`` or ``4096``."""
    if isinstance(layer, layers.Linear):
        return str(layer.features)
    text = f"{layer.kernel[0]}×{layer.kernel[1]} {layer.channels}"
    text += f" stride {layer.stride}" if layer.stride > 1 else ""
    return text + (f" in {layer.groups} groups" if layer.groups > 1 else "")


def list_rows(spec: FamilySpec, size: int) -> list[Row]:
    """List the costs of a network's parts: stem, units, what is between them, head and sides.

    Args:
        spec: the network.
        size: side of the input in pixels.
    """
    plan = spec.plan()
    walk = Walk((spec.in_chans, size, size))
    found: list[Row] = []
    fields: dict[str, Fields] = {}
    for part, group in list_groups(plan.body):
        number = sum(row.part == "unit" for row in found) + 1
        name = group[0].label or (f"unit {number}" if part == "unit" else part)
        row, walk = _measure(part, name, [part for step in group for part in step.parts], walk)
        found.append(row)
        fields[group[-1].name] = walk.field
    head = [part for step in plan.head for part in step.parts]
    found.append(_classify("head", head, walk, spec.num_classes))
    # Sides work in training only, so a picture may be too small for them; parameters are the same.
    after = plan.shapes(spec.in_shape)
    for side in plan.sides:
        before = Walk(after[side.after], fields[side.after])
        row = _classify(side.name, side.layer.parts, before, spec.num_classes)
        found.append(replace(row, part="side", macs=0, saved=0))
    return found


def list_groups(body: Sequence[Step]) -> Iterator[tuple[str, list[Step]]]:
    """Yield what makes a row: ``stem``, each ``unit`` by itself, and what is ``between`` them."""
    part = "stem"
    for unit, steps in groupby(body, key=lambda step: step.unit):
        for group in [[step] for step in steps] if unit else [list(steps)]:
            yield "unit" if unit else part, group
            part = "between"


def _measure(part: str, name: str, parts: Parts, before: Walk) -> tuple[Row, Walk]:
    walk = Walk(before.shape, before.field)
    walk.follow_all(parts)
    # A split that is the whole part needs no braces.
    alone = len(walk.names) == 1 and walk.names[0].startswith("{")
    row = Row(
        part=part,
        name=name,
        layers=", ".join(walk.names)[alone:][: -1 if alone else None],
        in_shape=_three(before.shape),
        out_shape=_three(walk.shape),
        parameters=walk.parameters,
        macs=walk.macs,
        saved=walk.saved,
        receptive_field=max(map(_side, walk.field)),
        choices=walk.choices,
    )
    return row, walk


def _classify(name: str, parts: Parts, before: Walk, num_classes: int) -> Row:
    """Measure what ends in a classifier; its own input is not counted as kept."""
    row, walk = _measure("head", name, parts, before)
    weights = math.prod(walk.shape) * num_classes
    return replace(
        row,
        layers=", ".join((*walk.names, *(["classifier"] if num_classes else []))),
        out_shape=(num_classes or walk.shape[0], 1, 1),
        parameters=row.parameters + weights + num_classes,
        macs=row.macs + weights,
    )


def _side(field: Field) -> int:
    return field.side


def _three(shape: Shape) -> rows.Shape:
    channels, height, width = (*shape, 1, 1)[:3]
    return channels, height, width
