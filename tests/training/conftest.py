"""A network that trains in milliseconds, batches by number, and a disk that fails when told."""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from resnets.networks import build
from resnets.spec import Recipe, Spec
from resnets.training import State, start_state

SPEC = Spec(depths=(1, 1), widths=(4, 8), stem_width=4, in_chans=1, num_classes=3, dropout=0.2)


class Numbers:
    """Batches of random pictures, five an epoch."""

    steps_per_epoch = 5

    def training(self, epoch: int, first: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        for position in range(first, self.steps_per_epoch):
            generator = torch.Generator().manual_seed(100 * epoch + position)
            images = torch.randn(8, 1, 8, 8, generator=generator)
            labels = torch.randint(0, 3, (8,), generator=generator)
            yield images.contiguous(memory_format=torch.channels_last), labels


def start(recipe: Recipe) -> State:
    net: nn.Module = build(SPEC, seed=3)
    return start_state(net.to(memory_format=torch.channels_last), recipe)


@pytest.fixture
def numbers() -> Numbers:
    return Numbers()


@pytest.fixture
def begin():
    """Return a function from a recipe to the state before the first step."""
    return start


@pytest.fixture
def files() -> dict[str, bytes]:
    """Contents of a checkpoint's files, as far as the store cares."""
    return {
        "model.safetensors": b"weights" * 100,
        "optimizer.safetensors": b"momenta" * 100,
        "state.json": b'{"step": 10}\n',
    }


OPERATIONS = ("replace", "rename", "mkdir", "unlink", "rmdir", "open", "truncate")


class Killed(BaseException):
    """What SIGKILL is to a process: nothing after it runs, no cleaning up either."""


class FaultyDisk:
    """Counts the operations that change a disk, and lets one of them fail.

    Args:
        fail_at: number of the operation that fails, from 0; None for none.
        error: an errno for a disk that refuses; None for a process that dies there.
    """

    def __init__(self, fail_at: int | None = None, error: int | None = None) -> None:
        self.fail_at, self.error = fail_at, error
        self.log: list[str] = []
        self.dead = False
        self._unsynced: set[int] = set()

    def meet(self, name: str) -> None:
        """Count an operation; raise if it is the one that fails, or if the process is dead."""
        if self.dead:
            raise Killed
        self.log.append(name)
        if len(self.log) - 1 == self.fail_at:
            if self.error is None:
                self.dead = True
                raise Killed
            raise OSError(self.error, os.strerror(self.error))

    @contextmanager
    def attached(self, monkeypatch):
        """Put this disk under everything that Python writes."""
        with monkeypatch.context() as patch:
            for name in OPERATIONS:
                patch.setattr(os, name, self._wrap(name, getattr(os, name)))
            patch.setattr(os, "fsync", self._fsync)
            patch.setattr(builtins, "open", self._wrap_open(builtins.open))
            yield self

    def _wrap(self, name, function):
        def wrapped(*args, **kwargs):
            self.meet(name)
            return function(*args, **kwargs)

        return wrapped

    def _fsync(self, handle: int) -> None:
        """Only remember it: the real one would take most of a test's time."""
        self.meet("fsync")
        self._unsynced.discard(os.fstat(handle).st_ino)

    def lose_unsynced(self, folder: Path) -> None:
        """Do what a power cut does: names are there, but what was not flushed is empty."""
        for path in folder.rglob("*"):
            if path.is_file() and path.stat().st_ino in self._unsynced:
                path.write_bytes(b"")

    def _wrap_open(self, function):
        disk = self

        def wrapped(file, mode="r", *args, **kwargs):
            opened = function(file, mode, *args, **kwargs)
            if mode not in ("wb", "ab"):
                return opened
            disk._unsynced.add(os.fstat(opened.fileno()).st_ino)
            return TornFile(opened, disk)

        return wrapped


class TornFile:
    """A file of which a failing write takes the first half."""

    def __init__(self, file, disk: FaultyDisk) -> None:
        self._file, self._disk = file, disk

    def write(self, content: bytes) -> int:
        try:
            self._disk.meet("write")
        except BaseException:
            self._file.write(content[: len(content) // 2])
            self._file.flush()
            raise
        return self._file.write(content)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self._file.close()


@pytest.fixture
def faults() -> SimpleNamespace:
    """Return the faulty disk and the death of a process."""
    return SimpleNamespace(Disk=FaultyDisk, Killed=Killed)
