"""The user's cache: decoded pixels and indexes that were computed once.

Everything in it can be deleted at any time. It lies under ``XDG_CACHE_HOME/resnets``, never in a
data folder; what does not verify when read is as good as absent, and a cache that cannot be
written is only slower.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

# Part of every key; raised when the rules of decoding change.
RULES = "1"


def cache_dir() -> Path:
    """Return the folder of the cache: ``$XDG_CACHE_HOME/resnets``, or ``~/.cache/resnets``.

    Raises:
        OSError: the user has no home.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):  # the XDG specification: a relative path counts as unset
        return Path(base) / "resnets"
    try:
        return Path.home() / ".cache" / "resnets"
    except RuntimeError as error:
        raise OSError(str(error)) from None


def make_name(kind: str, *parts: object) -> str:
    """Return the name of a cache entry, without suffix, for a kind and what it depends on."""
    import PIL

    text = json.dumps([RULES, PIL.__version__, *map(str, parts)])
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def write_atomic(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file beside its place, flush it to the disk, then rename it there.

    Raises:
        OSError: the disk or a permission said no; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with open(beside, "xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save_json(name: str, content: Any) -> bool:
    """Store JSON data; answers whether it could be written."""
    text = json.dumps(content, allow_nan=False).encode()
    try:
        write_atomic(cache_dir() / f"{name}.json", lambda file: file.write(text))
    except OSError:
        return False
    return True


def load_json(name: str) -> Any:
    """Return stored JSON data, or None."""
    try:
        return json.loads((cache_dir() / f"{name}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def save_array(name: str, array: NDArray[Any], about: Any) -> bool:
    """Store an array, and JSON data about it with its checksum; answers whether it could be."""
    try:
        path = cache_dir() / f"{name}.npy"
        write_atomic(path, lambda file: np.save(file, array, allow_pickle=False))
    except OSError:
        return False
    return save_json(name, {"sha256": _digest(array), "about": about})


def load_array(name: str) -> tuple[NDArray[Any], Any] | None:
    """Return a stored array and the data about it; None if absent, or if its checksum differs."""
    entry = load_json(name)
    try:
        array = np.load(cache_dir() / f"{name}.npy", allow_pickle=False)
        if entry["sha256"] == _digest(array):
            return array, entry["about"]
    except (OSError, ValueError, EOFError, TypeError, KeyError):
        pass
    return None


def _digest(array: NDArray[Any]) -> str:
    head = f"{array.dtype.str}{array.shape}".encode()
    digest = hashlib.sha256(head)
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def hash_file(path: Path) -> str:
    """Return the sha256 of a file, remembered while its size and time of change are the same.

    Raises:
        OSError: it cannot be read.
    """
    about = path.stat()
    key = [about.st_size, about.st_mtime_ns]
    name = make_name("hash", os.path.realpath(path))
    known = load_json(name)
    if isinstance(known, list) and known[:2] == key:
        return str(known[2])
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
    save_json(name, [*key, digest.hexdigest()])
    return digest.hexdigest()
