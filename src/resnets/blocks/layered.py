"""Layers as data into modules, for the families outside the grammar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from resnets.spec import layers
from resnets.spec.layers import Layer, Shape

ACTS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softsign": nn.Softsign,
}


def register(parent: nn.Module, name: str, child: nn.Module) -> None:
    """Make a module a child by its path; a dot opens a folder of modules."""
    *folders, last = name.split(".")
    for folder in folders:
        if folder not in parent._modules:
            parent.add_module(folder, nn.Module())
        parent = cast(nn.Module, parent._modules[folder])
    parent.add_module(last, child)


def make(layer: Layer, given: Shape) -> nn.Module:
    """Return the module of a layer.

    Args:
        layer: the layer.
        given: shape of one input.
    """
    match layer:
        case layers.Conv():
            return nn.Conv2d(
                given[0],
                layer.channels,
                layer.kernel,
                layer.stride,
                layer.padding,
                groups=layer.groups,
                bias=layer.bias,
            )
        case layers.Linear():
            return nn.Linear(given[0], layer.features)
        case layers.Norm():
            return (nn.BatchNorm2d if len(given) == 3 else nn.BatchNorm1d)(given[0], layer.eps)
        case layers.Act():
            return ACTS[layer.kind]()
        case layers.Dropout():
            return nn.Dropout(layer.p)
        case layers.Pool(kind="max"):
            return nn.MaxPool2d(layer.kernel, layer.stride, layer.padding, ceil_mode=layer.ceil)
        case layers.Pool():
            return nn.AvgPool2d(
                layer.kernel,
                layer.stride,
                layer.padding,
                ceil_mode=layer.ceil,
                count_include_pad=layer.count_padding,
            )
        case layers.Resize():
            return GlobalMean() if layer.side == 1 else nn.AdaptiveAvgPool2d(layer.side)
        case layers.Flatten():
            return nn.Flatten()
        case layers.Chain():
            return Series(layer.parts, given)
        case layers.Concat():
            return Branches(layer, given)
        case layers.Grow():
            return Growing(layer, given)
        case layers.Residual():
            return Scaled(layer, given)
        case layers.Highway():
            return Carry(layer, given)
    raise TypeError(f"no module for {type(layer).__name__}")


class GlobalMean(nn.Module):
    """Global average pooling that keeps the map's two axes; its backward is deterministic."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdim=True)


class Named(nn.Module):
    """Children by path, and functions of them in the order of their names."""

    def add(self, parts: Iterable[tuple[str, Layer]], given: Shape) -> tuple[str, ...]:
        """Make and register layers that stand one after another; return their paths."""
        names = []
        for name, layer in parts:
            register(self, name, make(layer, given))
            given = layer.shape(given)
            names.append(name)
        return tuple(names)

    def apply_named(self, names: Iterable[str], x: Tensor) -> Tensor:
        """Apply children one after another."""
        for name in names:
            x = self.get_submodule(name)(x)
        return x


class Series(Named):
    """Layers one after another: (N, …) to (N, …)."""

    def __init__(self, parts: tuple[tuple[str, Layer], ...], given: Shape) -> None:
        super().__init__()
        self.names = self.add(parts, given)

    def forward(self, x: Tensor) -> Tensor:
        return self.apply_named(self.names, x)


class Branches(Named):
    """Split, transform, concatenate: (N, C, H, W) to (N, ΣC_i, H', W')."""

    def __init__(self, layer: layers.Concat, given: Shape) -> None:
        super().__init__()
        self.branches = tuple(self.add(branch, given) for branch in layer.branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.apply_named(names, x) for names in self.branches], 1)


class Growing(Named):
    """x ⊕ F(x): (N, C, H, W) to (N, C + k, H, W)."""

    def __init__(self, layer: layers.Grow, given: Shape) -> None:
        super().__init__()
        self.names = self.add(layer.body.parts, given)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.apply_named(self.names, x)], 1)


class Scaled(Named):
    """ReLU(x + scale · F(x)): (N, C, H, W) to the same."""

    def __init__(self, layer: layers.Residual, given: Shape) -> None:
        super().__init__()
        self.names = self.add(layer.body.parts, given)
        self.scale, self.act = layer.scale, layer.act

    def forward(self, x: Tensor) -> Tensor:
        y = torch.add(x, self.apply_named(self.names, x), alpha=self.scale)
        return y.relu_() if self.act else y


class Carry(Named):
    """T(x) · H(x) + (1 - T(x)) · x, T = σ(W x + b): (N, …) to the same."""

    def __init__(self, layer: layers.Highway, given: Shape) -> None:
        super().__init__()
        self.names = self.add(layer.body.parts, given)
        self.gate = cast("nn.Conv2d | nn.Linear", make(layer.gate, given))
        self.bias = layer.bias

    def open_gate(self) -> None:
        """Give the gate its initial bias."""
        nn.init.constant_(cast(Tensor, self.gate.bias), self.bias)

    def forward(self, x: Tensor) -> Tensor:
        return torch.lerp(x, self.apply_named(self.names, x), self.gate(x).sigmoid())
