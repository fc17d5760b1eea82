"""The constructed solution: a trained network made deeper by units that change nothing."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnets.blocks import Unit
from resnets.errors import ConfigError
from resnets.networks import ResidualNetwork, build
from resnets.spec import ORDERS, Add


@torch.no_grad()
def extend(net: nn.Module, units: int) -> ResidualNetwork:
    """Return a deeper network that is the same function: identity units behind each stage.

    A residual unit is the identity where F = 0, and behind a ReLU also with one of its own after
    the sum. A plain one is it where every convolution hands its input on and batch norm divides by
    one; its ReLUs change nothing, since what comes out of a ReLU is not negative.

    Args:
        net: a network of the grammar, whose units add with factors of one; a plain one with the
            original order and filters as wide as the stage. It is not changed.
        units: how many are put behind each stage.

    Returns:
        The network in evaluation mode, on the same device; its outputs are equal but for rounding.

    Raises:
        ConfigError: no unit of such a network is an identity.

    Source: He et al. 2015, Section 1: the deeper model's solution by construction.
    """
    if not isinstance(net, ResidualNetwork) or not _can_be_identity(net):
        raise ConfigError(
            "E2757",
            "the network cannot be extended by identities",
            what=type(net).__name__,
            why="its units are no sums x + F(x), nor plain ones that can hand x on",
            do="take a plain or residual network of the grammar",
        )
    spec = net.spec
    place = next(net.parameters()).device
    deeper = build(spec.replace(depths=tuple(depth + units for depth in spec.depths))).to(place)
    deeper.load_state_dict(net.state_dict(), strict=False)
    for stage, depth in zip(deeper.stages, spec.depths, strict=True):
        for unit in list(stage)[depth:]:  # type: ignore[call-overload]
            _make_identity(unit)
    return deeper.eval()


def _can_be_identity(net: ResidualNetwork) -> bool:
    spec = net.spec
    if spec.shortcut == "none":
        return spec.order == ORDERS["original"] and spec.inner == 1 and spec.cardinality == 1
    one = isinstance(spec.merge, Add) and spec.merge.shortcut == 1
    return one and spec.shortcut != "C" and "B" not in spec.order.post


def _make_identity(unit: Unit) -> None:
    for module in unit.transform.modules():
        if isinstance(module, (nn.Conv1d, nn.Conv2d)):
            nn.init.zeros_(module.weight)
            if unit.shortcut is None:
                nn.init.dirac_(module.weight)
        elif isinstance(module, _BatchNorm):
            nn.init.constant_(module.weight, (1 + module.eps) ** 0.5)
