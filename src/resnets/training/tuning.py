"""What ``--tune`` does: a few steps with each way to execute them, and the fastest is taken."""

from __future__ import annotations

import copy
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from resnets.data.threads import count_cores
from resnets.networks import Network
from resnets.spec import Recipe

from .execution import Execution, apply, choose, compile_forward, place
from .guard import Guard
from .seeding import keep_generators
from .state import start_state
from .step import take_step

WARM_STEPS, TIMED_STEPS = 3, 7


def tune(
    net: Network,
    recipe: Recipe,
    shape: tuple[int, int, int],
    device: torch.device,
    precision: str,
    *,
    recompute: bool = False,
) -> Execution:
    """Measure layouts, thread counts and compilation on a copy of the network; take the fastest.

    One choice after the other: layout, then threads, then compilation. Another must be faster by
    five per cent to replace the default, so that noise does not decide.

    Args:
        net: the network; it is not changed.
        recipe: gives the batch size and the optimizer.
        shape: (C, H, W) of an input.
        device: where training will run.
        precision, recompute: as in training; they are not part of the choice.
    """
    best = choose(device, recompute=recompute)
    images = torch.zeros(recipe.batch_size, *shape)
    # Any numbers will do but zeros, which would make a batch norm divide by nothing.
    images += torch.linspace(-1, 1, images.numel()).view_as(images)
    labels = torch.zeros(recipe.batch_size, dtype=torch.int64, device=device)
    measured: list[tuple[str, float]] = []

    def measure(execution: Execution) -> float:
        batch = images.to(device, memory_format=_layout(execution))
        ms = _time_step(net, recipe, execution, batch, labels, precision)
        measured.append((_describe(execution), round(ms, 3)))
        return ms

    fastest = measure(best)
    for change in _list_changes(best, device):
        candidate = change(best)
        try:
            ms = measure(candidate)
        except RuntimeError:  # torch has none for a compiler that fails
            continue
        if ms < 0.95 * fastest:
            best, fastest = candidate, ms
    return replace(best, measured=tuple(measured))


def _list_changes(
    default: Execution, device: torch.device
) -> Iterator[Callable[[Execution], Execution]]:
    yield lambda best: replace(best, channels_last=not best.channels_last)
    if device.type == "cpu":
        counts = {default.threads // 2, count_cores()} - {0, default.threads}
        for count in sorted(counts):
            yield partial(replace, threads=count)
    # torch generates C++ for a CPU, and Triton's own code for CUDA.
    if device.type == "cuda" or (device.type == "cpu" and shutil.which("c++")):
        yield partial(replace, compile=True)


def _time_step(
    net: Network,
    recipe: Recipe,
    execution: Execution,
    images: Tensor,
    labels: Tensor,
    precision: str,
) -> float:
    """Return the median time of a step, milliseconds."""
    with apply(execution), keep_generators(images.device):
        trial = place(copy.deepcopy(net), execution, images.device).train()
        state = start_state(trial, recipe)
        guard, forward = Guard(trial), compile_forward(trial, execution)
        times = []
        for _ in range(WARM_STEPS + TIMED_STEPS):
            started = time.perf_counter()
            # Rate zero: the weights stay as they are, and no trial can diverge.
            take_step(
                state,
                guard,
                forward,
                images,
                labels,
                rate=0.0,
                smoothing=recipe.label_smoothing,
                auxiliary=recipe.auxiliary,
                clip=recipe.clip,
                precision=precision,
                seed=0,
            )
            guard.confirm()
            times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times[WARM_STEPS:])


def _layout(execution: Execution) -> torch.memory_format:
    return torch.channels_last if execution.channels_last else torch.contiguous_format


def _describe(execution: Execution) -> str:
    layout = "channels_last" if execution.channels_last else "contiguous"
    compiled = ", compiled" if execution.compile else ""
    return f"{layout}, {execution.threads} threads{compiled}"
