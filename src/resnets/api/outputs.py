"""Where a command may write: nothing that is there is ever replaced."""

from __future__ import annotations

from pathlib import Path

from resnets.errors import ConfigError


def check_free(path: str | Path) -> Path:
    """Return the path of an output if nothing is there, or an empty folder.

    Raises:
        ConfigError: something is there; it was not touched.
    """
    path = Path(path)
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        why = "" if not path.is_dir() else f"it holds {sorted(path.iterdir())[0].name}"
        raise ConfigError(
            "E2606",
            "the output is there already",
            what=path,
            where={"option": "--output"},
            why=why,
            do="choose another place, or remove what is there",
        )
    return path


def check_place(path: str | Path) -> None:
    """Refuse a place for a folder where a file stands, before anything is computed for it.

    Raises:
        ConfigError: a file stands there, or where one of its parents should be.
    """
    path = Path(path).absolute()
    found = next(p for p in (path, *path.parents) if p.exists() or p.is_symlink())
    if not found.is_dir():
        raise ConfigError(
            "E2651",
            "the output cannot be a folder",
            what=path,
            where={"option": "--output"},
            why=f"{found} is a file",
            do="choose another folder with --output",
        )
