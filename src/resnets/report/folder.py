"""Folders of tables and pictures: whole or absent."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from resnets.weights import sync_folder, write_file
from resnets.weights.storage import report_write_errors


def write_folder(path: str | Path, files: Mapping[str, bytes | str]) -> None:
    """Write a new folder of files; it appears with all of them, or not at all.

    Args:
        path: the folder, which is not there yet, or empty; its parents are made.
        files: contents by file name; text is written as UTF-8.

    Raises:
        MachineError: the disk or a permission refused, or the place has been taken meanwhile.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.partial")
    with report_write_errors(path):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            for name, content in files.items():
                write_file(part / name, content)
            os.rename(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        sync_folder(path.parent)
