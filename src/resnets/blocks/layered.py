"""Layers as data into modules, for the families outside the grammar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from resnets.spec import layers, polynomial
from resnets.spec.layers import Layer, Shape

Parts = Iterable[tuple[str, Layer]]
Route = tuple["str | tuple[Route, ...]", ...]
"""Paths of modules one after another; where the way splits, the routes of its branches."""

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
        case layers.LocalNorm():
            # torch divides α by the number of channels; the paper does not.
            return nn.LocalResponseNorm(layer.channels, layer.channels * 1e-4, 0.75, 2.0)
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
        case polynomial.Each():
            return nn.ModuleList(make(layer.layer, given) for _ in range(layer.passes))
        case polynomial.Polynomial():
            return Terms(layer, given)
    raise TypeError(f"no module for {type(layer).__name__}")


class GlobalMean(nn.Module):
    """Global average pooling that keeps the map's two axes; its backward is deterministic."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdim=True)


class Named(nn.Module):
    """Children by path, and functions of them in the order of their names."""

    def add(self, parts: Parts, given: Shape) -> Route:
        """Make and register layers that stand one after another; return the way through them."""
        route: list[str | tuple[Route, ...]] = []
        for name, layer in parts:
            if isinstance(layer, layers.Concat) and not name:
                route.append(tuple(self.add(branch, given) for branch in layer.branches))
            else:
                register(self, name, make(layer, given))
                route.append(name)
            given = layer.shape(given)
        return tuple(route)

    def apply_named(self, names: Iterable[str | tuple[Route, ...]], x: Tensor) -> Tensor:
        """Apply children one after another, and branches side by side."""
        for name in names:
            if isinstance(name, str):
                x = self.get_submodule(name)(x)
            else:
                x = torch.cat([self.apply_named(branch, x) for branch in name], 1)
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

    def function(self, x: Tensor) -> Tensor:
        """Return F(x): (N, C, H, W) to (N, k, H, W)."""
        return self.apply_named(self.names, x)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.function(x)], 1)


class Scaled(Named):
    """ReLU(x + scale · F(x)): (N, C, H, W) to the same."""

    def __init__(self, layer: layers.Residual, given: Shape) -> None:
        super().__init__()
        self.names = self.add(layer.body.parts, given)
        self.scale, self.act = layer.scale, layer.act

    def join(self, x: Tensor, f: Tensor) -> Tensor:
        """Return ReLU(x + scale · f), rounded as timm rounds it."""
        y = torch.add(f if self.scale == 1.0 else f * self.scale, x)
        return y.relu_() if self.act else y

    def forward(self, x: Tensor) -> Tensor:
        return self.join(x, self.apply_named(self.names, x))


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


class Terms(Named):
    """ReLU(x + scale · ΣT_i(x)): (N, C, H, W) to the same; see ``Polynomial``.

    In training a term may be left out of the sum for a whole mini-batch, and is not computed where
    no later one goes on from it; in evaluation each is scaled by its probability.
    """

    def __init__(self, layer: polynomial.Polynomial, given: Shape) -> None:
        super().__init__()
        for parts in layer.functions:
            self.add(parts, given)
        self.passes = tuple(name_pass(layer.function(n), n) for n in range(layer.terms))
        self.cascade, self.scale, self.keep = layer.cascade, layer.scale, layer.keep

    def weigh_terms(self) -> list[float]:
        """Return the factor of every term; 0 for one that is left out."""
        if not self.training or self.keep == 1.0:
            return [self.scale * self.keep] * len(self.passes)
        draws = torch.rand(len(self.passes), device="cpu").tolist()
        return [self.scale * (draw < self.keep) for draw in draws]

    def forward(self, x: Tensor) -> Tensor:
        factors = self.weigh_terms()
        total = given = x
        for number, (names, factor) in enumerate(zip(self.passes, factors, strict=True)):
            if not (any(factors[number:]) if self.cascade else factor):
                continue
            term = self.apply_named(names, given)
            if factor:
                total = torch.add(total, term, alpha=factor)
            if self.cascade:
                given = term.relu()
        return total.relu()


def name_pass(parts: Parts, number: int, prefix: str = "") -> Route:
    """Return the way of one pass through a shared function.

    Args:
        parts: the function.
        number: of the pass; it takes the layers that are its own.
        prefix: path of the function, with a dot.
    """
    route: list[str | tuple[Route, ...]] = []
    for name, layer in parts:
        path = prefix + name
        match layer:
            case polynomial.Each():
                route.append(f"{path}.{number}")
            case layers.Chain():
                route += name_pass(layer.parts, number, f"{path}.")
            case layers.Concat():
                inside = f"{path}." if name else prefix
                route.append(tuple(name_pass(b, number, inside) for b in layer.branches))
            case _:
                route.append(path)
    return tuple(route)
