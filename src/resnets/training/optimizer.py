"""Stochastic gradient descent as the papers use it, and its state as named tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from resnets.errors import FileError
from resnets.spec import Recipe


def build_optimizer(net: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """Build the optimizer of a recipe over all parameters of a network.

    With ``decay_norm_and_bias`` off, weight decay touches only tensors of two dimensions or more:
    convolutions and classifier, but neither batch norm nor any bias.
    """
    params = [param for param in net.parameters() if param.requires_grad]
    decayed = [p for p in params if recipe.decay_norm_and_bias or p.ndim > 1]
    bare = [p for p in params if not recipe.decay_norm_and_bias and p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": bare, "weight_decay": 0.0},
    ]
    return torch.optim.SGD(
        [group for group in groups if group["params"]],
        lr=recipe.lr,
        momentum=recipe.momentum,
        # Nesterov without momentum is plain descent, which torch wants to be told.
        nesterov=recipe.nesterov and recipe.momentum > 0,
        # One kernel goes over memory in its own order, so gradients and momenta must have the
        # layout of their parameter: autograd promises the former, load_optimizer_state the latter.
        fused=True,
    )


def optimizer_state(net: nn.Module, optimizer: torch.optim.SGD) -> dict[str, Tensor]:
    """Return the momentum of every parameter that has one, by the parameter's name."""
    momenta = {
        name: optimizer.state[param].get("momentum_buffer")
        for name, param in net.named_parameters()
        if param in optimizer.state
    }
    return {name: momentum for name, momentum in momenta.items() if momentum is not None}


def load_optimizer_state(
    net: nn.Module, optimizer: torch.optim.SGD, state: Mapping[str, Tensor]
) -> None:
    """Put saved momenta back, in the memory layout of their parameters.

    Raises:
        FileError: a name or a shape is not the network's; nothing was loaded.
    """
    params = {name: param for name, param in net.named_parameters() if param.requires_grad}
    misfits = [n for n, t in state.items() if n not in params or params[n].shape != t.shape]
    missing = [name for name in params if state and name not in state]
    if misfits or missing:
        raise FileError(
            "E4001",
            "the optimizer's state does not fit the network",
            what=(misfits or missing)[0],
            why=f"{len(misfits)} tensors fit no parameter, {len(missing)} parameters have none",
            do="resume with the configuration that the run was started with",
        )
    optimizer.state.clear()
    for name, momentum in state.items():
        buffer = torch.empty_like(params[name], requires_grad=False)
        optimizer.state[params[name]]["momentum_buffer"] = buffer.copy_(momentum)
