"""Dilation instead of stride: the same weights on a finer map."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from resnets.blocks.shortcut import ZeroPad
from resnets.blocks.transform import Wide
from resnets.errors import ConfigError
from resnets.spec.frozen import reject

from .build import Network

OUTPUT_STRIDES = (8, 16, 32)
_SIDE = 512

Reductions = dict[str, tuple[float, float]]


def dilate(net: Network, output_stride: int) -> Network:
    """Return a copy of a network whose last map is ``output_stride`` times smaller than its input.

    Strides beyond that become 1, and every filter behind them is spread by what they were. The
    copy computes what the network does, and more: at the positions that the network has, its
    values are the network's.

    Args:
        net: the network; it is not changed.
        output_stride: 8, 16 or 32; a network that reduces less is copied as it is.

    Raises:
        ConfigError: a layer beyond that stride cannot be spread; it is named.

    Source: Chen et al. 2017 (DeepLabv3), Section 3.1.
    """
    if output_stride not in OUTPUT_STRIDES:
        raise reject("output_stride", output_stride, "8, 16 or 32")
    dilated = copy.deepcopy(net)
    beyond = {n: sides for n, sides in _trace(net).items() if sides[1] > output_stride}
    if beyond:
        _check_layers(net)
    for name, (before, _) in beyond.items():
        stride = max(1, int(output_stride / before))
        _spread(dilated.get_submodule(name), name, stride, max(1, before / output_stride))
    return dilated


def _trace(net: Network) -> Reductions:
    """Measure by how much input and output of every layer with a stride are smaller than the image.

    Returns:
        By name, the side of the image divided by those of the maps.
    """
    twin = copy.deepcopy(net).to("meta", torch.float32).eval()
    names = {module: name for name, module in twin.named_modules() if hasattr(module, "stride")}
    seen: Reductions = {}

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        sides = inputs[0].shape[-1], output.shape[-1]
        seen[names[module]] = _SIDE / sides[0], _SIDE / sides[1]

    for module in names:
        module.register_forward_hook(note)
    with torch.no_grad():
        twin.forward_features(torch.empty(1, net.spec.in_chans, _SIDE, _SIDE, device="meta"))
    return seen


def _check_layers(net: Network) -> None:
    for name, module in net.named_modules():
        if isinstance(module, Wide) and module.apart:
            do = 'build the network with branch_form="loop"'
            raise _refuse(name, "its first convolutions are computed as one", do)


def _spread(module: nn.Module, name: str, stride: int, dilation: float) -> None:
    """Give a layer another stride, and space its filter out."""
    if isinstance(module, ZeroPad):
        module.stride = stride
        return
    if not isinstance(module, (nn.Conv2d, nn.MaxPool2d)):
        raise _refuse(name, f"{type(module).__name__} has no dilated form")
    kernel, padding = _pair(module.kernel_size), _pair(module.padding)
    if dilation != int(dilation) or any(k % 2 == 0 for k in kernel):
        raise _refuse(name, "its filter has no centre")
    if padding != tuple(k // 2 for k in kernel):
        raise _refuse(name, "it does not keep the size of the map")
    spacing = int(dilation)
    module.stride = stride, stride
    module.dilation = spacing, spacing
    module.padding = tuple(spacing * (k // 2) for k in kernel)


def _pair(value: int | tuple[int, ...] | str) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)  # type: ignore[arg-type]


def _refuse(name: str, why: str, do: str = "") -> ConfigError:
    return ConfigError(
        "E2802",
        "the stride cannot become a dilation",
        what=name,
        where={"field": "output_stride"},
        why=why,
        do=[*([do] if do else []), "keep the network's own stride: output_stride=32"],
    )
