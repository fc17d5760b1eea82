"""Parts of a network that do not learn: its first stages, its batch norms."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnets.spec.frozen import reject

from .build import Network


def freeze_stages(net: Network, trainable_stages: int) -> None:
    """Let only the last stages of a network learn.

    Args:
        net: the network; stages are what ``feature_info`` lists after its first entry.
        trainable_stages: how many of the last ones learn; one more than there are takes the stem
            too, as torchvision counts.

    Raises:
        ConfigError: there are not so many.
    """
    info = net.feature_info
    if not 0 <= trainable_stages <= len(info):
        raise reject("trainable_stages", trainable_stages, f"0 to {len(info)}, the stem included")
    if trainable_stages < len(info):
        names = net.trunk()
        for name in names[: names.index(info[-1 - trainable_stages]["module"]) + 1]:
            net.get_submodule(name).requires_grad_(False)


def freeze_norms(net: nn.Module) -> None:
    """Stop the scales and shifts of all batch norms from learning."""
    for norm in _norms(net):
        norm.requires_grad_(False)


def hold_norms(net: nn.Module) -> None:
    """Put every batch norm whose scale does not learn into evaluation mode."""
    for norm in _norms(net):
        if norm.weight is not None and not norm.weight.requires_grad:
            norm.eval()


def _norms(net: nn.Module) -> Iterator[_BatchNorm]:
    return (module for module in net.modules() if isinstance(module, _BatchNorm))
