"""Which files a data folder holds, whatever else lies in it."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from resnets.errors import DataError

from .files import unreadable
from .findings import Finding
from .formats import SUFFIXES

_JUNK = frozenset({"thumbs.db", "desktop.ini", "__macosx", "icon\r"})
# Pictures in formats that are not taken: refused by the decoder, never passed over in silence.
_FOREIGN = frozenset(
    {".avif", ".heic", ".heif", ".j2k", ".jp2", ".jxl", ".pbm", ".pgm", ".pnm", ".ppm", ".tga"}
)


@dataclass(frozen=True)
class File:
    """A file of a data folder.

    Args:
        name: path below the folder, with ``/``.
        size: bytes.
        changed: time of the last change, nanoseconds.
    """

    name: str
    size: int
    changed: int


@dataclass
class Listing:
    """What a walk through a data folder found.

    Args:
        root: the folder.
        files: those that are named as images, sorted by name.
        folders: every folder below the root, sorted.
        ignored: what was passed over, counted by rule.
        findings: links that point nowhere.
    """

    root: Path
    files: list[File] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def check_root(root: Path, field_name: str) -> None:
    """Refuse a data folder that is not there, or is none.

    Raises:
        DataError: names the path and the field.
    """
    where = {"field": field_name}
    if not root.exists():
        raise DataError("E3001", "no such data folder", what=root, where=where, do="check the path")
    if not root.is_dir():
        raise DataError(
            "E3002",
            "not a folder",
            what=root,
            where=where,
            do="name the folder that holds the classes",
        )


def list_folder(root: Path) -> Listing:
    """Walk through a data folder.

    Hidden files and what desktops leave behind are ignored; so is what does not bear the suffix
    of an image, and what is no regular file, which is never opened. Every folder is visited once:
    a link is followed only to a folder that is neither in the data folder nor above it.

    Raises:
        MachineError: a folder may not be read.
    """
    found = Listing(root)
    seen = {_identify(root)}
    waiting, links = [""], list[str]()
    while waiting or links:
        # Links last, so that a folder keeps its own name where it has one.
        if waiting:
            folder = waiting.pop()
        else:
            folder = links.pop(0)
            if _is_above(root / folder, root) or not _is_new(root / folder, seen):
                found.ignored["link to a folder that is there already"] += 1
                continue
            found.folders.append(folder)
        try:
            with os.scandir(root / folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise unreadable(root / folder, error) from None
        for entry in listed:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith(".") or entry.name.lower() in _JUNK:
                found.ignored["hidden"] += 1
                continue
            try:
                about = entry.stat()
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR):
                    raise unreadable(entry.path, error) from None
                found.findings.append(Finding("dangling link", (name,), "its target is gone"))
                continue
            if stat.S_ISDIR(about.st_mode):
                if entry.is_symlink():
                    links.append(name)
                elif _is_new(root / name, seen):
                    found.folders.append(name)
                    waiting.append(name)
            elif not stat.S_ISREG(about.st_mode):
                found.ignored["not a regular file"] += 1
            elif _is_image(entry.name):
                found.files.append(File(name, about.st_size, about.st_mtime_ns))
            else:
                suffix = os.path.splitext(entry.name)[1].lower()
                found.ignored[f"suffix {suffix}" if suffix else "no suffix"] += 1
    found.files.sort(key=lambda file: file.name)
    found.folders.sort()
    return found


def _is_image(name: str) -> bool:
    suffix = os.path.splitext(name)[1].lower()
    return suffix in SUFFIXES or suffix in _FOREIGN


def _identify(path: Path) -> tuple[int, int]:
    about = os.stat(path)
    return about.st_dev, about.st_ino


def _is_above(path: Path, root: Path) -> bool:
    return os.path.realpath(root).startswith(os.path.join(os.path.realpath(path), ""))


def _is_new(path: Path, seen: set[tuple[int, int]]) -> bool:
    identity = _identify(path)
    if identity in seen:
        return False
    seen.add(identity)
    return True
