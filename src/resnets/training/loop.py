"""The closed loop: steps and epochs; whatever else happens arrives as hooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from resnets.errors import MachineError
from resnets.spec import Plateau, Recipe

from .execution import Forward
from .guard import Guard
from .schedule import learning_rate
from .seeding import keep_generators
from .state import State
from .step import take_step


class Batches(Protocol):
    """Where the batches come from; a function of the epoch and the position in it."""

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass."""
        ...

    def training(self, epoch: int, first: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield images (n, C, H, W) and labels (n,) of an epoch from batch ``first`` on."""
        ...


@dataclass(frozen=True)
class EpochSummary:
    """What is known when an epoch ends, or the run in the middle of one.

    Args:
        step: steps taken so far.
        epoch: epochs finished so far; not whole if the run ends within one.
        index: number of the epoch that ended, from 0.
        loss: mean training loss, nats.
        top1_error: training error, per cent, measured while the weights changed.
        lr: rate of the last step.
        seconds: time of its steps.
        n: samples.
    """

    step: int
    epoch: float
    index: int
    loss: float
    top1_error: float
    lr: float
    seconds: float
    n: int


@dataclass(frozen=True)
class Hooks:
    """What the loop calls.

    Args:
        on_start: before the first step of this process.
        on_step: after every step, and after ``on_epoch`` where an epoch ended with it; may raise
            to stop.
        on_epoch: after every epoch; answers the error that a plateau schedule goes by, per cent,
            or None for the training error.
        on_end: after the last step of the run.
    """

    on_start: Callable[[State], None] = lambda state: None
    on_step: Callable[[State, Guard], None] = lambda state, guard: None
    on_epoch: Callable[[State, EpochSummary], float | None] = lambda state, summary: None
    on_end: Callable[[State], None] = lambda state: None


def fit(
    state: State,
    recipe: Recipe,
    batches: Batches,
    total: int,
    *,
    seed: int,
    precision: str = "fp32",
    forward: Forward | None = None,
    hooks: Hooks | None = None,
    rank: int = 0,
) -> None:
    """Train from the state's step to the last one.

    Args:
        state: where the run stands; it is changed in place.
        recipe: the schedule, and the smoothing of labels.
        batches: the data.
        total: steps of the whole run.
        seed, rank: with the step they decide dropout and masks; order is the batches' affair.
        precision: ``fp32`` or ``bf16``.
        forward: the compiled network; None for the network itself.
        hooks: evaluation, checkpoints, logs.

    Raises:
        DivergedError: a loss, gradient or parameter is not finite.
        MachineError: the memory is full.
    """
    hooks = hooks or Hooks()
    device = next(state.net.parameters()).device
    guard = Guard(state.net)
    per_epoch = batches.steps_per_epoch
    forward = state.net if forward is None else forward
    state.net.train()
    with keep_generators(device):
        hooks.on_start(state)
        while state.step < total:
            index, first = divmod(state.step, per_epoch)
            started = time.perf_counter()
            for images, labels in batches.training(index, first):
                scale = state.plateau.scale
                rate = learning_rate(recipe, state.step, per_epoch, total, scale)
                with explain_memory(len(labels), device):
                    take_step(
                        state,
                        guard,
                        forward,
                        images,
                        labels,
                        rate=rate,
                        smoothing=recipe.label_smoothing,
                        auxiliary=recipe.auxiliary,
                        clip=recipe.clip,
                        precision=precision,
                        seed=seed,
                        rank=rank,
                    )
                ended = state.step % per_epoch == 0 or state.step == total
                if ended:
                    guard.confirm()
                now = time.perf_counter()
                state.tally.seconds += now - started
                if ended:
                    _end_epoch(state, recipe, hooks, index, rate, per_epoch)
                hooks.on_step(state, guard)
                started = time.perf_counter()
                if ended:
                    break
        hooks.on_end(state)


def _end_epoch(
    state: State, recipe: Recipe, hooks: Hooks, index: int, rate: float, per_epoch: int
) -> None:
    finished, rest = divmod(state.step, per_epoch)
    tally = state.tally
    summary = EpochSummary(
        step=state.step,
        epoch=round(state.step / per_epoch, 4) if rest else finished,
        index=index,
        loss=tally.loss,
        top1_error=tally.top1_error,
        lr=rate,
        seconds=tally.seconds,
        n=tally.n,
    )
    tally.clear()
    measured = hooks.on_epoch(state, summary)
    state.net.train()
    if isinstance(recipe.schedule, Plateau):
        error = summary.top1_error if measured is None else measured
        state.plateau.update(recipe.schedule, error)


@contextmanager
def explain_memory(batch_size: int, device: torch.device) -> Iterator[None]:
    """Turn an exhausted memory into an error that names the batch size and the peak."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        exhausted = isinstance(error, (torch.OutOfMemoryError, MemoryError))
        if not exhausted and "can't allocate memory" not in str(error):
            raise
        raise MachineError(
            "E5001",
            "the memory is full",
            what=f"batch size {batch_size}",
            where={"device": device, "peak": f"{_peak_bytes(device) / 2**20:,.0f} MiB"},
            why=str(error).splitlines()[0] if str(error) else "no memory left",
            do="use a smaller batch:  --batch-size  (it is never changed for you)",
        ) from None


def _peak_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
