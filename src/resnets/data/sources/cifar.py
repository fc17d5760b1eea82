"""CIFAR-10 and CIFAR-100 as their authors published them: Python batches, or binary files."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnets.data.files import unreadable
from resnets.errors import DataError

from .known import Known

Arrays = tuple[NDArray[np.uint8], NDArray[np.int64]]
# Label bytes before the pixels, of which the last counts; files and records in each, by split.
BINARY = {
    "cifar10": (
        1,
        {
            "train": ([f"data_batch_{i}.bin" for i in range(1, 6)], 10_000),
            "test": (["test_batch.bin"], 10_000),
        },
    ),
    "cifar100": (2, {"train": (["train.bin"], 50_000), "test": (["test.bin"], 10_000)}),
}


class _NumbersOnly(pickle.Unpickler):
    """Unpickles numpy arrays and plain containers; any other name is refused, not imported."""

    def find_class(self, module: str, name: str) -> Any:
        if (module.split(".")[0], name) in (
            ("numpy", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
            ("_codecs", "encode"),
        ):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def read_batches(name: str, known: Known, place: Path) -> dict[str, Arrays]:
    """Read the Python batches, from their folder or straight from the archive.

    Each batch is a pickle; its MD5 must be the published one before it is looked into.

    Args:
        name: ``cifar10`` or ``cifar100``.
        known: the data set.
        place: the folder ``cifar-10-batches-py`` or the archive ``cifar-10-python.tar.gz``.

    Returns:
        For ``train`` and ``test``: pixels (N, 32, 32, 3) and labels (N,).

    Raises:
        DataError: a batch is missing, or is not the published one.
    """
    from torchvision.datasets import CIFAR10, CIFAR100

    published = CIFAR10 if name == "cifar10" else CIFAR100
    key = "labels" if name == "cifar10" else "fine_labels"
    lists = {"train": published.train_list, "test": published.test_list}
    if place.is_dir():
        return _decode_all(lists, lambda batch: _read(place / batch), place, key)
    try:
        with tarfile.open(place) as archive:

            def read(batch: str) -> bytes:
                try:
                    member = archive.extractfile(f"{published.base_folder}/{batch}")
                except KeyError:
                    member = None
                return member.read() if member else b""

            return _decode_all(lists, read, place, key)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(
            "E3601", "archive cannot be read", what=place, why=error, do="fetch the file again"
        ) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable(path, error) from None


def _decode_all(
    lists: dict[str, Any], read: Callable[[str], bytes], place: Path, key: str
) -> dict[str, Arrays]:
    answer = {}
    for split, batches in lists.items():
        pixels, labels = [], []
        for batch, md5 in batches:
            data = read(batch)
            if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
                raise DataError(
                    "E3602",
                    "file is not the published one" if data else "file is missing or empty",
                    what=place / batch,
                    where={"md5": md5},
                    why="its checksum differs, so it was not opened" if data else "",
                    do="fetch the data set again",
                )
            content = _NumbersOnly(io.BytesIO(data), encoding="latin1").load()
            pixels.append(np.asarray(content["data"], np.uint8))
            labels.append(np.asarray(content[key], np.int64))
        answer[split] = (_arrange(np.concatenate(pixels)), np.concatenate(labels))
    return answer


def _arrange(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn rows of 3,072 bytes, one colour plane after the other, into (N, 32, 32, 3)."""
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def read_binary(name: str, known: Known, folder: Path) -> dict[str, Arrays]:
    """Read the binary files, which hold no code.

    Args:
        name: ``cifar10`` or ``cifar100``.
        known: the data set.
        folder: ``cifar-10-batches-bin`` or ``cifar-100-binary``.

    Returns:
        For ``train`` and ``test``: pixels (N, 32, 32, 3) and labels (N,).

    Raises:
        DataError: a file has a wrong length, or a label is out of range.
    """
    lead, parts = BINARY[name]
    answer = {}
    for split, (names, count) in parts.items():
        rows = [_read_records(folder / n, count, lead, len(known.classes)) for n in names]
        records = np.concatenate(rows)
        answer[split] = (_arrange(records[:, lead:]), records[:, lead - 1].astype(np.int64))
    return answer


def _read_records(path: Path, count: int, lead: int, classes: int) -> NDArray[np.uint8]:
    data = _read(path)
    if len(data) != count * (lead + 3072):
        raise DataError(
            "E3603",
            "file has a wrong length",
            what=path,
            why=f"{len(data):,} bytes, expected {count * (lead + 3072):,}",
            do="fetch the data set again",
        )
    records = np.frombuffer(data, np.uint8).reshape(count, lead + 3072)
    worst = int(records[:, lead - 1].argmax())
    if records[worst, lead - 1] >= classes:
        raise DataError(
            "E3604",
            "label is out of range",
            what=path,
            where={"record": worst},
            why=f"label {records[worst, lead - 1]}, allowed 0 to {classes - 1}",
        )
    return records
