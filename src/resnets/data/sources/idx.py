"""IDX files, the format of MNIST and Fashion-MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resnets.data.files import unreadable
from resnets.errors import DataError

from .cifar import Arrays
from .known import Known

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def find_file(folder: Path, name: str) -> Path | None:
    """Find a file or its gzipped form."""
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def read_pairs(known: Known, folder: Path) -> dict[str, Arrays]:
    """Read images and labels of both splits.

    Args:
        known: the data set.
        folder: holds the four files.

    Returns:
        For ``train`` and ``test``: pixels (N, 28, 28, 1) and labels (N,).

    Raises:
        DataError: a header is wrong, its counts do not fit the bytes, or a label is out of range.
    """
    answer = {}
    for split, names in FILES.items():
        paths = [find_file(folder, name) or folder / name for name in names]
        images, labels = (read_array(path, ndim) for path, ndim in zip(paths, (3, 1), strict=True))
        if images.shape[1:] != (known.size, known.size) or len(images) != len(labels):
            raise DataError(
                "E3607",
                "images and labels do not fit together",
                what=paths[0],
                why=f"images {images.shape}, labels {labels.shape}",
            )
        if labels.size and labels.max() >= len(known.classes):
            raise DataError(
                "E3604",
                "label is out of range",
                what=paths[1],
                where={"record": int(labels.argmax())},
                why=f"label {labels.max()}, allowed 0 to {len(known.classes) - 1}",
            )
        answer[split] = (images[..., None].copy(), labels.astype(np.int64))
    return answer


def read_array(path: Path, ndim: int) -> NDArray[np.uint8]:
    """Read one IDX file of bytes.

    Args:
        path: plain, or gzipped with the suffix ``.gz``.
        ndim: dimensions that it must have.

    Raises:
        DataError: it is no such file, or it has not exactly the bytes that its header claims.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            header = file.read(4 + 4 * ndim)
            if header[:4] != bytes((0, 0, 8, ndim)) or len(header) < 4 + 4 * ndim:
                raise DataError(
                    "E3605", "not an IDX file", what=path, why=f"it begins {header[:4].hex(' ')}"
                )
            shape = struct.unpack(f">{ndim}I", header[4:])
            size = math.prod(shape)
            data = bytearray()
            while len(data) <= size and (block := file.read(1 << 20)):
                data += block
    except FileNotFoundError:
        raise DataError("E3602", "file is missing or empty", what=path) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError("E3601", "archive cannot be read", what=path, why=error) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) != size:
        raise DataError(
            "E3606",
            "header and bytes do not fit together",
            what=path,
            why=f"the header claims {shape} = {size:,} bytes, the file has "
            + (f"{len(data):,}" if len(data) < size else "more"),
            do="fetch the data set again",
        )
    return np.frombuffer(data, np.uint8).reshape(shape)
