"""What a study was when it began, so that a declaration that changed since is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnets.errors import ConfigError, FileError
from resnets.spec import Run
from resnets.spec.run import non_default
from resnets.training.sealed import read_sealed, write_sealed

from .declaration import ScaleName
from .experiments import Experiment

MAX_SHOWN = 5


@dataclass(frozen=True)
class Start:
    """The first moment of a study at a scale in a folder.

    Args:
        study, scale: which one.
        device, precision: of all its runs, wherever it goes on.
        rows: each row's run with the first seed, as JSON data, with its key.
        command: what was typed.
    """

    study: str
    scale: ScaleName
    device: str
    precision: str
    rows: Mapping[str, Mapping[str, Any]]
    command: str = ""


def describe_rows(runs: Mapping[str, Run | Experiment]) -> dict[str, dict[str, Any]]:
    """Return what ``Start`` keeps of each row."""
    return {name: {"key": run.key(), "run": non_default(run)} for name, run in runs.items()}


def name_start(folder: Path, study: str, scale: str) -> Path:
    """Return the file of a study's start."""
    return folder / f"{study}-{scale}.json"


def read_start(path: Path) -> Start | None:
    """Read a study's start; None where it has not begun.

    Raises:
        FileError: the file is damaged or was changed.
    """
    if not path.exists():
        return None
    why = "its digest is not that of its content"
    try:
        content, intact = read_sealed(path)
    except FileError as error:
        if error.code != "E4008":
            raise
        intact, why = False, error.why
    if not intact:
        raise FileError(
            "E4750",
            "the study's file was changed",
            what=path,
            why=why,
            do="delete it: the study is declared anew, and no run is lost",
        )
    content.pop("format")
    return Start(**content)


def write_start(path: Path, start: Start) -> None:
    """Write a study's start.

    Raises:
        MachineError: the disk or a permission refused.
    """
    write_sealed(path, vars(start))


def list_changes(start: Start, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """List what differs between the rows of the start and those of now, a phrase each."""
    changes = [f"{name} is new" for name in rows if name not in start.rows]
    changes += [f"{name} is gone" for name in start.rows if name not in rows]
    for name in rows:
        if name in start.rows and rows[name]["key"] != start.rows[name]["key"]:
            before, now = start.rows[name]["run"], rows[name]["run"]
            changes.append(f"{name}: {', '.join(_compare(before, now)) or 'its key'}")
    return changes


def refuse_changes(path: Path, changes: list[str]) -> ConfigError:
    """Return the error for a study that is not what it was when its runs began."""
    shown = "; ".join(changes[:MAX_SHOWN])
    more = len(changes) - MAX_SHOWN
    return ConfigError(
        "E2754",
        "the study was changed after it began",
        what=path,
        why=shown + (f"; and {more} more" if more > 0 else ""),
        do=[
            "choose another folder with --output",
            "or go on with the changed study:  --update  (runs of rows that did not change count, "
            "all others stay where they are)",
        ],
    )


def _compare(before: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _compare(old, new, f"{path}{key}.")
        elif old != new:
            yield f"{path}{key} was {_show(old)}, is {_show(new)}"


def _show(value: Any) -> str:
    return "the default" if value is None else str(value)
