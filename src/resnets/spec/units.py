"""The second level of the grammar: one ``UnitSpec`` for each unit, every number explicit."""

from __future__ import annotations

from dataclasses import dataclass

from .network import Add, Gate, Keep, Spec


@dataclass(frozen=True)
class UnitSpec:
    """One residual unit with nothing left to infer.

    Args:
        index: position in the network, from 0.
        stage: stage of the unit, from 0.
        channels: channels before and after every convolution of one branch, inputs first, so that
            convolution ``i`` maps ``channels[i]`` to ``channels[i + 1]``.
        kernels: size of every convolution of a branch.
        stride: stride of the unit, carried by the convolution ``stride_at`` and by the shortcut.
        groups: groups of every convolution of a branch; only the inner ones have more than one.
        cardinality, form: paths of a branch, and how they are computed.
        branches, branch_form: residual functions, and how they are computed.
        shortcut: ``none``, ``identity``, ``pad`` (option A) or ``project`` (1×1 convolution).
        shortcut_norm: whether a batch norm follows the projection.
        head, tail, post: letters as in ``Order``.
        head_shared: whether one head feeds shortcut and branches alike.
        merge: ``Add``, ``Gate`` or ``Keep`` with the probabilities of this very unit.
        dropout: probability of dropout before the last convolution.
        dimensions: of the map, 0 to 2; a vector (0) is a map of one position.
    """

    index: int
    stage: int
    channels: tuple[int, ...]
    kernels: tuple[int, ...]
    stride: int
    stride_at: int
    groups: tuple[int, ...]
    cardinality: int
    form: str
    branches: int
    branch_form: str
    shortcut: str
    shortcut_norm: bool
    head: str
    tail: str
    post: str
    head_shared: bool
    merge: Add | Gate | Keep
    dropout: float
    dimensions: int

    @property
    def in_channels(self) -> int:
        """Channels of the unit's input."""
        return self.channels[0]

    @property
    def out_channels(self) -> int:
        """Channels of the unit's output."""
        return self.channels[-1]

    @property
    def strides(self) -> tuple[int, ...]:
        """Stride of every convolution of a branch."""
        return tuple(self.stride if i == self.stride_at else 1 for i in range(len(self.kernels)))


def expand(spec: Spec) -> tuple[UnitSpec, ...]:
    """List the units of a network in order.

    Rules that no field says: a head is shared by shortcut and branches in units that change shape
    (in the first unit ``first_head`` decides); a projection carries batch norm unless the head has
    one; the inner convolutions of F, neither its first nor its last, are the grouped ones; a vector
    has no stride.

    Returns:
        One ``UnitSpec`` for each unit, ``sum(spec.depths)`` in all.

    Source: Identity Mappings, appendix (first and last unit); ``resnet-1k-layers`` (common
    pre-activation, no batch norm on the projection); ResNeXt, Fig. 3 (three forms).
    """
    total = sum(spec.depths)
    units: list[UnitSpec] = []
    width = spec.stem_width
    for stage, (depth, out) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        for position in range(depth):
            index = len(units)
            stride = 2 if stage and not position and spec.dimensions else 1
            head = "" if index == 0 and spec.first_head == "stem" else spec.order.head
            layers = len(spec.kernels)
            units.append(
                UnitSpec(
                    index=index,
                    stage=stage,
                    channels=(width, *[round(out * spec.inner)] * (layers - 1), out),
                    kernels=spec.kernels,
                    stride=stride,
                    stride_at=spec.stride_at,
                    groups=tuple(
                        spec.cardinality if 0 < i < layers - 1 else 1 for i in range(layers)
                    ),
                    cardinality=spec.cardinality,
                    form=spec.form,
                    branches=spec.branches,
                    branch_form=spec.branch_form,
                    shortcut=_shortcut(spec, changes=stride != 1 or width != out),
                    shortcut_norm="B" not in spec.order.head,
                    head=head,
                    tail=spec.order.tail,
                    post=spec.order.post,
                    head_shared=bool(head)
                    and (stride != 1 or width != out or (index == 0 and spec.first_head == "unit")),
                    merge=_merge(spec, index + 1, total),
                    dropout=spec.dropout,
                    dimensions=spec.dimensions,
                )
            )
            width = out
    return tuple(units)


def stem_letters(spec: Spec) -> str:
    """Letters after the stem's convolution: what the first head does not do, or all of it."""
    if spec.first_head == "stem":
        return "BR"
    return "".join(letter for letter in "BR" if letter not in spec.order.head)


def _shortcut(spec: Spec, changes: bool) -> str:
    if spec.shortcut == "none":
        return "none"
    if spec.shortcut == "C" or (spec.shortcut == "B" and changes):
        return "project"
    return "pad" if changes else "identity"


def _merge(spec: Spec, number: int, total: int) -> Add | Gate | Keep:
    merge = spec.merge
    if not isinstance(merge, Keep) or merge.schedule == "constant":
        return merge
    depth = number / total
    return merge.replace(
        shortcut=1 - depth * (1 - merge.shortcut),
        residual=1 - depth * (1 - merge.residual),
        schedule="constant",
    )
