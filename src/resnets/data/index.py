"""The index of a data folder: what every image file is, known before anything is trained on it.

Up to 100,000 files are read whole, decoded and hashed; beyond that only headers are read. Records
are kept in the user's cache and used again while path, size and time of change are the same.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .cache import load_json, make_name, save_json
from .files import read_bytes
from .formats import ImageFault, detect_format, measure
from .images import check_size, decode
from .listing import File
from .threads import map_in_threads

MAX_DECODED = 100_000
HEADER_BYTES = 65_536


@dataclass(frozen=True)
class Record:
    """What is known about one encoded picture.

    Args:
        sha256: of the whole file; empty if only its header was read.
        width, height: pixels, upright; 0 if the picture was refused.
        notes: rules that decoding it to RGB applies.
        fault: code, title, what, why and what to do, if it was refused.
    """

    sha256: str = ""
    width: int = 0
    height: int = 0
    notes: tuple[str, ...] = ()
    fault: tuple[str, str, str, str, str] | None = None

    @property
    def reason(self) -> ImageFault | None:
        """The fault as an exception, if the picture was refused."""
        return ImageFault(*self.fault) if self.fault else None

    def to_list(self) -> list[Any]:
        """Return the record as JSON data."""
        return [self.sha256, self.width, self.height, self.notes, self.fault]

    @classmethod
    def from_list(cls, row: Any) -> Record:
        """Rebuild a record; ValueError or TypeError if the data is none."""
        sha256, width, height, notes, fault = row
        return cls(sha256, width, height, tuple(notes), tuple(fault) if fault else None)


@dataclass(frozen=True)
class Index:
    """The records of a folder's files.

    Args:
        records: one for each file name.
        made: when, ISO 8601 in UTC.
        whole: whether files were read whole, or only their headers.
        changed: files whose contents differ from an earlier index.
    """

    records: Mapping[str, Record]
    made: str
    whole: bool
    changed: tuple[str, ...] = ()


def inspect(data: bytes, suffix: str = "") -> Record:
    """Decode a picture to see whether and how it can be."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        pixels, notes = decode(data, suffix=suffix)
    except ImageFault as fault:
        return Record(digest, fault=_keep(fault))
    return Record(digest, pixels.shape[1], pixels.shape[0], notes)


def _keep(fault: ImageFault) -> tuple[str, str, str, str, str]:
    return fault.code, fault.title, fault.what, fault.why, fault.do


def inspect_header(data: bytes, rest: Callable[[], bytes]) -> Record:
    """Look at a picture's header only.

    Args:
        data: the beginning of the file.
        rest: reads the whole of it, for a header that a large profile stands before.
    """
    try:
        kind = detect_format(data)
        try:
            extent = measure(data, kind)
        except ImageFault:
            extent = measure(rest(), kind)
        if extent is not None:
            check_size(extent)
    except ImageFault as fault:
        return Record(fault=_keep(fault))
    return Record("", *(extent or (0, 0)))


def _inspect_file(path: str) -> Record:
    try:
        with open(path, "rb") as file:
            data = file.read(HEADER_BYTES)
    except OSError:
        data = read_bytes(path)  # says what is the matter
    return inspect_header(data, lambda: read_bytes(path))


def build_index(root: Path, files: Sequence[File], *, trust: bool = True) -> Index:
    """Inspect every file of a folder, using what is known from before.

    Args:
        root: the data folder; nothing is written in it.
        files: the files to inspect.
        trust: take over records of files whose size and time of change are the same. Without it
            every file is read again, compared with the last index, and nothing is stored.

    Raises:
        DataError: a file vanished meanwhile.
        MachineError: a file may not be read.
    """
    whole = len(files) <= MAX_DECODED
    name = make_name("index", os.path.realpath(root), whole)
    stored = _load(name)
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    known = stored if trust else {}
    new = [file for file in files if known.get(file.name, (0, 0))[:2] != (file.size, file.changed)]

    def look(file: File) -> Record:
        path = os.path.join(root, file.name)
        if not whole:
            return _inspect_file(path)
        return inspect(read_bytes(path), os.path.splitext(file.name)[1])

    fresh = dict(zip((file.name for file in new), map_in_threads(look, new), strict=True))
    records = {f.name: fresh[f.name] if f.name in fresh else known[f.name][2] for f in files}
    if trust and (new or len(stored) != len(files)):
        _save(name, files, records)
    changed = [
        file.name
        for file in files
        if file.name in stored and stored[file.name][2].sha256 != records[file.name].sha256
    ]
    return Index(records, now, whole, tuple(changed))


def _load(name: str) -> dict[str, tuple[int, int, Record]]:
    content = load_json(name)
    try:
        return {key: (*row[:2], Record.from_list(row[2:])) for key, row in content.items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def _save(name: str, files: Iterable[File], records: Mapping[str, Record]) -> None:
    rows = {f.name: [f.size, f.changed, *records[f.name].to_list()] for f in files}
    save_json(name, rows)


def compute_fingerprint(samples: Iterable[tuple[str, str, int, str, str]]) -> str:
    """Hash what a data set holds, sample by sample.

    Args:
        samples: split, name, size, sha256 of the contents and class name of each, in a fixed order.
    """
    digest = hashlib.sha256()
    for split, name, size, contents, label in samples:
        line = "\0".join((split, name, str(size), contents, label)) + "\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def count_notes(records: Iterable[Record]) -> Counter[str]:
    """Count by name the rules that decoding applies."""
    return Counter(note for record in records for note in record.notes)
