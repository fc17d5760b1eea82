"""A network watched without being changed: hooks that go, modes and statistics that come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnets.networks import ResidualNetwork, convert_form
from resnets.spec.frozen import reject

from .layers import Layer

Statistics = Literal["running", "batch"]
"""What batch norm goes by: what training recorded, or each batch's own mean and variance."""

OnCall = Callable[[Layer, Tensor, Tensor], None]
"""What is told of a call: the layer, its input and its output."""


@contextmanager
def observing(net: nn.Module, statistics: str) -> Iterator[None]:
    """Run a network without dropout and masks within; afterwards it is bit for bit as before.

    Args:
        net: any network; its weights must not be changed within.
        statistics: ``running`` for a trained network; ``batch`` at initialisation, where nothing
            has been recorded yet.

    Raises:
        ConfigError: another word.
    """
    if statistics not in ("running", "batch"):
        raise reject("statistics", statistics, ["running", "batch"])
    modes = {module: module.training for module in net.modules()}
    norms = [module for module in modes if isinstance(module, _BatchNorm)]
    recorded = [(buffer, buffer.clone()) for norm in norms for buffer in norm.buffers()]
    net.eval()
    try:
        for norm in norms:
            norm.train(statistics == "batch")
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode
        with torch.no_grad():
            for buffer, value in recorded:
                buffer.copy_(value)


@contextmanager
def watching(layers: Iterable[Layer], on_call: OnCall) -> Iterator[None]:
    """Tell a function of every call of some layers within, before their outputs are overwritten."""
    with ExitStack() as stack:
        for layer in layers:
            stack.callback(layer.module.register_forward_hook(_make_hook(layer, on_call)).remove)
        yield


def _make_hook(layer: Layer, on_call: OnCall) -> Callable[[nn.Module, Any, Any], None]:
    return lambda module, given, output: on_call(layer, given[0], output)


def separate_branches(net: nn.Module) -> nn.Module:
    """Return a network whose residual functions run one by one, so that each has layers to watch.

    Fused ones are a few wide convolutions, of which some run without their modules.
    """
    if isinstance(net, ResidualNetwork) and net.spec.branches > 1:
        return convert_form(net, "loop") if net.spec.branch_form == "fused" else net
    return net
