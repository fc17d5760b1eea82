"""Data parallelism: processes that train one network together, each on its part of every batch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from resnets.blocks.layered import Terms
from resnets.blocks.merge import Masked
from resnets.errors import ConfigError, MachineError

from .execution import Forward

VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
TIMEOUT = 600.0


@dataclass(frozen=True)
class Group:
    """The processes that train together.

    Args:
        rank: number of this one, from 0.
        world: how many they are.
        local_rank: number of this one on its machine, from 0.
    """

    rank: int = 0
    world: int = 1
    local_rank: int = 0


@contextmanager
def join_group(device: torch.device | str = "cpu", timeout: float = TIMEOUT) -> Iterator[Group]:
    """Join the processes that ``torchrun`` started, and leave them at the end.

    A process that was started without it is alone. Where another process is gone, or one does not
    answer, the error says so in place of the library's; the process with the cause prints its own.

    Args:
        device: of the networks: NCCL connects CUDA devices, Gloo all others.
        timeout: seconds after which a process that does not answer counts as gone.

    Raises:
        ConfigError: some of torchrun's variables are missing, or one is no number.
        MachineError: the processes cannot find each other, or one of them is gone.

    Example:
        >>> with join_group() as group:
        ...     group.world
        1
    """
    group = read_group()
    if group.world == 1:
        yield group
        return
    backend = "nccl" if torch.device(device).type == "cuda" else "gloo"
    limit = timedelta(seconds=timeout)
    try:
        distributed.init_process_group(
            backend, rank=group.rank, world_size=group.world, timeout=limit
        )
    except (RuntimeError, ValueError) as error:
        place = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        raise MachineError(
            "E5651",
            "the processes cannot find each other",
            what=place,
            where={"rank": group.rank, "processes": group.world},
            why=str(error).splitlines()[0],
            do="start all of them with torchrun, which finds a free port",
        ) from None
    try:
        yield group
    except RuntimeError as error:
        if not _is_lost(error):
            raise
        raise MachineError(
            "E5650",
            "another process of this training is gone",
            where={"rank": group.rank, "processes": group.world},
            why=str(error).splitlines()[0],
            do="see the message of the process that ended first, then go on from the checkpoint",
        ) from None
    finally:
        distributed.destroy_process_group()


def read_group() -> Group:
    """Read rank and number of processes from torchrun's variables.

    Raises:
        ConfigError: only some of them are set, or one is no number in range.
    """
    given = {name: os.environ.get(name) for name in VARIABLES}
    if given["RANK"] is None and given["WORLD_SIZE"] is None:
        return Group()
    numbers = [given[name] or "" for name in VARIABLES[:3]]
    missing = [name for name, value in given.items() if value is None]
    if missing or not all(number.isdecimal() for number in numbers):
        raise _refuse(given, f"{', '.join(missing) or 'a number'} is missing")
    rank, world, local = map(int, numbers)
    if not (rank < world and local <= rank):
        raise _refuse(given, "RANK is a number from 0 to WORLD_SIZE - 1")
    return Group(rank, world, local)


def refuse_group(verb: str) -> None:
    """Refuse to be one of several processes.

    Args:
        verb: what was asked for.

    Raises:
        ConfigError: torchrun started this process beside others.
    """
    group = read_group()
    if group.world > 1:
        raise ConfigError(
            "E2863",
            "this command is one process",
            what=f"{verb}, started {group.world} times by torchrun",
            where={"rank": group.rank},
            why="a run folder has one owner",
            do="start it without torchrun; docs/parallel.md shows how processes train together",
        )


def replicate(net: nn.Module) -> Forward:
    """Return the forward pass of a network whose gradients are averaged over all processes.

    Every process has the whole network, or one whose units are spread over devices of its own; the
    second is hybrid parallelism. Weights and buffers are those of rank 0 from the start on. Batch
    norm normalises each process's part by itself, and the running statistics are rank 0's; without
    batch norm a step is that of one process with the whole batch.

    Args:
        net: on its device or devices; what is trained, saved and evaluated afterwards.

    Source: Abdi & Nahavandi 2016, Section III-C: data parallelism as the baseline, and across
    boards with model parallelism inside each.
    """
    if not distributed.is_initialized():
        return net
    return DistributedDataParallel(net, find_unused_parameters=_may_skip(net))


def _may_skip(net: nn.Module) -> bool:
    """Say whether a mask may leave out functions, whose weights then have no gradient."""
    return any(
        (isinstance(module, Masked) and module.keep.per == "batch")
        or (isinstance(module, Terms) and module.keep < 1.0)
        for module in net.modules()
    )


def _is_lost(error: RuntimeError) -> bool:
    if isinstance(error, distributed.DistError):
        return True
    words = ("closed by peer", "Connection reset", "Broken pipe", "Timed out waiting", "gloo")
    return any(word in str(error) for word in words)


def _refuse(given: dict[str, str | None], why: str) -> ConfigError:
    return ConfigError(
        "E2862",
        "the processes of the training are not numbered",
        what=", ".join(f"{name}={value}" for name, value in given.items() if value is not None),
        where={"variables": ", ".join(VARIABLES)},
        why=why,
        do="start with torchrun, which sets all of them, or unset RANK and WORLD_SIZE",
    )
