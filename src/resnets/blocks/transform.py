"""The residual function F, apart from the unit that adds it: one branch or k, in every form.

A branch is [head] conv (BR conv)… [tail]. Each class holds the same function in another layout and
speaks one common language, the *branch state*: the tensors of one branch under the names that a
single grouped branch gives them. Initialisation and conversion between forms use nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.spec import UnitSpec

from .layers import Heads, convolution, letters

BranchState = dict[str, Tensor]


def transform(unit: UnitSpec) -> Transform:
    """Return Σ_k F_k of a unit in the form that it asks for."""
    if unit.branches > 1 and unit.branch_form == "loop":
        return Loop(unit)
    if unit.cardinality > 1 and unit.form != "grouped":
        return Paths(unit)
    return Wide(unit)


class Transform(nn.Module, ABC):
    """Σ_k F_k(x): (N, C, …) to (N, C', …), where every side of the map is divided by the stride.

    Args:
        unit: the unit; its head belongs to the transform unless the unit shares it.
    """

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__()
        self.branches = unit.branches

    @abstractmethod
    def branch_state(self, branch: int) -> BranchState:
        """Return the tensors of one branch, views where the layout allows."""

    @torch.no_grad()
    def load_branch_state(self, branch: int, state: Mapping[str, Tensor]) -> None:
        """Copy the tensors of one branch into this layout."""
        own = self.branch_state(branch)
        for name, value in state.items():
            own[name].copy_(value)


class Wide(Transform):
    """All branches at once, their channels side by side.

    The first convolutions read either one input, as one dense convolution, or each its own head;
    the inner ones are grouped; the last is dense over the concatenated channels, and so adds the
    branches, unless a tail stands between it and the sum. With one branch these are ordinary
    convolutions.

    Equal to ``Loop`` in outputs, gradients and running statistics, since
    A1·B1 + A2·B2 = [A1, A2]·[B1; B2] (ResNeXt, Section 3.3).
    """

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__(unit)
        k, last, axes = unit.branches, len(unit.kernels) - 1, unit.dimensions
        head = "" if unit.head_shared else unit.head
        self.apart = k > 1 and "B" in head  # each branch has its own input
        self.adds = k == 1 or (not unit.tail and (last > 0 or self.apart))
        self.head = (
            Heads(head, unit.in_channels, k)
            if self.apart
            else letters(head, unit.in_channels, dimensions=axes)
        )
        self.convs = nn.ModuleList()
        self.acts = nn.ModuleList()
        for i, (kernel, stride) in enumerate(zip(unit.kernels, unit.strides, strict=True)):
            inputs = unit.channels[i] * (k if i or self.apart else 1)
            outputs = unit.channels[i + 1] * (1 if i == last and self.adds else k)
            joins = (i == 0 and not self.apart) or (i == last and self.adds)
            groups = unit.groups[i] * (1 if joins else k)
            shape = (inputs, outputs, kernel, stride, groups)
            self.convs.append(convolution(*shape, dimensions=axes))
            if i < last:
                self.acts.append(letters("BR", outputs, dimensions=axes))
        self.first = unit.strides[0], unit.kernels[0] // 2
        self.convolve = F.conv2d if axes == 2 else F.conv1d
        self.dropout = nn.Dropout(unit.dropout)
        outputs = unit.out_channels * (1 if self.adds else k)
        self.tail = letters(unit.tail, outputs, dimensions=axes)

    def forward(self, x: Tensor) -> Tensor:
        x = self._enter(x)
        for i, act in enumerate(self.acts, start=1):
            x = act(x)
            x = self.convs[i](self.dropout(x) if i == len(self.acts) else x)
        x = self.tail(x)
        return x if self.adds else torch.stack(x.chunk(self.branches, dim=1)).sum(0)

    def _enter(self, x: Tensor) -> Tensor:
        """Apply head and first convolution; heads that stand apart are joined after it.

        Joining before it would move k · C channels where k · inner are enough.
        """
        if not self.apart:
            return self.convs[0](self.head(x))
        inputs = self.head(x)
        if len(self.convs) == 1 and self.adds:
            return self.convs[0](torch.cat(inputs, dim=1))
        weights = cast("nn.Conv2d", self.convs[0]).weight.chunk(self.branches)
        pairs = zip(inputs, weights, strict=True)
        return torch.cat([self.convolve(x, w, None, *self.first) for x, w in pairs], dim=1)

    def branch_state(self, branch: int) -> BranchState:
        state = self.state_dict()
        if self.branches == 1:
            return state
        summed = f"convs.{len(self.convs) - 1}.weight" if self.adds else ""
        views = {}
        for name, tensor in state.items():
            if name.startswith("head.") and not name.endswith(("weight", "bias")):
                views[name] = tensor  # statistics of the input, the same for every branch
            elif name.startswith("head."):
                views[name] = tensor[branch]
            elif tensor.dim() == 0:
                views[name] = tensor
            else:
                views[name] = tensor.chunk(self.branches, dim=1 if name == summed else 0)[branch]
        return views


class Loop(Transform):
    """The branches one by one, as the papers draw them: the plain form of Σ_k F_k(x)."""

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__(unit)
        single = replace(unit, branches=1)
        self.functions = nn.ModuleList(transform(single) for _ in range(unit.branches))

    def forward(self, x: Tensor) -> Tensor:
        total = self.functions[0](x)
        for function in self.functions[1:]:
            total = total + function(x)
        return total

    def branch_state(self, branch: int) -> BranchState:
        return self._function(branch).branch_state(0)

    def load_branch_state(self, branch: int, state: Mapping[str, Tensor]) -> None:
        self._function(branch).load_branch_state(0, state)

    def _function(self, branch: int) -> Transform:
        function = self.functions[branch]
        if not isinstance(function, Transform):
            raise TypeError(f"branch {branch} is no transform: {type(function).__name__}")
        return function


class Path(nn.Module):
    """One path of an aggregated transformation: conv (BR conv)…, ending in BR or in a convolution.

    Args:
        channels: before and after every convolution.
        kernels, strides: of every convolution.
        open: whether the last convolution, too, is followed by BR.
        dropout: probability of dropout before the last convolution.
        dimensions: of the map.
    """

    def __init__(
        self,
        channels: Sequence[int],
        kernels: Sequence[int],
        strides: Sequence[int],
        open: bool,
        dropout: float,
        dimensions: int,
    ) -> None:
        super().__init__()
        shapes = zip(channels, channels[1:], kernels, strides, strict=False)
        self.convs = nn.ModuleList(convolution(*s, dimensions=dimensions) for s in shapes)
        acts = len(self.convs) - (not open)
        self.acts = nn.ModuleList(
            letters("BR", n, dimensions=dimensions) for n in channels[1 : acts + 1]
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        for conv, act in zip(self.convs, self.acts, strict=False):
            x = act(conv(x))
        x = self.dropout(x)
        return x if len(self.acts) == len(self.convs) else self.convs[-1](x)


class Paths(Transform):
    """One branch as C separate paths: forms (a) ``split`` and (b) ``concat`` of ResNeXt, Fig. 3.

    In (a) every path ends with its own convolution and the outputs are added; the last batch norm
    stands after that sum. In (b) the paths are concatenated before one last convolution.
    """

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__(unit)
        inner = [channels // unit.cardinality for channels in unit.channels[1:-1]]
        concat, axes = unit.form == "concat", unit.dimensions
        widths = [unit.in_channels, *inner] + ([] if concat else [unit.out_channels])
        shape = (widths, unit.kernels, unit.strides, concat, unit.dropout, axes)
        head = "" if unit.head_shared else unit.head
        self.head = letters(head, unit.in_channels, dimensions=axes)
        self.paths = nn.ModuleList(Path(*shape) for _ in range(unit.cardinality))
        self.last = None
        if concat:
            ends = (unit.channels[-2], unit.out_channels, unit.kernels[-1], unit.strides[-1])
            self.last = convolution(*ends, dimensions=axes)
        self.tail = letters(unit.tail, unit.out_channels, dimensions=axes)
        self.final = f"convs.{len(unit.kernels) - 1}.weight"

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(x)
        outputs = [path(x) for path in self.paths]
        joined = torch.stack(outputs).sum(0) if self.last is None else torch.cat(outputs, dim=1)
        return self.tail(joined if self.last is None else self.last(joined))

    def branch_state(self, branch: int) -> BranchState:
        own = self.state_dict()
        state = {k: v for k, v in own.items() if k.startswith(("head.", "tail."))}
        paths = [path.state_dict() for path in self.paths]
        for name, tensor in paths[0].items():
            parts = [path[name] for path in paths]
            state[name] = torch.cat(parts, int(name == self.final)) if tensor.dim() else tensor
        if self.last is not None:
            state[self.final] = own["last.weight"]
        return state

    @torch.no_grad()
    def load_branch_state(self, branch: int, state: Mapping[str, Tensor]) -> None:
        own = self.state_dict()
        for name, value in state.items():
            if name == self.final and self.last is not None:
                own["last.weight"].copy_(value)
            elif name in own:
                own[name].copy_(value)
            else:
                for i in range(len(self.paths)):
                    target = own[f"paths.{i}.{name}"]
                    size = target.shape[dim := int(name == self.final)] if value.dim() else 0
                    target.copy_(value.narrow(dim, i * size, size) if value.dim() else value)
