"""The direct term of the gradient, which the shortcuts alone carry back, measured and expected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.blocks import Gated, Unit
from resnets.spec import Gate

from .layers import list_units
from .observation import observing


@dataclass(frozen=True)
class Direct:
    """The gradient that arrives at the input x_l of a unit, from the end x_L of its stretch.

    A stretch is a longest row of units whose shortcut is x itself. Norms are root mean squares
    over the samples, each with the gradient of its own loss.

    Args:
        unit: number l of the unit, from 0.
        end: number of the last unit of the stretch, whose output is x_L.
        gradient: norm of ∂E/∂x_l.
        at_end: norm of ∂E/∂x_L.
        direct: norm of the direct term: ∂E/∂x_L carried back by shortcuts, merges and what follows
            the sums, with every F and every gate held constant.
        through: norm of the rest, which came through some F.
        factor: what the direct term has kept of ∂E/∂x_L: its projection on it.
        expected: the product of the scales on the shortcuts from l to L, for gates of their means;
            it is the factor where nothing but the sum stands between two units.
    """

    unit: int
    end: int
    gradient: float
    at_end: float
    direct: float
    through: float
    factor: float
    expected: float

    def to_dict(self) -> dict[str, Any]:
        """Return the term as JSON data."""
        return dict(vars(self))


def measure_direct(
    net: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], *, statistics: str = "running"
) -> tuple[Direct, ...]:
    """Split the gradient at every unit into the direct term and the rest.

    ∂E/∂x_l = ∂E/∂x_L · (Πλ_i + ∂ΣF/∂x_l): the first term reaches every unit whatever the weights.
    It vanishes or explodes exponentially where the scales λ are not 1, and a ReLU after each sum
    takes a part of it.

    Args:
        net: a network in any mode; it is left as it was.
        batches: images (n, C, H, W) and labels (n,), on its device.
        statistics: what batch norm goes by, ``running`` or ``batch``.

    Returns:
        One for each unit whose shortcut is x itself, in order; nothing where there is none, as in
        plain networks and in those outside the grammar.

    Source: He et al. 2016 (Identity Mappings), Eq. 5 and Eq. 8.
    """
    units = [unit for unit in list_units(net) if isinstance(unit, Unit)]
    stretches = list(_find_stretches(units))
    if not stretches:
        return ()
    probe = _Probe(net, units, stretches)
    with observing(net, statistics), torch.enable_grad():
        for images, labels in batches:
            probe.run(images.detach().requires_grad_(), labels)
    return tuple(probe.describe(i, stretch) for stretch in stretches for i in stretch)


def _find_stretches(units: Sequence[Unit]) -> Iterator[list[int]]:
    bare = [unit.spec.shortcut == "identity" and not unit.spec.head_shared for unit in units]
    for is_bare, row in groupby(range(len(units)), key=bare.__getitem__):
        if is_bare:
            yield list(row)


class _Probe:
    """Sums over batches of what arrives at every unit, in all and by the shortcuts alone."""

    def __init__(
        self, net: nn.Module, units: Sequence[Unit], stretches: Sequence[Sequence[int]]
    ) -> None:
        self.net, self.units, self.stretches = net, units, stretches
        self.n = 0
        self.products = {i: torch.zeros(5) for stretch in stretches for i in stretch}
        self.open = dict.fromkeys(self.products, 0.0)

    def run(self, images: Tensor, labels: Tensor) -> None:
        """Add a batch: forward and back by every path, then with F and gates held constant."""
        self.n += len(images)
        with self._recording() as (starts, ends):
            loss = F.cross_entropy(self.net(images).float(), labels, reduction="sum")
        tensors = [*starts.values(), *ends.values()]
        arrived = iter(torch.autograd.grad(loss, tensors))
        at_start = dict(zip(starts, arrived, strict=False))
        at_end = dict(zip(ends, arrived, strict=True))
        with self._holding(), self._recording() as (starts, ends):
            self.net(images)
        for stretch in self.stretches:
            end = stretch[-1]
            inputs = [starts[i] for i in stretch]
            carried = torch.autograd.grad(ends[end], inputs, at_end[end])
            for i, direct in zip(stretch, carried, strict=True):
                self._add(i, at_start[i], at_end[end], direct)

    def _add(self, i: int, gradient: Tensor, end: Tensor, direct: Tensor) -> None:
        rest = gradient - direct
        pairs = ((gradient, gradient), (end, end), (direct, direct), (rest, rest), (direct, end))
        sums = [(a.flatten().float() * b.flatten().float()).sum() for a, b in pairs]
        self.products[i] = self.products[i] + torch.stack(sums).cpu().double()

    @contextmanager
    def _recording(self) -> Iterator[tuple[dict[int, Tensor], dict[int, Tensor]]]:
        """Record what enters every unit of a stretch and what leaves the last one."""
        starts: dict[int, Tensor] = {}
        ends: dict[int, Tensor] = {}

        with ExitStack() as stack:
            for stretch in self.stretches:
                for i in stretch:
                    hook = self.units[i].register_forward_pre_hook(partial(_keep, starts, i))
                    stack.callback(hook.remove)
                end = stretch[-1]
                hook = self.units[end].register_forward_hook(partial(_keep, ends, end))
                stack.callback(hook.remove)
            yield starts, ends

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Let nothing flow back through any F or gate of a stretch, and measure the gates."""

        with ExitStack() as stack:
            for i in self.products:
                unit = self.units[i]
                stack.callback(unit.transform.register_forward_hook(_hold).remove)
                if isinstance(unit.merge, Gated):
                    hook = unit.merge.conv.register_forward_hook(partial(self._hold_gate, i))
                    stack.callback(hook.remove)
            yield

    def _hold_gate(self, i: int, module: nn.Module, given: Any, logits: Tensor) -> Tensor:
        self.open[i] += (1 - logits.detach().sigmoid()).mean().item() * len(logits)
        return logits.detach()

    def describe(self, i: int, stretch: Sequence[int]) -> Direct:
        """Return what was found at a unit."""
        *squares, product = self.products[i].tolist()
        gradient, at_end, direct, through = (math.sqrt(square / self.n) for square in squares)
        return Direct(
            unit=i,
            end=stretch[-1],
            gradient=gradient,
            at_end=at_end,
            direct=direct,
            through=through,
            factor=product / squares[1] if squares[1] else 0.0,
            expected=math.prod(self._scale(j) for j in stretch if j >= i),
        )

    def _scale(self, i: int) -> float:
        merge = self.units[i].spec.merge
        return self.open[i] / self.n if isinstance(merge, Gate) else merge.shortcut


def _keep(
    store: dict[int, Tensor], key: int, module: nn.Module, given: Any, output: Tensor | None = None
) -> None:
    store[key] = given[0] if output is None else output


def _hold(module: nn.Module, given: Any, output: Tensor) -> Tensor:
    return output.detach()
