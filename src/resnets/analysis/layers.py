"""The layers that a unit executes, in the form that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from resnets.spec import Gate, UnitSpec

SHORTCUTS = {"none": "no shortcut", "pad": "zero-padded shortcut", "project": "projection"}


@dataclass(frozen=True)
class Convolution:
    """A convolution without bias that keeps the map size but for its stride.

    Args:
        inputs, outputs: channels.
        kernel: side of the filters.
        stride: distance of output positions on the input.
        groups: groups of channels that do not see one another.
        in_side: side of the square map that it reads.
        copies: how many of the kind stand side by side, with weights of their own.
        dimensions: of the map and of the filters; 0 for a fully connected layer.
    """

    inputs: int
    outputs: int
    kernel: int
    stride: int
    groups: int
    in_side: int
    copies: int = 1
    dimensions: int = 2

    @property
    def out_side(self) -> int:
        """Side of the square map that it writes."""
        return -(-self.in_side // self.stride)

    @property
    def weights(self) -> int:
        """Learnt numbers of all copies."""
        field = self.kernel**self.dimensions
        return self.copies * self.inputs * self.outputs // self.groups * field

    @property
    def macs(self) -> int:
        """Multiply-adds of all copies for one image."""
        return self.weights * self.out_side**self.dimensions

    @property
    def elements(self) -> int:
        """Elements of inputs and outputs of all copies for one image."""
        positions = self.in_side**self.dimensions, self.out_side**self.dimensions
        return self.copies * (self.inputs * positions[0] + self.outputs * positions[1])


def list_convolutions(unit: UnitSpec, side: int) -> list[Convolution]:
    """List every convolution of a unit: its branches, its projection and its gate.

    Args:
        unit: the unit.
        side: side of its input map.
    """
    convs = list(_branches(unit, side))
    ends = (unit.in_channels, unit.out_channels, 1, unit.stride, 1, side)
    if unit.shortcut == "project":
        convs.append(Convolution(*ends))
    if unit.shortcut != "none" and isinstance(unit.merge, Gate):
        convs.append(Convolution(*ends))
    return [replace(conv, dimensions=unit.dimensions) for conv in convs]


def count_norms(unit: UnitSpec) -> int:
    """Count the channels of all batch norms of a unit.

    Each branch has a scale and a shift of its own, also where the fused form shares statistics.
    """
    k = unit.branches
    channels = k * sum(unit.channels[1:-1])
    channels += unit.in_channels * (1 if unit.head_shared else k) * ("B" in unit.head)
    channels += unit.out_channels * (k * ("B" in unit.tail) + ("B" in unit.post))
    return channels + unit.out_channels * (unit.shortcut == "project" and unit.shortcut_norm)


def describe(unit: UnitSpec) -> str:
    """Name the convolutions of a unit, ``1×1 128 stride 2, 3×3 128, 1×1 512; projection``."""
    shapes = zip(unit.kernels, unit.channels[1:], unit.strides, unit.groups, strict=True)
    text = ", ".join(
        f"{name_kernel(kernel, unit.dimensions)} {channels}"
        + (f" stride {stride}" if stride > 1 else "")
        + (f" in {groups} groups" if groups > 1 else "")
        for kernel, channels, stride, groups in shapes
    )
    if unit.branches > 1:
        text = f"{unit.branches} of ({text})"
    return text if unit.shortcut == "identity" else f"{text}; {SHORTCUTS[unit.shortcut]}"


def name_kernel(kernel: int, dimensions: int) -> str:
    """Write the size of a filter; a signal in time is a map of width 1."""
    return f"{kernel}×{kernel if dimensions == 2 else 1}"


def _branches(unit: UnitSpec, side: int) -> Iterator[Convolution]:
    if unit.branches > 1 and unit.branch_form == "loop":
        for conv in _branches(replace(unit, branches=1), side):
            yield replace(conv, copies=conv.copies * unit.branches)
    elif unit.cardinality > 1 and unit.form != "grouped":
        yield from _paths(unit, side)
    else:
        yield from _fused(unit, side)


def _fused(unit: UnitSpec, side: int) -> Iterator[Convolution]:
    """All branches side by side; with one branch, ordinary convolutions."""
    k, last = unit.branches, len(unit.kernels) - 1
    apart = k > 1 and not unit.head_shared and "B" in unit.head
    adds = k == 1 or (not unit.tail and (last > 0 or apart))
    for i, (kernel, stride) in enumerate(zip(unit.kernels, unit.strides, strict=True)):
        joins = (i == 0 and not apart) or (i == last and adds)
        conv = Convolution(
            inputs=unit.channels[i] * (k if i or apart else 1),
            outputs=unit.channels[i + 1] * (1 if i == last and adds else k),
            kernel=kernel,
            stride=stride,
            groups=unit.groups[i] * (1 if joins else k),
            in_side=side,
        )
        yield conv
        side = conv.out_side


def _paths(unit: UnitSpec, side: int) -> Iterator[Convolution]:
    """Paths one by one, joined before the last convolution (``concat``) or after it (``split``)."""
    paths, last = unit.cardinality, len(unit.kernels) - 1
    for i, (kernel, stride) in enumerate(zip(unit.kernels, unit.strides, strict=True)):
        whole = i == last and unit.form == "concat"
        inputs = unit.channels[i] // (1 if i == 0 or whole else paths)
        outputs = unit.channels[i + 1] // (1 if i == last else paths)
        conv = Convolution(inputs, outputs, kernel, stride, 1, side, 1 if whole else paths)
        yield conv
        side = conv.out_side
