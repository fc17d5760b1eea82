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
