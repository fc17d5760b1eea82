"""What a network of the grammar costs, read off ``expand(spec)``."""

from __future__ import annotations

from resnets.spec import Add, Gate, Spec, UnitSpec, expand, stem_letters

from .layers import Convolution, count_norms, describe, list_convolutions, name_kernel
from .rows import Field, Row, Shape


def list_rows(spec: Spec, size: int) -> list[Row]:
    """List the costs of stem, units and head.

    Args:
        spec: the architecture.
        size: side of the input in pixels, length of a signal; a vector has one position.
    """
    row, field = _stem(spec, size if spec.dimensions else 1)
    rows = [row]
    for unit in expand(spec):
        row, field = _unit(unit, rows[-1].out_shape, field)
        rows.append(row)
    return [*rows, _head(spec, rows[-1].out_shape, field)]


def _stem(spec: Spec, size: int) -> tuple[Row, Field]:
    large, kernel, axes = spec.stem == "7x7", spec.stem_kernel, spec.dimensions
    stride = 2 if large else 1
    ends = (spec.in_chans, spec.stem_width)
    conv = Convolution(*ends, kernel, stride, 1, size, dimensions=axes)
    field = Field().add(kernel, stride)
    side = conv.out_side
    if large:
        field = field.add(3, 2)
        side = -(-side // 2)
    row = Row(
        part="stem",
        name="stem",
        layers=name_kernel(kernel, axes) + (", max-pool" if large else ""),
        in_shape=(spec.in_chans, *_sides(size, axes)),
        out_shape=(spec.stem_width, *_sides(side, axes)),
        parameters=conv.weights + 2 * spec.stem_width * ("B" in stem_letters(spec)),
        macs=conv.macs,
        saved=conv.elements,
        receptive_field=field.side,
    )
    return row, field


def _unit(unit: UnitSpec, in_shape: Shape, field: Field) -> tuple[Row, Field]:
    convs = list_convolutions(unit, in_shape[1])
    for kernel, stride in zip(unit.kernels, unit.strides, strict=True):
        field = field.add(kernel, stride)
    side = -(-in_shape[1] // unit.stride)
    gated = isinstance(unit.merge, Gate)  # the only convolution with a bias
    row = Row(
        part="unit",
        name=f"stage {unit.stage + 1}, unit {unit.index + 1}",
        layers=describe(unit),
        in_shape=in_shape,
        out_shape=(unit.out_channels, *_sides(side, unit.dimensions)),
        parameters=sum(c.weights for c in convs)
        + unit.out_channels * gated
        + 2 * count_norms(unit),
        macs=sum(c.macs for c in convs),
        saved=sum(c.elements for c in convs),
        receptive_field=field.side,
        choices=_choices(unit),
    )
    return row, field


def _head(spec: Spec, in_shape: Shape, field: Field) -> Row:
    width = in_shape[0]
    weights = width * spec.num_classes
    return Row(
        part="head",
        name="head",
        layers="pool, classifier" if spec.num_classes else "pool",
        in_shape=in_shape,
        out_shape=(spec.num_classes or width, 1, 1),
        parameters=2 * width * (spec.last_head and "B" in spec.order.head)
        + weights
        + spec.num_classes,
        macs=weights,
        saved=0,
        receptive_field=field.side,
    )


def _sides(side: int, dimensions: int) -> tuple[int, int]:
    """Return height and width of a map; a signal in time has width 1."""
    return side, side if dimensions == 2 else 1


def _choices(unit: UnitSpec) -> int:
    merge = unit.merge
    bypassed = unit.shortcut != "none" and not (isinstance(merge, Add) and merge.shortcut == 0)
    return 2**unit.branches - (not bypassed)
