"""Multi-residual networks whose units compute their residual functions on several devices."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from resnets.blocks.spread import Spread
from resnets.errors import ConfigError

from .build import convert_form
from .residual import ResidualNetwork


@torch.no_grad()
def spread_branches(net: ResidualNetwork, devices: Sequence[torch.device | str]) -> ResidualNetwork:
    """Return the same function with the k residual functions of every unit on several devices.

    Stem, shortcuts, shared activations and classifier stay on the first device, which takes the
    images and answers the logits. The optimizer updates every weight where it is. ``.to(device)``
    would bring all of them together again.

    Args:
        net: a network of the grammar with k functions a unit; it is not changed.
        devices: each computes k divided by their number; a device may be named twice.

    Returns:
        A new network in the same mode, equal in outputs, gradients and running statistics but for
        rounding. Its tensors have names of their own: ``gather_branches`` before it is saved.

    Raises:
        ConfigError: the functions of a unit are not equally many for each device.

    Example:
        >>> net = build(look_up("multi_resnet20_k4").spec)  # doctest: +SKIP
        >>> two = spread_branches(net, ["cuda:0", "cuda:1"])  # doctest: +SKIP

    Source: Abdi & Nahavandi 2016, Section III-C, where there are two devices. Deviation: the
    authors' code copies all functions to both and updates them on the first.
    """
    places = [torch.device(device) for device in devices]
    count = net.spec.branches
    if not places or count % len(places):
        raise ConfigError(
            "E2860",
            "the residual functions cannot be shared among the devices",
            what=f"{count} functions a unit, {len(places)} devices",
            where={"field": "branches"},
            why="every device computes equally many of each unit",
            do="take as many devices as divide the functions, or another network, such as "
            "multi_resnet20_k4",
        )
    like = next(net.parameters())
    with torch.device("meta"):
        other = ResidualNetwork(net.spec)
        spreads = [Spread(unit.spec, places) for unit in other.units()]
    for unit, spread in zip(other.units(), spreads, strict=True):
        unit.transform = spread
    other = other.to_empty(device=places[0]).to(like.dtype).train(net.training)
    for unit, spread in zip(net.units(), spreads, strict=True):
        spread.place()
        for branch in range(count):
            spread.load_branch_state(branch, unit.transform.branch_state(branch))
    rest = {k: v for k, v in net.state_dict().items() if ".transform." not in k}
    other.load_state_dict(rest, strict=False)
    return other


def gather_branches(net: ResidualNetwork) -> ResidualNetwork:
    """Return the same function on the first device alone, with the names that files have.

    Args:
        net: as ``spread_branches`` answers it; it is not changed.
    """
    return convert_form(net, net.spec.branch_form)
