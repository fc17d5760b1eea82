"""Pictures of a Parquet split: inspected, decoded into memory, or packed into one file."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray

from resnets.errors import MachineError

from .cache import (
    cache_dir,
    load_array,
    load_json,
    make_name,
    save_array,
    save_json,
    write_atomic,
)
from .encoded import PackedBlobs, pack_offsets
from .formats import ImageFault
from .geometry import to_square
from .images import decode
from .index import HEADER_BYTES, MAX_DECODED, Record, inspect, inspect_header
from .parquet import ParquetSplit
from .pixels import Pixels
from .threads import map_in_threads

Fault = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Decoded:
    """The decoded pictures of a split.

    Args:
        pixels: (N, S, S, C) of uint8; zeros where a picture was refused.
        faults: by row number, why a picture was refused.
        counts: rules that decoding applied.
    """

    pixels: NDArray[np.uint8]
    faults: dict[int, ImageFault]
    counts: Counter[str]


def inspect_rows(split: ParquetSplit, key: str) -> list[Record]:
    """Inspect every picture of a split; what is known is kept in the cache.

    Args:
        split: the rows.
        key: fingerprint of exactly these rows.
    """
    name = make_name("rows", key)
    try:
        records = [Record.from_list(row) for row in load_json(name)]
        if len(records) == len(split):
            return records
    except (TypeError, ValueError):
        pass

    def look(data: bytes) -> Record:
        if len(split) <= MAX_DECODED:
            return inspect(data)
        return inspect_header(data[:HEADER_BYTES], lambda: data)

    records = list(map_in_threads(look, split.read_images()))
    save_json(name, [record.to_list() for record in records])
    return records


def decode_rows(
    split: ParquetSplit, key: str, channels: int, background: int, side: int, exact: bool
) -> Decoded:
    """Decode every picture of a split, on all cores, or take them from the cache.

    Args:
        split: the rows.
        key: fingerprint of exactly these rows.
        channels, background: how they are decoded.
        side: side of the squares, pixels.
        exact: refuse a picture of another size, instead of resizing and cropping it.
    """
    name = make_name("pixels", key, channels, background, side, exact)
    stored = load_array(name)
    shape = (len(split), side, side, channels)
    if stored is not None and stored[0].shape == shape:
        faults = {int(row): ImageFault(*fault) for row, fault in stored[1]["faults"].items()}
        return Decoded(stored[0], faults, Counter(stored[1]["counts"]))

    def look(data: bytes) -> tuple[Pixels, tuple[str, ...]] | ImageFault:
        try:
            pixels, notes = decode(data, channels, background)
            if exact and pixels.shape[:2] != (side, side):
                raise ImageFault(
                    "E3506",
                    "picture has another size",
                    f"{pixels.shape[1]} × {pixels.shape[0]} pixels, not {side} × {side}",
                )
            return to_square(pixels, side), notes
        except ImageFault as fault:
            return fault

    decoded = Decoded(np.zeros(shape, np.uint8), {}, Counter())
    for row, answer in enumerate(map_in_threads(look, split.read_images())):
        if isinstance(answer, ImageFault):
            decoded.faults[row] = answer
        else:
            decoded.pixels[row] = answer[0]
            decoded.counts.update(answer[1])
    about: dict[str, Any] = {
        "faults": {row: fault.args for row, fault in decoded.faults.items()},
        "counts": decoded.counts,
    }
    save_array(name, decoded.pixels, about)
    return decoded


def pack_rows(split: ParquetSplit, key: str, prefix: str) -> PackedBlobs:
    """Copy the encoded pictures of a split into one file of the cache, for random access.

    A Parquet file can be read only a group of rows at a time, which may hold thousands.

    Args:
        split: the rows.
        key: fingerprint of exactly these rows.
        prefix: name of the split, for display.

    Raises:
        MachineError: the cache cannot hold them; says how much room is needed.
    """
    name = make_name("packed", key)
    sizes: list[int] = []
    need = sum(file.stat().st_size for file in split.files)
    try:
        path = cache_dir() / f"{name}.bin"
        stored = load_json(name)
        if isinstance(stored, list) and len(stored) == len(split) and _length(path) == sum(stored):
            return PackedBlobs(path, pack_offsets(stored), prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
        if free < need:
            raise OSError(f"{need:,} bytes are needed, {free:,} are free")

        def write(file: IO[bytes]) -> None:
            for data in split.read_images():
                sizes.append(file.write(data))

        write_atomic(path, write)
    except OSError as error:
        raise MachineError(
            "E5303",
            "pictures cannot be unpacked into the cache",
            what=split.files[0].parent,
            why=error,
            do="make room, or set XDG_CACHE_HOME to a folder with more",
        ) from None
    save_json(name, sizes)
    return PackedBlobs(path, pack_offsets(sizes), prefix)


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def find_common_size(records: Sequence[Record]) -> set[tuple[int, int]]:
    """Collect the sizes, (width, height), of the pictures that were not refused."""
    return {(record.width, record.height) for record in records if not record.fault}


def drop_rows(count: int, faults: dict[int, ImageFault]) -> torch.Tensor:
    """List the rows that were not refused, int64."""
    keep = torch.ones(count, dtype=torch.bool)
    keep[list(faults)] = False
    return keep.nonzero()[:, 0]
