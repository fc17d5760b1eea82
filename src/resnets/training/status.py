"""The state of a run in one small file, replaced as a whole; rebuilt where it is damaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from resnets.errors import FileError

from .sealed import read_sealed, write_sealed

STATUS = "status.json"
Stage = Literal["running", "interrupted", "failed", "diverged", "finished"]


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Args:
        state: ``running`` also stands for a process that was killed and could not say so.
        step: of the newest checkpoint.
        exit: exit code; None while running.
        error: what stopped the run, as ``--json`` prints it.
        exact: whether every part of the run was computed in the environment it began in.
        journal: size and sha256 of the append-only files when this was written.
        outputs: sha256 of every file of a finished run, by its path in the folder.
    """

    state: Stage
    step: int
    exit: int | None = None
    error: Mapping[str, Any] | None = None
    exact: bool = True
    journal: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


def write_status(folder: Path, status: Status) -> None:
    """Replace ``status.json``.

    Raises:
        MachineError: the disk or a permission refused.
    """
    write_sealed(folder / STATUS, vars(status))


def read_status(folder: Path) -> Status | None:
    """Read ``status.json``; None if it is missing or not what was written.

    Raises:
        FileError: it is a symbolic link, or of a newer format.
    """
    path = folder / STATUS
    if not path.is_symlink() and not path.exists():
        return None
    try:
        content, intact = read_sealed(path)
    except FileError as error:
        if error.code != "E4008":
            raise
        return None
    content.pop("format")
    return Status(**content) if intact else None
