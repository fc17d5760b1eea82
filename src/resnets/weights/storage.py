"""Files that are whole or absent: written beside, flushed to the disk, then renamed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from resnets.errors import FileError, MachineError


def write_file(path: str | Path, content: bytes | str) -> None:
    """Write a file so that a crash at any instant leaves the old one or the new one.

    Args:
        path: where; a file there is replaced. Text is written as UTF-8.
        content: the whole content.

    Raises:
        MachineError: the disk or a permission refused; no part of the new file is left.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.partial")
    with report_write_errors(path):
        try:
            with open(part, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


@contextlib.contextmanager
def fill_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that takes its place when all of it is there, or leaves nothing.

    Args:
        path: the place; an empty folder there gives way, and parents are made.

    Raises:
        MachineError: the disk or a permission refused, or the place has been taken meanwhile.
    """
    part = path.with_name(f".{path.name}.partial")
    with report_write_errors(path):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            yield part
            os.rename(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        sync_folder(path.parent)


@contextlib.contextmanager
def take_turns(folder: Path) -> Iterator[None]:
    """Wait until no other process writes to a folder, for files that several may write.

    Raises:
        MachineError: the folder is not there.
    """
    with report_write_errors(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # ends with the process, whatever happens to it
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; a system without that needs nothing."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(path: str | Path, *, follow_links: bool = False) -> bytes:
    """Read a whole regular file; no symbolic link, folder, pipe or device is opened.

    Args:
        path: the file.
        follow_links: open the file behind a link, in a store that names files by their content.

    Raises:
        FileError: there is no such file, or it is of another kind.
        MachineError: the disk or a permission refused.
    """
    path = Path(path)
    if path.is_symlink() and not follow_links:
        raise FileError(
            "E4502",
            "a symbolic link is not followed",
            what=path,
            why="the file behind it can change without the folder",
            do="copy the file itself to this place",
        )
    if not path.is_file():
        why = "not a regular file" if path.exists() else "no such file"
        raise FileError("E4501", "file cannot be opened", what=path, why=why, do="check the path")
    try:
        return path.read_bytes()
    except OSError as error:
        raise MachineError(
            "E5502", "file cannot be read", what=path, why=error.strerror or error
        ) from None


def describe_content(content: bytes) -> dict[str, Any]:
    """Return sha256 and size of a file's content, as manifests and marks keep them."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


@contextlib.contextmanager
def report_write_errors(path: Path) -> Iterator[None]:
    """Turn the system's error while writing a file or folder into the project's."""
    try:
        yield
    except OSError as error:
        raise MachineError(
            "E5501",
            "file cannot be written",
            what=path,
            why=error.strerror or error,
            do="check free space and permissions, then run the command again",
        ) from None
