"""What injured networks err, on images that every one of them sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from resnets.analysis.walk import Layout, Walk, survey, walk
from resnets.errors import ConfigError, DataError, DivergedError
from resnets.evaluation import evaluating

from .injury import Lesion, delete, draw_deletion, draw_order
from .reestimation import reestimate
from .tree import follow_all

Batch = tuple[Tensor, Tensor]
"""Images (n, C, H, W) on the network's device, and labels (n,)."""

OnImages = Callable[[float], None]
"""Is told how many images' worth of work has been done, of those of all batches."""


@dataclass(frozen=True)
class Trial:
    """An injured network and what it errs.

    Args:
        lesion: what was done to it.
        error: top-1 error, per cent.
    """

    lesion: Lesion
    error: float


@dataclass(frozen=True)
class Trials:
    """Injured networks beside the intact one, all on the same images.

    Args:
        units: names of the units in the network's own order.
        changes: whether a unit changes the shape of what it is given.
        deletable: whether a unit can be deleted.
        n: images.
        intact: top-1 error of the intact network, per cent.
        trials: the others.
    """

    units: tuple[str, ...]
    changes: tuple[bool, ...]
    deletable: tuple[bool, ...]
    n: int
    intact: float
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Conditions:
    """How injured networks are measured.

    Args:
        precision: ``fp32``, or ``bf16`` for autocast.
        calibration: training images (n, C, H, W) on which batch norm's statistics are estimated
            again for each injured network; None keeps those of the intact one.
        on_images: is told of the progress.
    """

    precision: str = "fp32"
    calibration: Tensor | None = None
    on_images: OnImages | None = None


AS_TRAINED = Conditions()


def delete_each(
    net: nn.Module, batches: Iterable[Batch], conditions: Conditions = AS_TRAINED
) -> Trials:
    """Delete every unit in turn: y = h(x) in place of y = h(x) + F(x).

    A unit without a shortcut is left out whole, where it does not change the shape; one that does
    cannot be deleted and has no trial.

    Args:
        net: a network with units, in any mode; it is not changed.
        batches: every image once.
        conditions: how it is measured.

    Raises:
        ConfigError: the network has no units, or none that can be deleted.
        DataError: there is no image.
        DivergedError: the intact network's outputs are not finite.

    Source: Veit et al. 2016, Section 4.1. Batch norm keeps the intact network's statistics there.
    """

    def plan(layout: Layout) -> list[Lesion]:
        count = len(layout.deletable)
        return [delete(count, [i]) for i, possible in enumerate(layout.deletable) if possible]

    return _try(net, batches, plan, conditions)


def delete_many(
    net: nn.Module,
    batches: Iterable[Batch],
    sizes: Sequence[int],
    repeats: int,
    *,
    seed: int = 0,
    conditions: Conditions = AS_TRAINED,
) -> Trials:
    """Delete random units, several at once.

    Args:
        net, batches, conditions: as in ``delete_each``.
        sizes: how many are deleted; sizes that the network does not have are left out.
        repeats: draws of each size.
        seed: of the draws; a draw depends on it, its size and its number alone.

    Raises:
        ConfigError, DataError, DivergedError: as ``delete_each``.

    Source: Veit et al. 2016, Section 4.2.
    """

    def plan(layout: Layout) -> list[Lesion]:
        count = len(layout.deletable)
        units = [i for i, possible in enumerate(layout.deletable) if possible]
        fitting = [size for size in sizes if size <= len(units)]
        draws = range(repeats)
        return [draw_deletion(seed, count, units, size, d) for size in fitting for d in draws]

    return _try(net, batches, plan, conditions)


def reorder(
    net: nn.Module,
    batches: Iterable[Batch],
    swaps: Sequence[int],
    repeats: int,
    *,
    seed: int = 0,
    conditions: Conditions = AS_TRAINED,
) -> Trials:
    """Exchange random pairs of units that have equal shapes.

    Args:
        net, batches, conditions: as in ``delete_each``.
        swaps: how many pairs are exchanged, one after another.
        repeats: draws of each number.
        seed: of the draws; a draw depends on it, its number of pairs and its own number alone.

    Returns:
        The trials; none for a network without two units that could be exchanged.

    Raises:
        ConfigError, DataError, DivergedError: as ``delete_each``.

    Source: Veit et al. 2016, Section 4.3.
    """

    def plan(layout: Layout) -> list[Lesion]:
        count, groups, draws = len(layout.deletable), layout.groups, range(repeats)
        if not groups:
            return []
        return [draw_order(seed, count, groups, number, d) for number in swaps for d in draws]

    return _try(net, batches, plan, conditions)


def _try(
    net: nn.Module,
    batches: Iterable[Batch],
    plan: Callable[[Layout], list[Lesion]],
    conditions: Conditions,
) -> Trials:
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        raise DataError("E3651", "no samples to analyse", do="check the split's name")
    with evaluating(net), _casting(first[0].device, conditions.precision):
        own = walk(net)
        layout = survey(own, first[0][:1])
        if not any(layout.deletable):
            raise _refuse(net)
        way = own
        if conditions.calibration is not None:
            way = reestimate(net, conditions.calibration)
        lesions = [delete(len(own.places)), *plan(layout)]
        errors, n = _count(way, lesions, chain([first], batches), conditions.on_images)
    trials = (Trial(*pair) for pair in zip(lesions[1:], errors[1:], strict=True))
    return Trials(
        units=tuple(place.name for place in own.places),
        changes=layout.changes,
        deletable=layout.deletable,
        n=n,
        intact=errors[0],
        trials=tuple(trials),
    )


def _count(
    way: Walk, lesions: Sequence[Lesion], batches: Iterable[Batch], on_images: OnImages | None
) -> tuple[list[float], int]:
    """Return the error of every lesion, per cent, and the number of images."""
    wrong = [0] * len(lesions)
    n = 0
    for images, labels in batches:
        for number, logits in follow_all(way, lesions, images):
            # What is not finite is no answer. It is expected of the injured, not of the intact.
            finite = torch.isfinite(logits).all(1)
            if number == 0 and not finite.all():
                raise _diverged(int((~finite).sum()), len(finite))
            wrong[number] += int(((logits.argmax(1) != labels) | ~finite).sum())
            if on_images is not None:
                on_images(len(images) / len(lesions))
        n += len(images)
    return [100 * count / n for count in wrong], n


def _casting(device: torch.device, precision: str) -> Any:
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")


def _diverged(bad: int, count: int) -> DivergedError:
    return DivergedError(
        "E6651",
        "the intact network's outputs are not finite",
        what=f"{bad:,} of {count:,} samples of a batch",
        why="its weights, or the images, hold values that are too large",
        do="analyse an earlier checkpoint, or in fp32",
    )


def _refuse(net: nn.Module) -> ConfigError:
    return ConfigError(
        "E2653",
        "no unit can be deleted",
        what=type(net).__name__,
        why="units have no shortcut, and each changes the shape of what it is given",
        do="analyse a network with shortcuts",
    )
