"""The layers of a network that can be watched, whatever its family."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

from resnets.blocks import Gated
from resnets.errors import ConfigError
from resnets.spec.frozen import reject

KINDS = ("unit", "convolution", "linear", "norm", "activation", "gate")
"""What can be watched: outputs of units and of single layers, and the values 0 … 1 of gates."""

FLAT = 0.05

Slope = Callable[[Tensor], Tensor]

SLOPES: dict[type[nn.Module], Slope] = {
    nn.ReLU: lambda y: (y > 0).to(y.dtype),
    nn.Sigmoid: lambda y: 4 * y * (1 - y),
    nn.Tanh: lambda y: 1 - y * y,
    nn.Softsign: lambda y: (1 - y.abs()).square(),
}
"""Slope of a non-linearity, as a share of its steepest, from its output."""

_ACTIVATIONS = (*SLOPES, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Hardtanh)


@dataclass(frozen=True)
class Layer:
    """A module whose output is watched.

    Args:
        name: its path in the network; of a gate, the path of the module that it opens.
        kind: one of ``KINDS``.
        module: the module; of a gate, the one that answers its logits.
        unit: number of the unit that it is or lies in, from 0; None outside of all.
    """

    name: str
    kind: str
    module: nn.Module
    unit: int | None

    @property
    def kernel(self) -> int:
        """Longest side of a convolution's filters; 1 for a fully connected layer, else 0."""
        if self.kind == "convolution" and isinstance(self.module, _ConvNd):
            return max(self.module.kernel_size)
        return int(self.kind == "linear")

    @property
    def weight(self) -> Tensor | None:
        """Weights of a convolution or a fully connected layer; None for other layers."""
        weight = self.module.weight if self.kernel else None
        return weight if isinstance(weight, Tensor) else None

    def read(self, output: Tensor) -> Tensor:
        """Return the watched values: the output, or what a gate makes of its logits."""
        return torch.sigmoid(output) if self.kind == "gate" else output

    def count_flat(self, values: Tensor) -> int | None:
        """Count the values at which a non-linearity is flat: below 5 % of its steepest slope.

        Returns:
            None for a layer whose slope is not known from its output.
        """
        slope = SLOPES.get(type(self.module))
        return None if slope is None else int((slope(values) < FLAT).sum())


def find_layers(net: nn.Module, kinds: Sequence[str] = KINDS) -> list[Layer]:
    """List the layers of some kinds in the order of their registration.

    Raises:
        ConfigError: a kind is unknown, or the network has no layer of these kinds.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise reject("kinds", kind, list(KINDS))
    homes, ends = _locate_units(net)
    found = [layer for layer in _walk(net, homes, ends, None, "") if layer.kind in kinds]
    if not found:
        raise ConfigError(
            "E2700",
            "the network has nothing to watch",
            what=type(net).__name__,
            why=f"none of its modules is of the kinds: {', '.join(kinds)}",
            do=f"choose among {', '.join(KINDS)}",
        )
    return found


def list_units(net: nn.Module) -> list[nn.Module]:
    """List the units of a network in order; one without units has none.

    They are what its method ``units`` answers, or a ``ModuleList`` of that name.
    """
    units = getattr(net, "units", None)
    if isinstance(units, nn.ModuleList):
        return list(units)
    return list(units()) if callable(units) and not isinstance(units, nn.Module) else []


def _locate_units(net: nn.Module) -> tuple[dict[nn.Module, int], set[nn.Module]]:
    """Return the number of the unit that a module begins or continues, and the last one of each.

    A unit that is no module of the network stands for a few that follow one another.
    """
    tree = set(net.modules())
    homes, ends = {}, set()
    for i, unit in enumerate(list_units(net)):
        parts = [unit] if unit in tree else list(unit.children())
        homes.update(dict.fromkeys(parts, i))
        ends.add(parts[-1])
    return homes, ends


def _walk(
    module: nn.Module,
    homes: dict[nn.Module, int],
    ends: set[nn.Module],
    unit: int | None,
    path: str,
) -> Iterator[Layer]:
    unit = homes.get(module, unit)
    if module in ends:
        yield Layer(path, "unit", module, unit)
    gate = _find_gate(module)
    if gate is not None:
        yield Layer(path, "gate", gate, unit)
    for kind, kinds in _SINGLE.items():
        if isinstance(module, kinds):
            yield Layer(path, kind, module, unit)
    for name, child in module.named_children():
        if child is not gate:
            yield from _walk(child, homes, ends, unit, f"{path}.{name}" if path else name)


_SINGLE: dict[str, tuple[type[nn.Module], ...]] = {
    "convolution": (_ConvNd,),
    "linear": (nn.Linear,),
    "norm": (_BatchNorm,),
    "activation": _ACTIVATIONS,
}


def _find_gate(module: nn.Module) -> nn.Module | None:
    """Return what answers the logits of a module's gate, if it has one.

    That is the convolution of a gated sum, or of any other module (highway networks) the child
    named ``gate``.
    """
    if isinstance(module, Gated):
        return module.conv
    gate = getattr(module, "gate", None)
    return gate if isinstance(gate, nn.Module) else None
