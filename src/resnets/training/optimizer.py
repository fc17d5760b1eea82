"""The optimizers of the papers, and their state as named tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from resnets.errors import FileError
from resnets.spec import Recipe

from .rmsprop import RMSProp

BUFFERS = {"momentum": "momentum_buffer", "square": "square_mean"}
"""What an optimizer keeps for a parameter: how files call it, and how torch does."""


def build_optimizer(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Build the optimizer of a recipe over all parameters of a network.

    With ``decay_norm_and_bias`` off, weight decay touches only tensors of two dimensions or more:
    convolutions and classifier, but neither batch norm nor any bias. All momenta are there from the
    start, since a parameter may have no gradient in the first steps.
    """
    params = [param for param in net.parameters() if param.requires_grad]
    decayed = [p for p in params if recipe.decay_norm_and_bias or p.ndim > 1]
    bare = [p for p in params if not recipe.decay_norm_and_bias and p.ndim <= 1]
    pairs = ((decayed, recipe.weight_decay), (bare, 0.0))
    groups = [{"params": group, "weight_decay": decay} for group, decay in pairs if group]
    if recipe.optimizer == "rmsprop":
        return RMSProp(groups, recipe.lr, recipe.decay, recipe.eps, recipe.momentum)
    optimizer = torch.optim.SGD(
        groups,
        lr=recipe.lr,
        momentum=recipe.momentum,
        # Nesterov without momentum is plain descent, which torch wants to be told.
        nesterov=recipe.nesterov and recipe.momentum > 0,
        # One kernel goes over memory in its own order, so gradients and momenta must have the
        # layout of their parameter: autograd promises the former, zeros_like the latter.
        fused=True,
    )
    if recipe.momentum:
        for param in params:
            zeros = torch.zeros_like(param, requires_grad=False)
            optimizer.state[param]["momentum_buffer"] = zeros
    return optimizer


def optimizer_state(net: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return what the optimizer keeps, as ``momentum/`` and ``square/`` with a parameter's name."""
    return {
        f"{kind}/{name}": optimizer.state[param][key]
        for kind, key in BUFFERS.items()
        for name, param in net.named_parameters()
        if key in optimizer.state.get(param, ())
    }


def load_optimizer_state(
    net: nn.Module, optimizer: torch.optim.Optimizer, state: Mapping[str, Tensor]
) -> None:
    """Put back what ``optimizer_state`` has returned; nothing at all leaves everything as it is.

    Raises:
        FileError: a name or a shape is not the network's; nothing was loaded.
    """
    own = optimizer_state(net, optimizer)
    misfits = [n for n, t in state.items() if n not in own or own[n].shape != t.shape]
    missing = [name for name in own if state and name not in state]
    if misfits or missing:
        raise FileError(
            "E4001",
            "the optimizer's state does not fit the network",
            what=(misfits or missing)[0],
            why=f"{len(misfits)} tensors fit no parameter, {len(missing)} parameters have none",
            do="resume with the configuration that the run was started with",
        )
    for name, tensor in state.items():
        own[name].copy_(tensor)
