"""What is done to a network: units deleted, or put in another order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import torch

from resnets.data.randomness import make_key

Move = tuple[int, bool]
"""The number of a unit, and whether it is kept."""


@dataclass(frozen=True)
class Lesion:
    """A network's units in the order in which they work, some of them deleted.

    Args:
        order: the unit that stands at each place.
        deleted: units without which the network has to do, in rising order.
        swaps: how many exchanges made the order.
    """

    order: tuple[int, ...]
    deleted: tuple[int, ...] = ()
    swaps: int = 0

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The way through the network."""
        return tuple((unit, unit not in self.deleted) for unit in self.order)

    @property
    def tau(self) -> float:
        """Kendall's rank correlation of the order with the network's own."""
        return correlate(self.order)


def delete(count: int, units: Iterable[int] = ()) -> Lesion:
    """Return the lesion of a network of ``count`` units that deletes some, or none."""
    return Lesion(tuple(range(count)), tuple(sorted(units)))


def draw_deletion(seed: int, count: int, deletable: Sequence[int], size: int, draw: int) -> Lesion:
    """Delete random units.

    Args:
        seed: of the draws.
        count: units of the network.
        deletable: those that can be deleted.
        size: how many are, all different.
        draw: number of the draw.
    """
    generator = torch.Generator().manual_seed(make_key("lesion/delete", seed, size, draw))
    chosen = torch.randperm(len(deletable), generator=generator)[:size].tolist()
    return delete(count, (deletable[i] for i in chosen))


def draw_order(
    seed: int, count: int, groups: Sequence[Sequence[int]], swaps: int, draw: int
) -> Lesion:
    """Exchange random pairs of units, one pair after another, each within a group.

    Every pair of places that may be exchanged is equally likely at each exchange.

    Args:
        seed: of the draws.
        count: units of the network.
        groups: units that can take each other's places.
        swaps: how many pairs.
        draw: number of the draw.
    """
    generator = torch.Generator().manual_seed(make_key("lesion/order", seed, swaps, draw))
    pairs = [pair for group in groups for pair in combinations(group, 2)]
    order = list(range(count))
    for index in torch.randint(len(pairs), (swaps,), generator=generator).tolist():
        a, b = pairs[index]
        order[a], order[b] = order[b], order[a]
    return Lesion(tuple(order), swaps=swaps)


def correlate(order: Sequence[int]) -> float:
    """Return Kendall's τ of an order of 0 … n - 1 with the rising one, -1 … 1.

    τ = (concordant pairs - discordant pairs) / (n (n - 1) / 2); an order of one unit has 1.
    """
    pairs = list(combinations(order, 2))
    rising = sum(a < b for a, b in pairs)
    return (2 * rising - len(pairs)) / len(pairs) if pairs else 1.0
