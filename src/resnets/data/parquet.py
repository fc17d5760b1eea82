"""Tables of encoded images: Parquet in the schema that Hugging Face data sets use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnets.errors import DataError

from .files import unreadable
from .layout import SPLITS, assign_roles

_SPLIT = re.compile(r"(train|validation|val|test)(?![a-z])")
_LABELS = ("label", "labels", "fine_label", "class")


@dataclass(frozen=True)
class ParquetSplit:
    """The rows of one split, over one or several files.

    Args:
        files: in the order of their names.
        counts: rows of each file.
        image: name of the image column, a struct with ``bytes`` or plain binary.
        label: name of the label column.
        classes: class names from the schema; None if it has none.
    """

    files: tuple[Path, ...]
    counts: tuple[int, ...]
    image: str
    label: str
    classes: tuple[str, ...] | None

    def __len__(self) -> int:
        return sum(self.counts)

    def locate(self, number: int) -> str:
        """Return file and row of a sample, for people."""
        for file, count in zip(self.files, self.counts, strict=True):
            if number < count:
                return f"{file} row {number}"
            number -= count
        raise IndexError(number)

    def read_images(self) -> Iterator[bytes]:
        """Yield every encoded image, in order.

        Raises:
            DataError: a file is damaged, or a row has no bytes.
        """
        number = 0
        for values in self._read(self.image, 512):
            column = values.field("bytes") if hasattr(values, "field") else values
            for value in column.to_pylist():
                if value is None:
                    raise DataError(
                        "E3503",
                        "a row has no image",
                        what=self.locate(number),
                        where={"column": self.image},
                        why="the table may hold paths instead of the pictures themselves",
                    )
                yield value
                number += 1

    def read_labels(self) -> list[Any]:
        """Return every label as it stands, integers or strings."""
        return [value for values in self._read(self.label, 65_536) for value in values.to_pylist()]

    def _read(self, column: str, rows: int) -> Iterator[Any]:
        for file in self.files:
            with open_file(file) as table:
                batches = table.iter_batches(rows, columns=[column])
                while True:
                    try:
                        batch = next(batches, None)
                    except Exception as error:  # pyarrow's own, OSError, ValueError
                        raise _damaged(file, error) from None
                    if batch is None:
                        break
                    yield batch.column(0)


def _damaged(file: Path, error: Exception) -> DataError:
    return DataError(
        "E3501", "Parquet file cannot be read", what=file, why=error, do="fetch the file again"
    )


def open_file(file: Path) -> Any:
    """Open a Parquet file.

    Raises:
        DataError: it is none, or damaged.
        MachineError: it may not be read.
    """
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(file, page_checksum_verification=True)
    except PermissionError as error:
        raise unreadable(file, error) from None
    except Exception as error:
        raise _damaged(file, error) from None


def find_splits(root: Path, label: str = "") -> tuple[dict[str, ParquetSplit], list[str]]:
    """Find the Parquet files under a folder and sort them into splits.

    A file belongs to the split that its name begins with, or that a folder on its path is named
    after: ``train-00000-of-00002.parquet``, ``train/0000.parquet``. Files of other names are not
    used if there is a training split; if no file has a split, they all are the training data.

    Args:
        root: the folder.
        label: name of the label column, where it is known.

    Returns:
        Splits by role (``train``, ``validation``, ``test``, ``all``), and notes.

    Raises:
        DataError: there are no files, or their columns do not fit.
    """
    files = sorted(path for path in root.rglob("*.parquet") if path.is_file())
    if not files:
        raise DataError(
            "E3502",
            "no Parquet files",
            what=root,
            where={"field": "data.name"},
            do="name the folder that holds train-*.parquet and test-*.parquet",
        )
    groups: dict[str, list[Path]] = {}
    for file in files:
        parts = file.relative_to(root).parts[::-1]
        matches = [m for part in parts if (m := _SPLIT.match(part.lower()))]
        groups.setdefault(matches[0][1] if matches else "", []).append(file)
    made = [name for name in SPLITS if name in groups]
    if not made:
        return {"all": _describe(groups[""], label)}, []
    roles, notes = assign_roles(made, root)
    if "" in groups:
        notes.append(f"{len(groups['']):,} Parquet files belong to no split and are not used")
    return {role: _describe(groups[name], label) for name, role in roles.items()}, notes


def _describe(files: list[Path], label: str) -> ParquetSplit:
    """Find the columns of a split's files, which must be alike."""
    wanted = (label, *_LABELS)
    schemas, counts = [], []
    for file in files:
        with open_file(file) as table:
            schemas.append(table.schema_arrow)
            counts.append(table.metadata.num_rows)
    first = schemas[0]
    for file, schema in zip(files, schemas, strict=True):
        if schema.names != first.names:
            raise _reject_columns(file, schema, "they differ from the first file's")
    pictures = [field.name for field in first if _is_picture(field.type)]
    labels = [name for name in wanted if name in first.names and _is_label(first.field(name).type)]
    if len(pictures) != 1 or not labels:
        why = "one image column, a struct with bytes, and one named label are needed"
        raise _reject_columns(files[0], first, why)
    return ParquetSplit(
        tuple(files), tuple(counts), pictures[0], labels[0], _read_classes(first, labels[0])
    )


def _is_picture(kind: Any) -> bool:
    import pyarrow.types as types

    if types.is_struct(kind):
        return any(kind.field(i).name == "bytes" for i in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _is_label(kind: Any) -> bool:
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind))


def _reject_columns(file: Path, schema: Any, why: str) -> DataError:
    return DataError(
        "E3504",
        "the columns do not fit",
        what=file,
        where={"columns": ", ".join(f"{field.name} ({field.type})" for field in schema)},
        why=why,
    )


def _read_classes(schema: Any, label: str) -> tuple[str, ...] | None:
    """Read class names from the features that Hugging Face keeps in the schema's metadata."""
    try:
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        names = features[label]["names"]
    except (KeyError, TypeError, ValueError):
        return None
    return tuple(names) if all(isinstance(name, str) for name in names) else None


def index_labels(
    splits: dict[str, ParquetSplit],
) -> tuple[tuple[str, ...], dict[str, NDArray[np.int64]]]:
    """Read the labels of all splits and name the classes.

    Raises:
        DataError: a label is missing or out of range; names the row.
    """
    values = {name: split.read_labels() for name, split in splits.items()}
    first = next(iter(splits))
    written = set(values[first])
    classes = splits[first].classes
    if all(isinstance(value, str) for value in written):
        classes = classes or tuple(sorted(written))
        codes: dict[Any, int] = {name: number for number, name in enumerate(classes)}
    else:
        count = len(classes) if classes else len(written)
        classes = classes or tuple(str(number) for number in range(count))
        codes = {number: number for number in range(count)}
    for name, rows in values.items():
        for number, value in enumerate(rows):
            if value not in codes:
                raise DataError(
                    "E3505",
                    "label is out of range",
                    what=repr(value),
                    where={"row": splits[name].locate(number), "column": splits[name].label},
                    why=f"{len(classes)} classes",
                    do="allowed: " + ", ".join(map(str, list(codes)[:20])),
                )
    return classes, {
        name: np.array([codes[value] for value in rows], np.int64) for name, rows in values.items()
    }
