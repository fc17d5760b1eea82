"""The gradient that arrives through paths of one length, by the protocol of Veit et al."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.analysis.walk import Place, walk
from resnets.data.randomness import make_key
from resnets.errors import DataError, DivergedError
from resnets.evaluation import evaluating
from resnets.networks import ResidualNetwork, convert_form
from resnets.spec.frozen import reject

from .profile import PathGradient

Batch = tuple[Tensor, Tensor]
"""Images (n, C, H, W) on the network's device, and labels (n,)."""

MOST_LENGTHS = 64


@dataclass(frozen=True)
class _Way:
    """A unit prepared for the way back.

    Args:
        x: its input, cut off from what is before.
        skip: its output, with a gradient through the shortcut only; None for a plain unit.
        branches: the same output, with a gradient through one function only.
    """

    x: Tensor
    skip: Tensor | None
    branches: tuple[Tensor, ...]


@dataclass(frozen=True)
class _Trace:
    """A forward pass, from which any path can be followed back.

    Args:
        images: (n, C, H, W), the input.
        start: what the stem made of it.
        ways: the units.
        end: gradient of every image's loss by the last unit's output.
    """

    images: Tensor
    start: Tensor
    ways: tuple[_Way, ...]
    end: Tensor

    @property
    def plain(self) -> int:
        """Units that every path goes through."""
        return sum(way.skip is None for way in self.ways)


def measure_gradients(
    net: nn.Module,
    batches: Iterable[Batch],
    *,
    repeats: int = 10,
    seed: int = 0,
    on_share: Callable[[float], None] | None = None,
) -> list[PathGradient]:
    """Measure the norm of the gradient that arrives at the input through single paths.

    The forward pass is that of the whole network. On the way back, units drawn at random let the
    gradient through one function only, the others through their shortcut only; what remains is the
    gradient through one path. Gates and masks count as constants. Batch norm goes by its running
    statistics, so that the images of a batch do not see one another, and the norm is that of one
    image's own loss.

    Args:
        net: a network with units, in any mode; it is not changed.
        batches: images and labels.
        repeats: paths that are drawn for each length and batch, all equally likely.
        seed: of the draws.
        on_share: is told how much more of a batch has been done, 0 … 1.

    Returns:
        The gradients by rising length: all lengths that a path can have, or 64 of more.

    Raises:
        ConfigError: the network has no units, or nothing is to be drawn.
        DataError: there is no image.
        DivergedError: the loss is not finite.

    Source: Veit et al. 2016, Section 4.4 and Fig. 6b; they do not say how many paths and images
    they take, nor whether a norm is that of an image or of a batch. With k functions in a unit a
    path takes one of them (ours).
    """
    if repeats < 1:
        raise reject("repeats", repeats, "1 or more")
    if isinstance(net, ResidualNetwork) and net.spec.branches > 1:
        net = convert_form(net, "loop")
    found: dict[int, list[Tensor]] = {}
    with evaluating(net), torch.enable_grad():
        for number, (images, labels) in enumerate(batches):
            trace = _run(net, images.detach().requires_grad_(), labels)
            lengths = space_lengths(trace.plain, len(trace.ways))
            for length in lengths:
                draws = ((seed, number, length, draw) for draw in range(repeats))
                logs = [_follow_back(trace, _draw_path(trace, length, draw)) for draw in draws]
                found.setdefault(length, []).extend(logs)
                if on_share is not None:
                    on_share(1 / len(lengths))
    if not found:
        raise DataError("E3652", "no samples to analyse", do="check the split's name")
    return [_average(length, torch.cat(found[length])) for length in sorted(found)]


def space_lengths(low: int, high: int) -> list[int]:
    """Return all lengths from the shortest to the longest, or 64 of more, evenly spaced."""
    if high - low < MOST_LENGTHS:
        return list(range(low, high + 1))
    return torch.linspace(low, high, MOST_LENGTHS).round().int().tolist()


def _run(net: nn.Module, images: Tensor, labels: Tensor) -> _Trace:
    own = walk(net)
    start = own.stem(images)
    ways: list[_Way] = []
    x = start
    for place in own.places:
        ways.append(_prepare(place, x.detach().requires_grad_()))
        x = ways[-1].branches[0]
    last = x.detach().requires_grad_()
    loss = F.cross_entropy(own.head(last), labels, reduction="sum")
    if not torch.isfinite(loss):
        raise DivergedError(
            "E6652",
            "the loss is not finite",
            what=f"{float(loss.detach())} in a batch of {len(labels)}",
            do="analyse an earlier checkpoint",
        )
    return _Trace(images, start, tuple(ways), torch.autograd.grad(loss, last)[0])


def _prepare(place: Place, x: Tensor) -> _Way:
    fork = place.fork
    if fork is None:
        return _Way(x, None, (place.after(place.unit(x)),))
    e = fork.enter(x)
    still = e.detach()
    with torch.no_grad():
        h = fork.shortcut(still)
        parts = [function(still) for function in fork.functions]
    join = fork.join

    def finish(h: Tensor, summands: Sequence[Tensor]) -> Tensor:
        return place.after(join(still, h, torch.stack(list(summands)).sum(0)))

    branches = []
    for i, function in enumerate(fork.functions):
        branches.append(finish(h, [*parts[:i], function(e), *parts[i + 1 :]]))
    return _Way(x, finish(fork.shortcut(e), parts), tuple(branches))


def _draw_path(trace: _Trace, length: int, numbers: tuple[int, ...]) -> list[Tensor]:
    """Choose one output of every unit, so that as many as the length go through a function."""
    generator = torch.Generator().manual_seed(make_key("paths", *numbers))
    free = [i for i, way in enumerate(trace.ways) if way.skip is not None]
    drawn = torch.randperm(len(free), generator=generator)[: length - trace.plain]
    taken = {free[i] for i in drawn.tolist()}
    picks = torch.rand(len(trace.ways), generator=generator).tolist()
    return [
        way.skip
        if way.skip is not None and i not in taken
        else way.branches[int(pick * len(way.branches))]
        for i, (way, pick) in enumerate(zip(trace.ways, picks, strict=True))
    ]


def _follow_back(trace: _Trace, path: Sequence[Tensor]) -> Tensor:
    """Return the logarithm of each image's gradient norm at the input, (n,).

    The way back is linear, so the gradient is brought to norm 1 before every unit: over hundreds of
    units it would otherwise sink below the smallest float.
    """
    gradient, logs = _normalise(trace.end, torch.zeros(len(trace.end), dtype=torch.float64))
    ends = [(trace.start, trace.images), *zip(path, (way.x for way in trace.ways), strict=True)]
    for output, x in reversed(ends):
        gradient = torch.autograd.grad(output, x, gradient, retain_graph=True)[0]
        gradient, logs = _normalise(gradient, logs)
    return logs


def _normalise(gradient: Tensor, logs: Tensor) -> tuple[Tensor, Tensor]:
    norms = gradient.flatten(1).norm(dim=1)
    shape = (-1, *[1] * (gradient.dim() - 1))
    scale = torch.where(norms > 0, norms, torch.ones_like(norms))
    return gradient / scale.view(shape), logs + norms.double().log().cpu()


def _average(length: int, logs: Tensor) -> PathGradient:
    return PathGradient(length, len(logs), float(logs.logsumexp(0)) - math.log(len(logs)))
