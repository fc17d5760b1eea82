"""The four design principles of Inception-v3, measured in a network.

Source: Szegedy et al. 2016, Section 2. The paper prints no numbers for them; the measures are ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resnets.spec import FamilySpec, Network, Spec, expand, layers, polynomial
from resnets.spec.layers import Layer
from resnets.spec.plan import count_depth

from .cost import count
from .factorisation import Reduction, reduce_grid
from .layered import list_groups
from .rows import Row, Shape


@dataclass(frozen=True)
class Part:
    """A part of a network in the light of the first three principles.

    Args:
        name: the part in words.
        in_shape, out_shape: channels, height, width of one image.
        embeddings: channels that a filter larger than 1×1 reads, its group's where there are
            groups, each as a share of the part's input.
        depth: layers with weights on its longest path.
        macs: multiply-adds for one image.
    """

    name: str
    in_shape: Shape
    out_shape: Shape
    embeddings: tuple[float, ...]
    depth: int
    macs: int

    @property
    def ratio(self) -> float:
        """Principle 1: activations at its end as a share of those at its beginning."""
        return math.prod(self.out_shape) / math.prod(self.in_shape)

    @property
    def tile(self) -> int:
        """Principle 2: activations at one position of the map."""
        return self.out_shape[0]

    @property
    def embedding(self) -> float | None:
        """Principle 3: mean share of the channels that spatial filters read; None without any."""
        return sum(self.embeddings) / len(self.embeddings) if self.embeddings else None

    def to_dict(self) -> dict[str, Any]:
        """Return the part as JSON data."""
        return {
            "name": self.name,
            "in_shape": list(self.in_shape),
            "out_shape": list(self.out_shape),
            "bottleneck_ratio": self.ratio,
            "activations_per_tile": self.tile,
            "embedding": self.embedding,
            "depth": self.depth,
        }


@dataclass(frozen=True)
class Grid:
    """Principle 4: how a network spends its layers and channels on the maps of one size.

    Args:
        side: of the maps.
        depth: layers with weights on the longest path that end on such a map.
        width: mean channels of the maps between its parts.
        macs: share of the network's multiply-adds.
    """

    side: int
    depth: int
    width: float
    macs: float

    def to_dict(self) -> dict[str, Any]:
        """Return the grid as JSON data."""
        return dict(vars(self))


@dataclass(frozen=True)
class Principles:
    """What the four principles look at, and what other grid reductions would cost.

    Args:
        parts: stem, units and what stands between them.
        grids: by the size of the map, from the largest.
        reductions: parts behind which the map is smaller, each with the ways of the paper; their
            convolutions have 3×3 filters.
    """

    parts: tuple[Part, ...]
    grids: tuple[Grid, ...]
    reductions: tuple[tuple[Part, tuple[Reduction, ...]], ...]

    @property
    def narrowest(self) -> Part:
        """The part behind the stem with the lowest ratio."""
        return min(self.parts[1:] or self.parts, key=lambda part: part.ratio)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON data."""
        return {
            "parts": [part.to_dict() for part in self.parts],
            "grids": [grid.to_dict() for grid in self.grids],
            "reductions": [
                {"name": part.name, "macs": part.macs, "ways": [way.to_dict() for way in ways]}
                for part, ways in self.reductions
            ],
        }


def examine(spec: Network, image_size: int | None = None) -> Principles:
    """Measure a network by the four principles.

    Args:
        spec: the architecture.
        image_size: side of a square input in pixels; None takes the one it was designed for.
    """
    rows = [r for r in count(spec, image_size).rows if r.part in ("stem", "unit", "between")]
    measure = _measure_spec(spec) if isinstance(spec, Spec) else _measure_plan(spec, rows[0])
    parts = tuple(
        Part(row.name, row.in_shape, row.out_shape, shares, depth, row.macs)
        for row, (depth, shares) in zip(rows, measure, strict=True)
    )
    reductions = tuple(
        (part, tuple(_list_ways(part)))
        for part in parts[1:]
        if part.out_shape[1] < part.in_shape[1] and part.out_shape[1] > 1
    )
    return Principles(parts, tuple(_list_grids(parts)), reductions)


def _list_ways(part: Part) -> list[Reduction]:
    (channels, side, _), (outputs, small, _) = part.in_shape, part.out_shape
    return reduce_grid(side, channels, outputs, out_side=small, kernel=3)


def _list_grids(parts: tuple[Part, ...]) -> Iterator[Grid]:
    whole = sum(part.macs for part in parts)
    for side in sorted({part.out_shape[1] for part in parts}, reverse=True):
        found = [part for part in parts if part.out_shape[1] == side]
        yield Grid(
            side,
            depth=sum(part.depth for part in found),
            width=sum(part.tile for part in found) / len(found),
            macs=sum(part.macs for part in found) / whole if whole else 0.0,
        )


def _measure_spec(spec: Spec) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Yield depth and embeddings of stem and units; a stem's input is a picture, no embedding."""
    yield 1, ()
    for unit in expand(spec):
        layers_of_f = zip(unit.channels, unit.kernels, unit.groups, strict=False)
        read = [channels / groups for channels, kernel, groups in layers_of_f if kernel > 1]
        shares = tuple(channels / unit.in_channels for channels in read * unit.branches)
        yield len(unit.kernels), shares


def _measure_plan(spec: FamilySpec, stem: Row) -> Iterator[tuple[int, tuple[float, ...]]]:
    given: tuple[int, ...] = (spec.in_chans, *stem.in_shape[1:])
    for part, group in list_groups(spec.plan().body):
        layer = layers.Chain(tuple(each for step in group for each in step.parts))
        read = [] if part == "stem" else list(_list_embeddings(layer, given))
        yield count_depth(layer), tuple(channels / given[0] for channels in read)
        given = layer.shape(given)


def _list_embeddings(layer: Layer, given: tuple[int, ...]) -> Iterator[float]:
    """Yield the channels that each filter larger than 1×1 reads."""
    match layer:
        case layers.Conv():
            if max(layer.kernel) > 1:
                yield given[0] / layer.groups
        case layers.Chain():
            for _, part in layer.parts:
                yield from _list_embeddings(part, given)
                given = part.shape(given)
        case layers.Concat():
            for branch in layer.branches:
                yield from _list_embeddings(layers.Chain(branch), given)
        case layers.Grow() | layers.Residual() | layers.Highway():
            yield from _list_embeddings(layer.body, given)
        case polynomial.Each():
            yield from _list_embeddings(layer.layer, given)
        case polynomial.Polynomial():
            for term in range(layer.terms):
                yield from _list_embeddings(layers.Chain(layer.function(term)), given)
