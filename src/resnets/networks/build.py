"""From a spec to a network, and from one form of a network to another."""

from __future__ import annotations

from typing import Literal, Union, overload

import torch
from torch import nn

from resnets.errors import ConfigError
from resnets.spec import Spec
from resnets.spec.plan import FamilySpec

from .initialize import initialize
from .layered import LayeredNetwork
from .residual import ResidualNetwork

Network = Union[ResidualNetwork, LayeredNetwork]  # noqa: UP007
"""A network of ours: of the grammar, or of a family outside it."""

Form = Literal["split", "concat", "grouped", "loop", "fused"]


@overload
def build(spec: Spec, *, seed: int = 0) -> ResidualNetwork: ...


@overload
def build(spec: FamilySpec, *, seed: int = 0) -> LayeredNetwork: ...


def build(spec: Spec | FamilySpec, *, seed: int = 0) -> Network:
    """Build a network with its initial weights, in training mode.

    Args:
        spec: the architecture.
        seed: seed of the weights; the global generator is neither read nor changed.

    Returns:
        The network on torch's default device; within ``torch.device("meta")`` it has no weights.
    """
    device = torch.get_default_device()
    with torch.device("meta"):
        net = ResidualNetwork(spec) if isinstance(spec, Spec) else LayeredNetwork(spec)
    if device.type == "meta":
        return net
    net = net.to_empty(device=device)
    zero_init = isinstance(spec, Spec) and spec.zero_init
    initialize(net, spec.init, zero_init=zero_init, seed=seed)
    return net


@torch.no_grad()
def convert_form(net: ResidualNetwork, form: Form) -> ResidualNetwork:
    """Return the same function with its paths or branches laid out in another way.

    Args:
        net: a network of the grammar; it is not changed.
        form: ``split``, ``concat`` or ``grouped`` for the paths of an aggregated transformation
            (ResNeXt, Fig. 3); ``loop`` or ``fused`` for the residual functions of a unit.

    Returns:
        A new network in the same mode, on the same device, equal in outputs, gradients and running
        statistics but for rounding.

    Raises:
        ConfigError: the form is unknown, or branches that should share the statistics of one input
            have different ones, so that nothing fused can equal them.
    """
    field = {"loop": "branch_form", "fused": "branch_form"}.get(form, "form")
    spec = net.spec.replace(**{field: form})
    like = next(net.parameters())
    with torch.device("meta"):
        other = ResidualNetwork(spec)
    other = other.to_empty(device=like.device).to(like.dtype).train(net.training)
    for ours, theirs in zip(net.units(), other.units(), strict=True):
        for branch in range(ours.transform.branches):
            state = ours.transform.branch_state(branch)
            if form == "fused" and branch:
                _check_shared(theirs.transform.branch_state(branch), state, ours.spec.index)
            theirs.transform.load_branch_state(branch, state)
    rest = {k: v for k, v in net.state_dict().items() if ".transform." not in k}
    other.load_state_dict(rest, strict=False)
    return other


def _check_shared(
    stored: dict[str, torch.Tensor], state: dict[str, torch.Tensor], index: int
) -> None:
    for name in ("head.norm.running_mean", "head.norm.running_var"):
        if name in state and not torch.equal(stored[name], state[name]):
            raise ConfigError(
                "E2120",
                "the branches cannot be fused",
                what=f"unit {index}, {name}",
                why="branches read one input, but their batch norms recorded different statistics",
                do="keep the loop form, or estimate the statistics again",
            )


def count_parameters(net: nn.Module) -> int:
    """Count the learnt parameters."""
    return sum(parameter.numel() for parameter in net.parameters())
