"""How many numbers a designer has to choose: hand-made modules against a template.

Source: Xie et al. 2017, Section 1: filter numbers and sizes of Inception modules "are tailored for
each individual transformation", which makes them hard to adapt; and Section 3.1, two rules that
leave a ResNeXt few. The count itself is ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from resnets.spec import FamilySpec, Network, expand, layers
from resnets.spec.layers import Layer


@dataclass(frozen=True)
class Conv:
    """A layer with weights, by the numbers that a designer writes for it.

    Args:
        filters: channels of its output.
        kernel: height and width of its filters, or one number for both.
        groups: groups of channels.
    """

    filters: int
    kernel: tuple[int, ...]
    groups: int = 1

    @property
    def numbers(self) -> int:
        """Numbers to write: filters, each different side of the kernel, groups if there are any."""
        return 1 + len(set(self.kernel)) + (self.groups > 1)


Part = tuple[Conv, ...]


@dataclass(frozen=True)
class Choices:
    """The numbers in which a network's design lies.

    Args:
        layers: layers with weights, but for projections on shortcuts and the classifier.
        filters: different numbers of filters among them.
        kinds: different parts; those that differ by a factor in all their widths are one.
        numbers: numbers to choose: those of every layer of each kind, and how often each series of
            equal parts is repeated.
    """

    layers: int
    filters: int
    kinds: int
    numbers: int

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        return dict(vars(self))


def count_choices(spec: Network) -> Choices:
    """Count the numbers that a designer had to choose for a network.

    Args:
        spec: any architecture.

    Example:
        >>> from resnets.catalog import look_up
        >>> count_choices(look_up("resnext50_32x4d").spec).numbers
        13
    """
    parts = [part for part in _list_parts(spec) if part]
    found = [layer for part in parts for layer in part]
    kinds = {_normalize(part) for part in parts}
    series = [len(list(group)) for _, group in groupby(parts)]
    return Choices(
        layers=len(found),
        filters=len({layer.filters for layer in found}),
        kinds=len(kinds),
        numbers=sum(layer.numbers for kind in kinds for layer in kind)
        + sum(length > 1 for length in series),
    )


def _normalize(part: Part) -> Part:
    """Divide the widths of a part by what they have in common."""
    scale = math.gcd(*(layer.filters for layer in part))
    return tuple(Conv(layer.filters // scale, layer.kernel, layer.groups) for layer in part)


def _list_parts(spec: Network) -> Iterator[Part]:
    if isinstance(spec, FamilySpec):
        for step in spec.plan().body:
            yield tuple(_list_layers(step.layer))
        return
    yield (Conv(spec.stem_width, (spec.stem_kernel,)),)
    for unit in expand(spec):
        shapes = zip(unit.channels[1:], unit.kernels, unit.groups, strict=True)
        yield tuple(Conv(width, (kernel,), groups) for width, kernel, groups in shapes)


def _list_layers(value: Any) -> Iterator[Conv]:
    """Find the layers with weights in a layer, however its parts are arranged."""
    match value:
        case layers.Conv():
            yield Conv(value.channels, value.kernel, value.groups)
        case layers.Linear():
            yield Conv(value.features, ())
        case tuple():
            for part in value:
                yield from _list_layers(part)
        case Layer():
            for field in fields(value):  # type: ignore[arg-type]
                yield from _list_layers(getattr(value, field.name))
