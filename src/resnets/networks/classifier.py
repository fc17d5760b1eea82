"""The fully connected layer at the end of every network, and its exchange for another."""

from __future__ import annotations

import torch
from torch import nn

from resnets.blocks.layered import register


def classifier(features: int, num_classes: int) -> nn.Module:
    """Return a fully connected layer with bias, or an identity for 0 classes."""
    return nn.Linear(features, num_classes) if num_classes else nn.Identity()


@torch.no_grad()
def replace_classifier(net: nn.Module, path: str, features: int, num_classes: int) -> None:
    """Put a fresh classifier in the place of another: torch's default weights, bias 0.

    Args:
        net: the network.
        path: path of the classifier in it.
        features: what it reads.
        num_classes: outputs of the new one; 0 for an identity.
    """
    like = next(net.parameters())
    fresh = classifier(features, num_classes).to(like.device, like.dtype)
    if isinstance(fresh, nn.Linear):
        fresh.bias.zero_()
    register(net, path, fresh)
