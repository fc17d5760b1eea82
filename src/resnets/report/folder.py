"""Folders of tables and pictures: whole or absent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from resnets.weights import fill_folder, write_file


def write_folder(path: str | Path, files: Mapping[str, bytes | str]) -> None:
    """Write a new folder of files; it appears with all of them, or not at all.

    Args:
        path: the folder, which is not there yet, or empty; its parents are made.
        files: contents by file name; text is written as UTF-8.

    Raises:
        MachineError: the disk or a permission refused, or the place has been taken meanwhile.
    """
    with fill_folder(Path(path)) as part:
        for name, content in files.items():
            write_file(part / name, content)
