"""Tensors in files that can hold nothing but tensors: the safetensors format, read strictly."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from resnets.errors import FileError, escape

from .kinds import HEAD_BYTES, describe_kind
from .storage import read_file, write_file

MAX_HEADER_BYTES = 100_000_000
MAX_DIMENSIONS = 16
BYTES_PER_VALUE = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}


def write_safetensors(path: str | Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors to a file; equal tensors give equal bytes.

    Args:
        path: where; replaced as a whole, so that a crash leaves the old file or the new one.
        tensors: by name; views, any memory layout and any device.
    """
    write_file(path, format_safetensors(tensors))


def format_safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    """Return the bytes of a safetensors file."""
    # The library refuses tensors that share memory, such as views of one flat buffer.
    apart = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    return safetensors.torch.save(apart, {"format": "pt"})


def read_safetensors(path: str | Path) -> dict[str, Tensor]:
    """Read tensors from a file whose header was checked first.

    Returns:
        Tensors by name, on the CPU, in the order of their names in the file.

    Raises:
        FileError: the file is missing, a link, of a foreign kind, damaged, cut or inconsistent.
    """
    return parse_safetensors(read_file(path), path)


def parse_safetensors(content: bytes, name: object) -> dict[str, Tensor]:
    """Turn the bytes of a safetensors file into tensors.

    The format's own rules are checked here, before the library allocates anything: the library
    accepts a key that stands twice, and names that no file of ours has.

    Args:
        content: the whole file.
        name: the file's name, for messages.
    """
    header, data_bytes = _parse_header(content, name)
    spans = [_check_entry(key, entry, name) for key, entry in header.items()]
    end = 0
    for start, stop, key in sorted(spans):
        if start != end:
            why = f"bytes {min(start, end):,} to {max(start, end):,} are " + (
                "nobody's" if start > end else "claimed twice"
            )
            raise _refuse("E4505", "tensors do not tile the file", name, why, key)
        end = stop
    if end != data_bytes:
        why = f"the header describes {end:,} bytes of data, the file has {data_bytes:,}"
        raise _refuse("E4506", "file is cut or has extra bytes", name, why)
    try:
        loaded = safetensors.torch.load(content)
    except safetensors.SafetensorError as error:
        raise _refuse("E4504", "file is damaged", name, str(error)) from None
    return {key: loaded[key] for key in header}


def _parse_header(content: bytes, name: object) -> tuple[dict[str, Any], int]:
    """Return the header's entries and the number of data bytes behind it."""
    if not content:
        raise _refuse("E4504", "file is damaged", name, "the file is empty")
    length = int.from_bytes(content[:8], "little")
    room = len(content) - 8
    if length > min(room, MAX_HEADER_BYTES) and (kind := describe_kind(content[:HEAD_BYTES])):
        raise _refuse("E4503", "not a safetensors file", name, f"it is {kind}")
    if room < 0 or length > room:
        why = f"the header claims {length:,} bytes, the file has {len(content):,}"
        raise _refuse("E4504", "file is damaged", name, why)
    if length > MAX_HEADER_BYTES:
        why = f"the header has {length:,} bytes, limit {MAX_HEADER_BYTES:,}"
        raise _refuse("E4504", "file is damaged", name, why)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
            if key in table:
                raise _refuse("E4504", "file is damaged", name, "a key stands twice", key)
            table[key] = value
        return table

    try:
        header = json.loads(content[8 : 8 + length].decode("utf-8"), object_pairs_hook=unique)
    except UnicodeDecodeError:
        raise _refuse("E4504", "file is damaged", name, "the header is not UTF-8") from None
    except FileError:
        raise
    except (ValueError, RecursionError):
        raise _refuse("E4504", "file is damaged", name, "the header is not JSON") from None
    if not isinstance(header, dict):
        raise _refuse("E4504", "file is damaged", name, "the header is not a table")
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(v, str) for v in notes.values()):
        raise _refuse("E4504", "file is damaged", name, "the metadata is not a table of text")
    return header, room - length


def _check_entry(key: str, entry: Any, name: object) -> tuple[int, int, str]:
    """Check one tensor's line of the header; return its first byte, its end and its name."""
    title = "a tensor's entry is not valid"
    unsafe = ".." in key.replace("\\", "/").split("/") or key.startswith(("/", "\\"))
    if not key or escape(key) != key or unsafe:
        raise _refuse("E4507", "a tensor's name is not allowed", name, "not a plain name", key)
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise _refuse("E4507", title, name, "it needs dtype, shape and data_offsets", key)
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in BYTES_PER_VALUE:
        raise _refuse("E4507", title, name, f"unknown dtype {entry['dtype']!r}", key)
    for numbers, field in ((shape, "shape"), (offsets, "data_offsets")):
        whole = isinstance(numbers, list) and all(type(n) is int and n >= 0 for n in numbers)
        if not whole or len(numbers) > MAX_DIMENSIONS or (field != "shape" and len(numbers) != 2):
            raise _refuse("E4507", title, name, f"{field} is {numbers!r:.80}", key)
    size = math.prod(shape) * BYTES_PER_VALUE[entry["dtype"]]
    # A zero among the sizes hides the others from the product, not from the library.
    if math.prod(max(n, 1) for n in shape) >= 2**60:
        raise _refuse("E4507", title, name, f"shape {shape} overflows", key)
    start, stop = offsets
    if stop - start != size:
        why = f"shape {shape} of {entry['dtype']} needs {size:,} bytes, it has {stop - start:,}"
        raise _refuse("E4507", title, name, why, key)
    return start, stop, key


def _refuse(code: str, title: str, name: object, why: str, tensor: str = "") -> FileError:
    where = {"tensor": tensor} if tensor else {}
    return FileError(
        code, title, what=name, where=where, why=why, do="get the file again from its source"
    )
