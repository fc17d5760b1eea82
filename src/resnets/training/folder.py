"""The run folder: created once, by one process, and opened again only if it is still that run."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import Run, decode, to_json
from resnets.weights import read_file, sync_folder, write_file
from resnets.weights.storage import report_write_errors

from .execution import Execution, read_execution
from .lock import LOCK, hold_lock
from .sealed import parse_table, read_sealed, refuse_file, write_sealed

RUN, CONFIG, CHECKPOINTS, BEST = "run.json", "config.json", "checkpoints", "best.json"


@dataclass(frozen=True)
class RunFolder:
    """A run folder that this process owns.

    Args:
        path: the folder.
        run: what was asked for.
        facts: content of ``run.json``.
        execution: how it is executed.
        intact: whether ``run.json`` is the one that was written.
    """

    path: Path
    run: Run
    facts: Mapping[str, Any]
    execution: Execution
    intact: bool = True

    @property
    def id(self) -> str:
        """The run's own number, which its checkpoints carry."""
        return str(self.facts["run_id"])

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / CHECKPOINTS


def check_output(path: Path) -> None:
    """Refuse an output folder that holds anything.

    Raises:
        ConfigError: it does; nothing in it was touched.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise _occupied(path, "it is no folder", "choose another with --output")
    if not path.is_dir() or not _foreign_entries(path):
        return
    if not (path / RUN).exists():
        why = f"it holds {_foreign_entries(path)[0]}"
        raise _occupied(path, why, "choose another with --output, or empty it")
    raise _occupied(
        path,
        "a run lives there",
        f"go on with that run:  resnets train --resume {path}",
        "or choose another folder with --output",
    )


def _foreign_entries(path: Path) -> list[str]:
    """List what is in a folder, but for what a start leaves that was killed in its first moment."""
    begun = {LOCK, CONFIG, f".{CONFIG}.partial", f".{RUN}.partial"}
    names = sorted(entry.name for entry in path.iterdir())
    if RUN not in names and LOCK in names and set(names) <= begun:
        return []
    return names


def _occupied(path: Path, why: str, *do: str) -> ConfigError:
    return ConfigError("E2402", "the output folder is in use", what=path, why=why, do=do)


@contextlib.contextmanager
def create_folder(
    path: Path, run: Run, execution: Execution, facts: Mapping[str, Any]
) -> Iterator[RunFolder]:
    """Create a run folder and own it; of two starts with one name exactly one gets it.

    ``run.json`` is written last and never again, so a folder without it is no run yet.

    Args:
        path: the folder; it may exist, empty.
        run: goes to ``config.json``.
        execution: frozen in ``run.json``.
        facts: further content of ``run.json``.

    Raises:
        ConfigError: the folder is in use; it was not touched.
        MachineError: the disk or a permission refused.
    """
    check_output(path)
    with report_write_errors(path):
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)
    config = to_json(run)
    content = {
        "run_id": secrets.token_hex(8),
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "config_digest": hashlib.sha256(config.encode()).hexdigest(),
        "threads": execution.threads,
        "execution": execution.to_dict(),
        **facts,
    }
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(path))
        except MachineError as error:
            if error.code != "E5004":
                raise
            why = f"{error.what} is starting a run there"
            raise _occupied(path, why, "choose another with --output") from None
        check_output(path)
        write_file(path / CONFIG, config)
        write_sealed(path / RUN, content)
        yield RunFolder(path, run, content, execution)


@contextlib.contextmanager
def open_folder(path: Path) -> Iterator[RunFolder]:
    """Own the folder of a run that was started before.

    Raises:
        FileError: it is no run, or its configuration was changed after the start.
        MachineError: another process owns it, or it cannot be written.
    """
    check_run(path)
    with hold_lock(path):
        yield read_folder(path)


def check_run(path: Path) -> None:
    """Refuse a folder that holds no run.

    Raises:
        FileError: there is no ``run.json``.
    """
    if not (path / RUN).is_file():
        why = "it holds no run.json" if path.is_dir() else "there is no such folder"
        raise FileError(
            "E4007",
            "not a run folder",
            what=path,
            why=why,
            do="give a folder that resnets train has written",
        )


def read_folder(path: Path) -> RunFolder:
    """Read what a run was asked for, and check that it was not changed.

    Raises:
        FileError: a file is damaged, or the configuration is not the one of the start.
    """
    facts, intact = read_sealed(path / RUN)
    raw = read_file(path / CONFIG)
    found = hashlib.sha256(raw).hexdigest()
    if found != facts.get("config_digest"):
        raise FileError(
            "E4009",
            "the configuration was changed after the start",
            what=path / CONFIG,
            why=f"sha256 mismatch: it has {found[:16]}…, run.json says"
            f" {facts.get('config_digest')!s:.16}…",
            do="restore config.json; for another configuration start another run",
        )
    for key, kind in (("run_id", str), ("fingerprint", str), ("execution", dict)):
        if not isinstance(facts.get(key), kind):
            raise refuse_file(path / RUN, f"{key} is {facts.get(key)!r:.80}")
    try:
        run = decode(Run, parse_table(raw, path / CONFIG))
    except ConfigError as error:
        raise refuse_file(path / CONFIG, f"{error.title}: {error.what}") from None
    execution = read_execution(facts["execution"], path / RUN)
    return RunFolder(path, run, facts, execution, intact)
