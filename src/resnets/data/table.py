"""A data folder whose labels stand in a table, ``labels.csv``: path, label, perhaps split."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from resnets.errors import DataError

from .files import unreadable
from .layout import SPLITS, Layout, assign_roles, check_names, find_gaps
from .listing import File

NAME = "labels.csv"
MAX_LINE = 1_000_000
_COLUMNS = ("path", "label", "split")


def read_table(root: Path) -> Layout:
    """Read ``labels.csv``: UTF-8, comma-separated, with a header that names path and label.

    Labels are class names, or integers; integers run from 0 to one less than their number, or
    than the number of lines in ``classes.txt``, which then names them. An optional column
    ``split`` says train, val, validation or test. Paths are below the folder.

    Raises:
        DataError: names the line, or both lines.
    """
    path = root / NAME
    layout = Layout(root)
    rows: dict[str, tuple[int, str, str]] = {}
    for line, row in _read_rows(path):
        name, label, split = (row[column].strip() for column in _COLUMNS)
        if not name or not label:
            raise _reject(path, line, "E3405", "a field is empty", f"{name or label!r}")
        parts = name.replace("\\", "/").split("/")
        if os.path.isabs(name) or ".." in parts or ":" in parts[0]:
            raise _reject(path, line, "E3406", "path leads out of the folder", name)
        if split and split not in SPLITS:
            raise _reject(
                path, line, "E3405", "unknown split", split, "allowed: " + ", ".join(SPLITS)
            )
        name = os.path.normpath(name)
        if name in rows:
            first, other, _ = rows[name]
            if other != label:
                raise _reject(
                    path,
                    f"{first} and {line}",
                    "E3407",
                    "one image has two labels",
                    name,
                    f"{other!r} and {label!r}",
                )
            layout.ignored["row that stands twice"] += 1
            continue
        rows[name] = (line, label, split)
    if not rows:
        raise _reject(path, 1, "E3403", "the table has no rows", NAME)
    codes = _name_labels(layout, path, rows)
    made = [split for split in SPLITS if any(row[2] == split for row in rows.values())]
    blank = any(not split for _, _, split in rows.values())
    if made and blank:  # a row without a split is for training
        made = ["train", *(split for split in made if split != "train")]
    roles, layout.notes = assign_roles(made, path) if made else ({}, [])
    roles[""] = roles.get("train", "all")
    for name, (line, label, split) in rows.items():
        sample = (_find_file(path, line, name), codes[label])
        layout.splits.setdefault(roles[split], []).append(sample)
    for split in layout.splits:
        find_gaps(layout, split, split, None if split in ("all", "train") else set())
    return layout


def _reject(
    path: Path, line: object, code: str, title: str, what: object, why: object = ""
) -> DataError:
    return DataError(code, title, what=what, where={"file": path, "line": line}, why=why)


def _read_lines(file: TextIO, path: Path, lines: list[int]) -> Iterator[str]:
    while text := file.readline(MAX_LINE + 1):
        lines[0] += 1
        if len(text) > MAX_LINE:
            why = f"over {MAX_LINE:,} characters"
            raise _reject(path, lines[0], "E3404", "a line is too long", NAME, why)
        yield text


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row's first line, and the row."""
    lines, columns, start = [0], list[str](), 1
    try:
        # Universal newlines: LF, CRLF and the CR of old machines.
        with open(path, encoding="utf-8-sig", newline=None) as file:
            reader = csv.reader(_read_lines(file, path, lines), strict=True)
            for fields in reader:
                line, start = start, lines[0] + 1
                if not any(fields):
                    continue
                if not columns:
                    columns = [field.strip().lower() for field in fields]
                    missing = [c for c in ("path", "label") if c not in columns]
                    if missing:
                        raise DataError(
                            "E3402",
                            "a column is missing",
                            what=missing[0],
                            where={"file": path, "line": line},
                            why="found " + ", ".join(columns),
                            do="write the header  path,label",
                        )
                elif len(fields) != len(columns):
                    why = f"{len(fields)} fields, the header has {len(columns)}"
                    raise _reject(path, line, "E3405", "a row has another width", NAME, why)
                else:
                    yield line, {"split": "", **dict(zip(columns, fields, strict=True))}
    except csv.Error as error:
        raise _reject(path, start, "E3405", "not a valid row", NAME, error) from None
    except UnicodeDecodeError as error:
        raise _reject(
            path, lines[0] + 1, "E3401", "the table is not UTF-8 (UTF-16?)", NAME, error
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if not columns:
        raise _reject(path, 1, "E3403", "the table is empty", NAME)


def _name_labels(
    layout: Layout, path: Path, rows: dict[str, tuple[int, str, str]]
) -> dict[str, int]:
    """Find the classes and the index of each label as it is written."""
    written = {label for _, label, _ in rows.values()}
    names = _read_names(path.with_name("classes.txt"))
    if all(label.removeprefix("-").isdecimal() for label in written):
        codes = {label: int(label) if len(label) < 18 else -1 for label in written}
        count = len(names) or len(set(codes.values()))
        allowed = f"0 to {count - 1}"
    else:
        names = names or sorted(written)
        count, allowed = len(names), ", ".join(names)
        places = {name: number for number, name in enumerate(names)}
        codes = {label: places.get(label, -1) for label in written}
    for line, label, _ in rows.values():
        if not 0 <= codes[label] < count:
            why = f"allowed: {allowed}"
            raise _reject(path, line, "E3408", "label is out of range", label, why)
    layout.classes = tuple(names) or tuple(str(label) for label in range(count))
    layout.findings += check_names(layout.classes)
    return codes


def _read_names(path: Path) -> list[str]:
    """Read ``classes.txt``, a name a line, where it is there."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise _reject(
            path, 1, "E3401", "the table is not UTF-8 (UTF-16?)", path.name, error
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    return [line.strip() for line in text.split("\n") if line.strip()]


def _find_file(path: Path, line: int, name: str) -> File:
    try:
        about = os.stat(path.parent / name)
    except (FileNotFoundError, NotADirectoryError):
        raise _reject(
            path, line, "E3409", "the table names a file that is not there", name
        ) from None
    except ValueError as error:
        raise _reject(
            path, line, "E3409", "the table names an impossible path", name, error
        ) from None
    except OSError as error:
        raise unreadable(path.parent / name, error) from None
    if not stat.S_ISREG(about.st_mode):
        raise _reject(path, line, "E3409", "the table names what is no regular file", name)
    return File(name.replace(os.sep, "/"), about.st_size, about.st_mtime_ns)
