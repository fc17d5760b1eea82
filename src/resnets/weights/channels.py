"""Weights for one number of input channels, made to fit another: colour to grey, and back."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


def adapt_channels(state: Mapping[str, Tensor], net: nn.Module) -> tuple[dict[str, Tensor], str]:
    """Make the convolutions that read the image fit the channels of a network.

    Everything else is left alone, so what does not fit for another reason is still refused by
    ``load_state``; so are other numbers of signals or features, which are no colours.

    Args:
        state: tensors by the network's own names.
        net: the network; its ``spec`` tells the channels.

    Returns:
        The tensors, and a sentence that says what was changed; empty if nothing was.
    """
    channels: int = net.spec.in_chans  # type: ignore[assignment, union-attr]
    adapted, notes = dict(state), []
    for name, own in net.state_dict().items():
        given = state.get(name)
        if given is None or own.dim() != 4 or own.shape[1] != channels:
            continue
        if given.shape[1:2] != own.shape[1:2] and _without_inputs(given) == _without_inputs(own):
            adapted[name] = change_channels(given, channels)
            how = "summed" if channels == 1 else "repeated and scaled"
            notes.append(f"{name}: {given.shape[1]} input channels {how} to {channels}")
    return adapted, "; ".join(notes)


def change_channels(weight: Tensor, channels: int) -> Tensor:
    """Return a convolution's weight for another number of input channels.

    One channel takes the sum: a grey image gives what it gave when it stood in every channel. More
    take the given ones in turn, scaled by given / wanted, so that activations keep their size.

    Args:
        weight: (outputs, inputs, …).
        channels: inputs wanted.

    Source: timm's rule for ``in_chans``.
    """
    given = weight.shape[1]
    if channels == 1:
        return weight.sum(1, keepdim=True)
    turns = torch.arange(channels, device=weight.device) % given
    return weight.index_select(1, turns) * (given / channels)


def _without_inputs(weight: Tensor) -> tuple[int, ...]:
    return (*weight.shape[:1], *weight.shape[2:])
