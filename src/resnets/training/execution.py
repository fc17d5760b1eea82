"""What decides how fast a run is, and not what it computes; frozen in ``run.json``."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any, Union

import torch
from torch import Tensor, nn

from resnets.errors import FileError
from resnets.networks import Network, Outputs

from .allocator import keep_freed_memory

Forward = Callable[[Tensor], Union[Tensor, Outputs]]  # noqa: UP007
"""A network, or its compiled form."""


@dataclass(frozen=True)
class Execution:
    """Layout, threads, memory and compilation; precision is never chosen here.

    Another choice gives the same training but for rounding, so a run keeps the one it began with.

    Args:
        channels_last: store feature maps as NHWC.
        threads: of the CPU, for one operation.
        keep_memory: let glibc keep freed memory.
        flush_denormal: let the CPU take numbers below 1e-38 for zero.
        compile: run ``torch.compile`` on the network.
        recompute: keep few feature maps for the backward pass and compute the others again: less
            memory, about a third more work.
        measured: milliseconds a step of what ``--tune`` tried; empty for the fixed defaults.
    """

    channels_last: bool = True
    threads: int = 1
    keep_memory: bool = True
    flush_denormal: bool = True
    compile: bool = False
    recompute: bool = False
    measured: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the choice as JSON data."""
        return {**asdict(self), "measured": [list(pair) for pair in self.measured]}


SMALL_STEP = 2e9
"""Multiply-adds of a step below which a second thread waits more than it works.

Steps of small pictures are thousands of short operations, and at each one a thread must wait for
the other; on a machine that has anything else to do that costs up to fifty times the step.
"""


def choose(device: torch.device, work: float = math.inf, *, recompute: bool = False) -> Execution:
    """Return the defaults for a device; nothing is measured, so equal commands stay equal.

    Threads are as many as torch has now, the cores, but one for small steps; ``OMP_NUM_THREADS``
    is obeyed in either case.

    Args:
        device: where the network is trained.
        work: multiply-adds of the forward pass over one batch.
        recompute: as wanted by whoever runs short of memory.
    """
    on_cpu = device.type == "cpu"
    small = on_cpu and work < SMALL_STEP and "OMP_NUM_THREADS" not in os.environ
    return Execution(
        channels_last=device.type != "mps",
        threads=1 if small else torch.get_num_threads(),
        keep_memory=on_cpu,
        flush_denormal=on_cpu,
        recompute=recompute,
    )


def read_execution(content: Mapping[str, Any], name: object) -> Execution:
    """Return the choice that a run froze; a field that came later has its default.

    Raises:
        FileError: a field is unknown or of the wrong type.
    """
    wanted = {field.name for field in fields(Execution)}
    content = {**Execution().to_dict(), **content}
    flags = wanted - {"threads", "measured"}
    threads = content.get("threads")
    if (
        set(content) != wanted
        or not all(isinstance(content[flag], bool) for flag in flags)
        or type(threads) is not int
        or not 1 <= threads <= 4096
    ):
        raise FileError(
            "E4008",
            "a file of the run cannot be used",
            what=name,
            where={"field": "execution"},
            why=f"it needs {', '.join(sorted(wanted))}",
            do="restore the file from a copy; the checkpoints are not touched",
        )
    measured = tuple((str(label), float(ms)) for label, ms in content["measured"])
    return Execution(**{**content, "measured": measured})


@contextmanager
def apply(execution: Execution) -> Iterator[None]:
    """Set threads, allocator and denormals; threads and denormals are given back at the end.

    Enter it before the first large operation: threads of the pool that already run keep their
    treatment of denormals.
    """
    threads = torch.get_num_threads()
    if execution.keep_memory:
        keep_freed_memory()
    torch.set_flush_denormal(execution.flush_denormal)
    torch.set_num_threads(execution.threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(False)


def place(net: Network, execution: Execution, device: torch.device) -> Network:
    """Move a network to its device and memory layout, and let it spare memory."""
    net.set_grad_checkpointing(execution.recompute)
    layout = torch.channels_last if execution.channels_last else torch.contiguous_format
    return net.to(device).to(memory_format=layout)


def compile_forward(net: nn.Module, execution: Execution) -> Forward:
    """Return the network, or its compiled form where that was chosen."""
    return torch.compile(net) if execution.compile else net
