"""A network as a walk from unit to unit, in any order and with units left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any

from torch import Tensor, nn

from resnets.errors import ConfigError
from resnets.networks import LayeredNetwork, ResidualNetwork

from .forks import Fork, fork, keep


@dataclass(frozen=True)
class Place:
    """A unit and what follows where it stands.

    Args:
        name: the unit in words.
        unit: the unit.
        bypass: what is left when it is deleted: its shortcut; without one, nothing at all.
        after: what stands between this place and the next one, whatever unit stands here: a
            pooling, a transition.
        fork: the unit's parts; None if it has no shortcut.
    """

    name: str
    unit: Callable[[Any], Any]
    bypass: Callable[[Any], Any]
    after: Callable[[Any], Any]
    fork: Fork | None


@dataclass(frozen=True)
class Walk:
    """A network in the order of its units. Walking changes nothing in the network.

    Args:
        stem: from the input to the first unit.
        places: the units in order.
        head: from the last unit to the logits.
    """

    stem: Callable[[Any], Any]
    places: tuple[Place, ...]
    head: Callable[[Any], Any]

    def step(self, position: int, unit: int, kept: bool, x: Any) -> Any:
        """Let a unit, or what is left without it, work at a position.

        Args:
            position: number of the place.
            unit: number of the unit that stands there now.
            kept: whether it works, or is deleted.
            x: what the place before it answered.
        """
        place = self.places[unit]
        y = place.unit(x) if kept else place.bypass(x)
        return self.places[position].after(y)


@singledispatch
def walk(net: nn.Module) -> Walk:
    """Return a network as a walk; its modules are used, not copied.

    Args:
        net: a network with units. A class of another kind registers itself with ``walk.register``.

    Raises:
        ConfigError: the network has no units.
    """
    raise _refuse(net)


@walk.register
def _(net: ResidualNetwork) -> Walk:
    names = (f"stage {u.spec.stage + 1}, unit {u.spec.index + 1}" for u in net.units())
    places = (_place(name, unit) for name, unit in zip(names, net.units(), strict=True))
    return Walk(net.stem, tuple(places), lambda x: net.forward_head(net.final(x)))


@walk.register
def _(net: LayeredNetwork) -> Walk:
    units = iter(net.units())
    between: list[list[str]] = [[]]
    found: list[tuple[str, nn.Module]] = []
    for step in net.plan.body:
        if step.unit:
            found.append((step.label or f"unit {len(found) + 1}, {step.name}", next(units)))
            between.append([])
        else:
            between[-1] += [name for name, _ in step.parts]
    if not found:
        raise _refuse(net)
    maps = [partial(net.apply_named, names) if names else keep for names in between]
    places = (_place(*part, after) for part, after in zip(found, maps[1:], strict=True))
    return Walk(maps[0], tuple(places), net.forward_head)


def _place(name: str, unit: nn.Module, after: Callable[[Any], Any] = keep) -> Place:
    parts = fork(unit)
    return Place(name, unit, parts.bypass if parts else keep, after, parts)


@dataclass(frozen=True)
class Layout:
    """Which units can be deleted or exchanged, as one picture on its way has shown.

    Args:
        shapes: shape of a unit's input and output, without the batch.
        deletable: whether the unit has a shortcut, or leaves the shape as it is.
    """

    shapes: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    deletable: tuple[bool, ...]

    @property
    def changes(self) -> tuple[bool, ...]:
        """Whether a unit's output has another shape than its input."""
        return tuple(before != after for before, after in self.shapes)

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Units that can take each other's places: equal shapes, which they do not change."""
        by_shape: dict[tuple[int, ...], list[int]] = {}
        for number, (before, after) in enumerate(self.shapes):
            if before == after:
                by_shape.setdefault(before, []).append(number)
        return tuple(tuple(group) for group in by_shape.values() if len(group) > 1)


def survey(walk: Walk, images: Tensor) -> Layout:
    """Find the shapes on a network's way.

    Args:
        walk: of a network in evaluation mode.
        images: (1, C, H, W), one picture of the kind that will be analysed.
    """
    shapes = []
    x = walk.stem(images)
    for place in walk.places:
        y = place.unit(x)
        shapes.append((tuple(x.shape[1:]), tuple(y.shape[1:])))
        x = place.after(y)
    pairs = zip(walk.places, shapes, strict=True)
    return Layout(
        tuple(shapes),
        tuple(place.fork is not None or before == after for place, (before, after) in pairs),
    )


def _refuse(net: nn.Module) -> ConfigError:
    return ConfigError(
        "E2652",
        "the network has no units",
        what=type(net).__name__,
        why="an analysis goes from unit to unit: residual units, layers or modules",
        do="give a network of resnets list",
    )
