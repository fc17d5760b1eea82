"""Initial weights by name, equal for every form of the same function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

from resnets.blocks import Gated, Transform, Unit
from resnets.blocks.layered import Carry
from resnets.spec import FamilySpec

if TYPE_CHECKING:
    from .build import Network

Fill = Callable[[Tensor, torch.Generator], Tensor]


def _fans(weight: Tensor) -> tuple[int, int]:
    """Return fan-in and fan-out of a convolution; grouping shortens only the fan-in.

    The authors' codes count all output channels of a grouped convolution (``kW·kH·nOutputPlane``).
    """
    field = math.prod(weight.shape[2:])
    return weight.shape[1] * field, weight.shape[0] * field


def _normal(weight: Tensor, std: float, generator: torch.Generator) -> Tensor:
    return torch.empty(weight.shape, dtype=weight.dtype, device="cpu").normal_(
        0.0, std, generator=generator
    )


def _uniform(weight: Tensor, bound: float, generator: torch.Generator) -> Tensor:
    return torch.empty(weight.shape, dtype=weight.dtype, device="cpu").uniform_(
        -bound, bound, generator=generator
    )


def _truncated(weight: Tensor, std: float, generator: torch.Generator) -> Tensor:
    drawn = torch.empty(weight.shape, dtype=weight.dtype, device="cpu")
    return nn.init.trunc_normal_(drawn, 0.0, std, -2 * std, 2 * std, generator)


RULES: dict[str, Fill] = {
    "he_fan_out": lambda w, g: _normal(w, math.sqrt(2 / _fans(w)[1]), g),
    "he_fan_in": lambda w, g: _normal(w, math.sqrt(2 / _fans(w)[0]), g),
    "xavier_normal": lambda w, g: _normal(w, math.sqrt(2 / sum(_fans(w))), g),
    "xavier_uniform": lambda w, g: _uniform(w, math.sqrt(6 / sum(_fans(w))), g),
    "standard": lambda w, g: _uniform(w, math.sqrt(1 / _fans(w)[0]), g),
    "truncated_normal": lambda w, g: _truncated(w, 0.1, g),
}
"""He et al. 2015b (fan-out as in fb.resnet.torch, fan-in as in its paper); Glorot & Bengio 2010,
whose standard initialisation is U[-1/√n, 1/√n] for n inputs. Truncated at two deviations of 0.1 as
in the release of Inception-v3, which takes less in its auxiliary classifier.
"""


@torch.no_grad()
def initialize(net: Network, rule: str, *, zero_init: bool = False, seed: int = 0) -> None:
    """Give a network its first weights, in place.

    Convolutions and hidden fully connected layers follow the rule; each branch of a unit is drawn
    by itself, in the layout of a single grouped branch, so that one seed gives one function
    whatever the form. Batch norm starts as the identity, classifiers as torch's default unless the
    family says that they follow too, every bias at 0 and a gate's as its spec says.

    Args:
        net: any network of ours.
        rule: a name of ``RULES``.
        zero_init: start the batch norm at the end of every F at zero.
        seed: seed of a generator of its own; no global state is read or changed.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    fill = RULES[rule]
    inside: set[nn.Module] = set()
    follows = isinstance(net.spec, FamilySpec) and net.spec.every_layer_follows
    classifiers = set() if follows else set(net.classifiers())
    for module in net.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            if module.weight is not None:
                module.weight.fill_(1.0)
                module.bias.zero_()
    for module in net.modules():
        if isinstance(module, Transform) and module not in inside:
            inside.update(module.modules())
            for branch in range(module.branches):
                state = module.branch_state(branch)
                drawn = {n: fill(t, generator) for n, t in state.items() if n.startswith("convs.")}
                module.load_branch_state(branch, drawn)
        elif isinstance(module, Unit) and zero_init:
            _zero_tail(module)
        elif isinstance(module, (_ConvNd, nn.Linear)) and module not in inside:
            rule_or_default = RULES["standard"] if module in classifiers else fill
            module.weight.copy_(rule_or_default(module.weight, generator))
            if module.bias is not None:
                module.bias.zero_()
    for module in net.modules():
        if isinstance(module, (Gated, Carry)):
            module.open_gate()


def _zero_tail(unit: Unit) -> None:
    for branch in range(unit.transform.branches):
        weight = unit.transform.branch_state(branch)["tail.norm.weight"]
        unit.transform.load_branch_state(branch, {"tail.norm.weight": torch.zeros_like(weight)})
