"""How the signal should grow with depth at initialisation, worked out from the size of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from resnets.blocks import Gated, Unit
from resnets.networks import ResidualNetwork
from resnets.spec import Gate

from .observation import observing

CHANNELS, VALUES = 1024, 256


@dataclass(frozen=True)
class Growth:
    """The expected output of a unit, over random weights.

    Args:
        unit: number of the unit, from 0; -1 for the stem, where the measured values are taken.
        mean, std: over data, positions and channels.
    """

    unit: int
    mean: float
    std: float

    def to_dict(self) -> dict[str, Any]:
        """Return the expectation as JSON data."""
        return dict(vars(self))


def predict_growth(net: nn.Module, images: Tensor, *, seed: int = 0) -> tuple[Growth, ...]:
    """Predict mean and std behind every unit of an untrained network.

    He's argument (2015b, Section 2.2): a convolution with fan-in n, whose weights are independent
    with mean square w, answers normal numbers with mean 0 and variance n · w · E[x²]. Batch norm
    makes the mean of a channel 0 and its variance 1. So the values of a channel walk through the
    units: each scales them, adds independent normal numbers, perhaps cuts them at zero. That walk
    is drawn for 1024 channels from the stem's outputs on; padding at the borders counts.

    What follows: a plain net keeps its variance; full pre-activation adds about b² a unit, for a
    scale b of the residual; without batch norm a unit multiplies it by about 1 + b²; in the
    original order the mean square behind n units is that of a walk reflected at zero, about n.

    Args:
        net: a network with its initial weights; it is left as it was.
        images: (N, C, H, W), on its device.
        seed: of the numbers drawn.

    Returns:
        The stem's values and an expectation for each unit; nothing for a network outside the
        grammar. What is drawn is about 1 % off.
    """
    if not isinstance(net, ResidualNetwork):
        return ()
    with torch.no_grad(), observing(net, "batch"):
        maps = net.stem(images).float().cpu()
    walk = _Walk(torch.Generator("cpu").manual_seed(seed))
    side = maps.shape[-1]
    x = walk.pick(maps.transpose(0, 1).flatten(1))
    found = [_describe(-1, x)]
    for unit in net.units():
        x = walk.pass_unit(unit, x, side)
        side = -(-side // unit.spec.stride)
        found.append(_describe(unit.spec.index, x))
    return tuple(found)


class _Walk:
    """Values of some channels, (1024, 256), on their way through units.

    The channels stand for all of a layer, however many those are.

    Args:
        generator: of the numbers drawn.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def pick(self, maps: Tensor) -> Tensor:
        """Draw out of measured values, (channels, any number)."""
        shape = CHANNELS, VALUES
        places = torch.randint(maps.shape[1], shape, generator=self.generator)
        return _stretch(maps).gather(1, places)

    def pass_unit(self, unit: Unit, x: Tensor, side: int) -> Tensor:
        """Return what a unit makes of its input."""
        spec = unit.spec
        if spec.head_shared:
            x = _act(spec.head, x)
        parts = [self.branch(unit, number, x, side) for number in range(spec.branches)]
        residual = torch.stack(parts).sum(0)
        if unit.merge is None:
            return _act(spec.post, residual)
        return _act(spec.post, self.merge(unit, x, self.shortcut(unit, x), residual))

    def branch(self, unit: Unit, number: int, x: Tensor, side: int) -> Tensor:
        """Return F of one branch."""
        spec, state = unit.spec, unit.transform.branch_state(number)
        x = x if spec.head_shared else _act(spec.head, x)
        for i, stride in enumerate(spec.strides):
            weight = state[f"convs.{i}.weight"]
            x = self.convolve(_act("BR", x) if i else x, weight, stride, side)
            side = -(-side // stride)
        for letter in spec.tail:
            x = _act(letter, x)
            if letter == "B":  # zero where a unit starts as an identity
                x = x * _stretch(state["tail.norm.weight"].cpu().float())[:, None]
        return x

    def shortcut(self, unit: Unit, x: Tensor) -> Tensor:
        """Return h(x)."""
        spec = unit.spec
        if spec.shortcut == "project":
            weight = unit.get_parameter("shortcut.conv.weight")
            return _act("B" * spec.shortcut_norm, self.convolve(x, weight, 1, 1))
        kept = round(CHANNELS * min(spec.in_channels / spec.out_channels, 1.0))
        order = torch.randperm(CHANNELS, generator=self.generator)
        return x.index_fill(0, order[kept:], 0.0)  # the zeros of option A

    def merge(self, unit: Unit, x: Tensor, shortcut: Tensor, residual: Tensor) -> Tensor:
        """Return a · h(x) + b · F(x); masks count with their means."""
        merge, constants = unit.merge, unit.spec.merge
        if isinstance(merge, Gated):
            bias = _stretch(unit.get_parameter("merge.conv.bias").detach().cpu().float())[:, None]
            gate = torch.sigmoid(self.convolve(x, merge.conv.weight, 1, 1) + bias)
            return (1 - gate) * shortcut + (gate * residual if merge.exclusive else residual)
        if isinstance(constants, Gate):
            raise TypeError(f"unit {unit.spec.index} has a gate in its spec alone")
        return constants.shortcut * shortcut + constants.residual * residual

    def convolve(self, x: Tensor, weight: Tensor, stride: int, side: int) -> Tensor:
        """Draw what a convolution with random weights answers.

        What its input channels have on average becomes a constant of each output channel.
        """
        weight = weight.detach()
        gain = weight[0].numel() * weight.float().square().mean().item()
        for kernel in weight.shape[2:]:
            gain *= _cover(kernel, stride, side)
        constant = gain * x.mean(1).square().mean()
        spread = (gain * x.square().mean() - constant).clamp(min=0)
        first = torch.randn(CHANNELS, 1, generator=self.generator)
        second = torch.randn(x.shape, generator=self.generator)
        return constant.sqrt() * (first - first.mean()) / first.std() + spread.sqrt() * second


def _act(letters: str, x: Tensor) -> Tensor:
    for letter in letters:
        if letter == "R":
            x = x.relu()
        else:
            x = (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True, correction=0) + 1e-5).sqrt()
    return x


def _stretch(channels: Tensor) -> Tensor:
    """Return 1024 channels that have the given ones in equal parts."""
    return channels[torch.arange(CHANNELS) % len(channels)]


def _cover(kernel: int, stride: int, side: int) -> float:
    """Return which share of a filter's length lies on the map, on average over its places."""
    starts = range(-(kernel // 2), side - kernel // 2, stride)
    inside = [min(start + kernel, side) - max(start, 0) for start in starts]
    return sum(inside) / (kernel * len(inside))


def _describe(unit: int, x: Tensor) -> Growth:
    return Growth(unit, x.mean().item(), x.std(correction=0).item())
