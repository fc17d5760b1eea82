"""Small JSON files that carry the digest of their own content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resnets.errors import ConfigError, FileError
from resnets.spec import to_json
from resnets.spec.codec import parse_json
from resnets.weights import read_file, write_file

FORMAT = 1


def write_sealed(path: Path, content: Mapping[str, Any]) -> None:
    """Write a table as JSON, with its format and the digest of everything else in it."""
    content = {"format": FORMAT, **content}
    write_file(path, to_json({**content, "digest": digest(content)}))


def read_sealed(path: Path) -> tuple[dict[str, Any], bool]:
    """Read a table that was written with its digest.

    Returns:
        The table, and whether it is the one that was written.

    Raises:
        FileError: the file is missing, no table, or of a newer format.
    """
    content = read_table(path)
    sealed = content.pop("digest", None)
    return content, sealed == digest(content)


def read_table(path: Path) -> dict[str, Any]:
    """Read a JSON table, strictly.

    Raises:
        FileError: the file is missing, not strict JSON, no table, or of a newer format.
    """
    content = parse_table(read_file(path), path)
    check_format(content, path)
    return content


def parse_table(raw: bytes, path: object) -> dict[str, Any]:
    """Parse a JSON table, strictly.

    Raises:
        FileError: it is not strict JSON or no table.
    """
    try:
        content = parse_json(raw.decode("utf-8"), str(path))
    except ConfigError as error:
        raise refuse_file(path, f"{error.title}: {error.what}") from None
    except UnicodeDecodeError:
        raise refuse_file(path, "it is not UTF-8") from None
    if not isinstance(content, dict):
        raise refuse_file(path, "it is not a table of fields")
    return content


def check_format(content: Mapping[str, Any], path: object) -> None:
    """Refuse what a newer version wrote.

    Raises:
        FileError: the format is newer, or no version number.
    """
    number = content.get("format")
    if type(number) is not int or number < 1:
        raise refuse_file(path, f"its format is {number!r:.40}, no version number")
    if number > FORMAT:
        raise FileError(
            "E4004",
            "made by a newer version",
            what=path,
            why=f"made by format version {number}, this program reads up to {FORMAT}",
            do="upgrade resnets",
        )


def digest(content: Mapping[str, Any]) -> str:
    """Return the sha256 of a table, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_file(path: object, why: object, line: int = 0) -> FileError:
    """Return the error for a file of a run that cannot be used."""
    return FileError(
        "E4008",
        "a file of the run cannot be used",
        what=path,
        where={"line": line} if line else {},
        why=why,
        do="restore the file from a copy; the checkpoints are not touched",
    )
