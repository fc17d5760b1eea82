"""How shortcut and residual become one: a · h(x) + b · F(x), with constants, gates or masks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from resnets.spec import Add, Gate, Keep, UnitSpec

from .layers import CONVOLUTIONS


def merge(unit: UnitSpec) -> Merge:
    """Return the merge of a unit."""
    if isinstance(unit.merge, Gate):
        return Gated(unit.merge, unit)
    if isinstance(unit.merge, Keep):
        return Masked(unit.merge)
    return Sum(unit.merge, fresh=not unit.tail.endswith("R"))


class Merge(nn.Module, ABC):
    """The sum of a unit.

    It is given h and F as modules, not their values, since a mask may spare it one of them.
    """

    @abstractmethod
    def forward(self, x: Tensor, shortcut: nn.Module, residual: nn.Module) -> Tensor:
        """Return a · h(x) + b · F(x)."""


class Sum(Merge):
    """a · h(x) + b · F(x) with constants a and b.

    Args:
        add: the constants.
        fresh: whether F(x) may be overwritten; a ReLU at its end needs it for the backward pass.
    """

    def __init__(self, add: Add, fresh: bool) -> None:
        super().__init__()
        self.a, self.b = add.shortcut, add.residual
        self.fresh = fresh or self.b != 1.0

    def forward(self, x: Tensor, shortcut: nn.Module, residual: nn.Module) -> Tensor:
        total = residual(x)
        if self.b != 1.0:
            total = total * self.b
        if self.fresh:
            return total.add_(shortcut(x), alpha=self.a)
        return torch.add(total, shortcut(x), alpha=self.a)


class Gated(Merge):
    """(1 - g(x)) · h(x) + g(x) · F(x), exclusive; or F(x) unscaled, shortcut-only.

    g(x) = σ(W x + b) is a 1×1 convolution with the unit's stride: one value a channel and position.
    """

    def __init__(self, gate: Gate, unit: UnitSpec) -> None:
        super().__init__()
        self.exclusive = gate.exclusive
        self.initial_bias = gate.bias
        convolution = CONVOLUTIONS[unit.dimensions]
        self.conv = convolution(unit.in_channels, unit.out_channels, 1, unit.stride)

    def open_gate(self) -> None:
        """Set the gate's bias to its initial value."""
        nn.init.constant_(self.conv.state_dict()["bias"], self.initial_bias)

    def forward(self, x: Tensor, shortcut: nn.Module, residual: nn.Module) -> Tensor:
        gate = torch.sigmoid(self.conv(x))
        total = residual(x)
        if self.exclusive:
            total = gate * total
        return total + (1 - gate) * shortcut(x)


class Masked(Merge):
    """m1 · h(x) + m2 · F(x) with Bernoulli masks in training, their means in evaluation.

    A branch whose mask is off for a whole mini-batch is not computed at all, so its batch norms
    keep their statistics (as in the authors' code of stochastic depth).
    """

    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self.keep = keep
        self.chosen = True

    def forward(self, x: Tensor, shortcut: nn.Module, residual: nn.Module) -> Tensor:
        if self.training and self.keep.per == "batch":
            on = self._draw()
            if all(on):
                return residual(x) + shortcut(x)
            if on[1]:
                return residual(x)
            return shortcut(x) if on[0] else torch.zeros_like(shortcut(x))
        h, f = shortcut(x), residual(x)
        return self._scale(f, self.keep.residual) + self._scale(h, self.keep.shortcut)

    def _draw(self) -> tuple[bool, bool]:
        """Return whether shortcut and F are there for this mini-batch."""
        if self.keep.units:
            return True, self.chosen
        draws = torch.rand(2, device="cpu").tolist()  # no transfer from an accelerator
        return draws[0] < self.keep.shortcut, draws[1] < self.keep.residual

    def _scale(self, value: Tensor, probability: float) -> Tensor:
        if probability == 1.0:
            return value
        if not self.training:
            return value * probability
        one = (len(value), *[1] * (value.ndim - 1))
        shape = value.shape if self.keep.per == "element" else one
        mask = torch.rand(shape, device=value.device, dtype=torch.float32) < probability
        return value * mask


def choose_units(merges: Iterable[nn.Module | None], count: int) -> None:
    """Draw the units that keep F for the next mini-batch, where the masks are drawn at all.

    Args:
        merges: of all units of a network.
        count: how many keep F.
    """
    masks = [merge for merge in merges if isinstance(merge, Masked) and merge.training]
    chosen = set(torch.randperm(len(masks), device="cpu")[:count].tolist())
    for i, mask in enumerate(masks):
        mask.chosen = i in chosen
