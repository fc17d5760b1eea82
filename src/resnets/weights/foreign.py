"""Files of weights that others made: read whatever they are, written as others read them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import to_json

from .folder import CONFIG, MANIFEST
from .pickled import read_pickle
from .safetensors import MAX_HEADER_BYTES, format_safetensors, parse_safetensors
from .storage import fill_folder, read_file, report_write_errors, write_file

PICKLED = (".pth", ".pt", ".bin", ".th")
SAFE = ".safetensors"

HUB_FILES = (f"model{SAFE}", "pytorch_model.bin")
"""What the weights are called in the folders of the Hugging Face Hub."""

PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What wrappers put before every name: DataParallel, torch.compile, and trainers."""


@dataclass(frozen=True)
class WeightFile:
    """Named tensors of a file, as its maker named them.

    Args:
        path: the file.
        tensors: by name, on the CPU, without the prefixes of wrappers.
        nesting: the keys that led to them, for example ``("state_dict",)``.
        beside: the other keys at the last of those levels.
        prefix: what stood before every name, for example ``module.``.
    """

    path: Path
    tensors: dict[str, Tensor]
    nesting: tuple[str, ...]
    beside: tuple[str, ...]
    prefix: str


def read_weights(path: str | Path) -> WeightFile:
    """Read a file of weights: safetensors, or what ``torch.save`` wrote, told by its content.

    A link is followed: the caches of model hubs are full of them. A file whose name promises
    safetensors has to be one.

    Args:
        path: the file, or a folder of the Hugging Face Hub with one in it.

    Raises:
        FileError: there is no such file, or it is refused, see ``read_safetensors`` and
            ``read_pickle``.
    """
    named = find_hub_file(path) or Path(path)
    place = Path(os.path.realpath(named))
    if not place.is_file():
        why = "not a regular file" if place.exists() else "no such file"
        if place.is_dir():
            why = "it is a folder in which there are no weights of others"
        raise FileError("E4501", "file cannot be opened", what=named, why=why, do="check the path")
    try:
        with open(place, "rb") as file:
            head = file.read(9)
    except OSError as error:
        raise MachineError(
            "E5502", "file cannot be read", what=named, why=error.strerror or error
        ) from None
    nesting: Iterable[str] = ()
    beside: Iterable[str] = ()
    if named.suffix.lower() == SAFE or _looks_safe(head):
        tensors = parse_safetensors(read_file(place), named)
    else:
        tensors, nesting, beside = read_pickle(place, named)
    tensors, prefix = strip(tensors)
    return WeightFile(named, tensors, tuple(nesting), tuple(beside), prefix)


def find_hub_file(path: str | Path) -> Path | None:
    """Return the file of weights in a folder that others saved; None for anything else."""
    path = Path(path)
    config = path / CONFIG
    # A folder of ours stays one when its manifest is lost: it is damaged, and refused as such.
    if (path / MANIFEST).exists() or (config.is_file() and b'"network"' in config.read_bytes()):
        return None
    return next((path / name for name in HUB_FILES if (path / name).exists()), None)


def strip(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Return the tensors without the prefixes that every name has, and those prefixes."""
    found = ""
    while prefix := next((p for p in PREFIXES if all(n.startswith(p) for n in tensors)), ""):
        if not tensors or any(name == prefix for name in tensors):
            break
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
        found += prefix
    return dict(tensors), found


def check_ending(path: Path) -> None:
    """Refuse a file name whose ending promises no file of weights.

    Raises:
        ConfigError: the allowed endings are listed.
    """
    if path.suffix.lower() not in (*PICKLED, SAFE):
        raise ConfigError(
            "E2605",
            "the ending names no file of weights",
            what=path,
            where={"option": "--output"},
            do=f"end it with {', '.join((*PICKLED, SAFE))}",
        )


def write_weights(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors as other libraries read them, and read them back.

    Args:
        path: its ending decides: ``.safetensors``, or else what ``torch.load`` reads. Folders on
            the way there are made.
        tensors: by name.

    Raises:
        ConfigError: the ending is neither.
        MachineError: the disk refused, or the copy read back differs; no file is left.
    """
    check_ending(path)
    with report_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == SAFE:
        write_file(path, format_safetensors(tensors))
    else:
        plain = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
        buffer = io.BytesIO()
        torch.save(plain, buffer)
        write_file(path, buffer.getvalue())
    if why := _compare(path, tensors):
        path.unlink(missing_ok=True)
        raise _differs(path, why)


def write_weight_folder(
    path: Path, tensors: Mapping[str, Tensor], files: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write a folder with ``model.safetensors`` and files of JSON, and read the weights back.

    Args:
        path: the folder; an empty one that is there is replaced.
        tensors: by name.
        files: content of the other files by name.

    Raises:
        MachineError: the disk refused, or the copy read back differs; no folder is left.
    """
    with fill_folder(path) as part:
        for name, content in files.items():
            write_file(part / name, to_json(content))
        weights = part / f"model{SAFE}"
        write_file(weights, format_safetensors(tensors))
        if why := _compare(weights, tensors):
            raise _differs(path, why)


def _compare(path: Path, tensors: Mapping[str, Tensor]) -> str:
    """Say how a file differs from the tensors that were written to it; nothing if it does not."""
    try:
        again = read_weights(path).tensors
    except FileError as error:
        return f"{error.title}: {error.why}"
    if again.keys() == tensors.keys() and all(
        torch.equal(again[name], tensor.cpu()) for name, tensor in tensors.items()
    ):
        return ""
    return "its tensors are not those that were written"


def _differs(path: Path, why: str) -> MachineError:
    title = "a file does not read back as it was written"
    return MachineError("E5503", title, what=path, why=why, do="check the disk")


def _looks_safe(head: bytes) -> bool:
    """Whether a file begins as safetensors do: the length of a header, and its first brace."""
    return head[8:] == b"{" and int.from_bytes(head[:8], "little") <= MAX_HEADER_BYTES
