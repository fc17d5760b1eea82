"""One process for one run, by a lock of the kernel that dies with the process."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from resnets.errors import MachineError
from resnets.weights.storage import report_write_errors

LOCK = "lock"


@contextlib.contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Own a run folder; a lock left by a process that is gone, whatever its number, is no obstacle.

    Raises:
        MachineError: a living process owns it, or the folder cannot be written.
    """
    path = folder / LOCK
    with report_write_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        with report_write_errors(path):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _held(path) from None
            os.truncate(handle, 0)
            os.write(handle, json.dumps({"pid": os.getpid(), "host": _host()}).encode())
        try:
            yield
        finally:
            os.truncate(handle, 0)
    finally:
        os.close(handle)


def _held(path: Path) -> MachineError:
    try:
        owner = json.loads(path.read_bytes())
        what = f"process {owner['pid']} on {owner['host']}"
    except (OSError, ValueError, TypeError, KeyError):
        what = "another process"
    return MachineError(
        "E5004",
        "the run is in use",
        what=what,
        where={"file": path},
        why="it holds the run's lock",
        do="wait until it has ended, or stop it; the lock ends with the process",
    )


def _host() -> str:
    return socket.gethostname()
