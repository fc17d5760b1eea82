"""Units with a shortcut in their parts, so that one can be silenced: y = join(e, h(e), F(e))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any, cast

import torch
from torch import Tensor, nn

from resnets.blocks import Unit
from resnets.blocks.layered import Carry, Growing, Scaled, Terms
from resnets.blocks.transform import Loop
from resnets.spec import Add

Map = Callable[[Tensor], Tensor]


def keep(x: Tensor) -> Tensor:
    """Return what is given."""
    return x


def find_zero(shortcut: Tensor) -> Tensor:
    """Return zeros like the shortcut's output."""
    return torch.zeros_like(shortcut)


@dataclass(frozen=True)
class Fork:
    """A unit with a shortcut: y = join(e, h(e), Σ F_i(e)) with e = enter(x).

    Args:
        enter: what shortcut and functions share: a common head, or nothing.
        shortcut: h.
        functions: F_1 … F_k; one for their sum where the unit computes them together.
        join: y of e, h(e) and the sum: constants, gates, letters after the sum. A gate is computed
            from the e that it is given.
        zero: the sum that adds nothing, of h(e).
    """

    enter: Map
    shortcut: Map
    functions: tuple[Map, ...]
    join: Callable[[Tensor, Tensor, Tensor], Tensor]
    zero: Map = find_zero

    def bypass(self, x: Tensor) -> Tensor:
        """Return what is left of the unit without its functions.

        Constants and gates on the shortcut stay, and so do a common head before it and the letters
        after the sum: they are on the way of every path through the unit.
        """
        e = self.enter(x)
        h = self.shortcut(e)
        return self.join(e, h, self.zero(h))


@singledispatch
def fork(unit: nn.Module) -> Fork | None:
    """Take a unit apart; None for one without a shortcut.

    A family outside the grammar registers its own kind of unit with ``fork.register``.
    """
    return None


@fork.register
def _(unit: Unit) -> Fork | None:
    merge, shortcut = cast(Any, unit.merge), unit.shortcut
    constant = unit.spec.merge
    if shortcut is None or (isinstance(constant, Add) and constant.shortcut == 0):
        return None
    transform = unit.transform
    functions = tuple(transform.functions) if isinstance(transform, Loop) else (transform,)

    def join(e: Tensor, h: Tensor, f: Tensor) -> Tensor:
        return cast(Tensor, unit.post(merge(e, lambda _: h, lambda _: f)))

    return Fork(unit.head, shortcut, functions, join)


@fork.register
def _(unit: Scaled) -> Fork:
    def join(e: Tensor, h: Tensor, f: Tensor) -> Tensor:
        return unit.join(h, f)

    return Fork(keep, keep, (lambda e: unit.apply_named(unit.names, e),), join)


@fork.register
def _(unit: Terms) -> Fork:
    factor = unit.scale * unit.keep

    def follow(e: Tensor, term: int) -> Tensor:
        first = 0 if unit.cascade else term
        for names in unit.passes[first:term]:
            e = unit.apply_named(names, e).relu()
        return unit.apply_named(unit.passes[term], e)

    def join(e: Tensor, h: Tensor, f: Tensor) -> Tensor:
        return torch.add(h, f, alpha=factor).relu()

    functions = tuple(partial(follow, term=term) for term in range(len(unit.passes)))
    return Fork(keep, keep, functions, join)


@fork.register
def _(unit: Carry) -> Fork:
    def join(e: Tensor, h: Tensor, f: Tensor) -> Tensor:
        return torch.lerp(h, f, unit.gate(e).sigmoid())

    return Fork(keep, keep, (lambda e: unit.apply_named(unit.names, e),), join)


@fork.register
def _(unit: Growing) -> Fork:
    *_, last = (m for m in unit.modules() if isinstance(m, nn.Conv2d))

    def zero(h: Tensor) -> Tensor:
        return h.new_zeros(len(h), last.out_channels, *h.shape[2:])

    def join(e: Tensor, h: Tensor, f: Tensor) -> Tensor:
        return torch.cat([h, f], 1)

    return Fork(keep, keep, (lambda e: unit.apply_named(unit.names, e),), join, zero)
