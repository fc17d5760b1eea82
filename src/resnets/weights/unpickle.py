"""The one place where a pickle is opened: a process of its own, with limits, for foreign weights.

It reads the file with ``torch.load(weights_only=True)``, which builds tensors and plain containers
and nothing else, writes the tensors as safetensors, and prints one line of JSON.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
import re
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

OUTER = ("state_dict_ema", "model_ema", "state_dict", "model", "net")
"""Keys under which trainers keep the weights; averaged ones first, as timm takes them."""

COUNTERS = ("n_averaged",)
"""What ``torch.optim.swa_utils`` keeps among the weights that it averages."""

MAX_NESTING = 4
MAX_REASON = 400
BLOCKED = re.compile(r"GLOBAL ([\w.]+) (?:was not an allowed global|whose module)")


@dataclass
class Refusal(Exception):  # noqa: N818 - it is told to the parent, never to a user
    """Why a file is refused: ``cause`` for the program, the rest for people."""

    cause: str
    why: str


def convert(source: Path, target: Path, max_bytes: int) -> dict[str, Any]:
    """Read a pickle and write its tensors.

    Args:
        source: what ``torch.save`` wrote.
        target: the safetensors file.
        max_bytes: limit of all tensors together.

    Returns:
        The keys that led to the weights, and the keys beside them.
    """
    state, path, beside = find_state(load(source))
    tensors = check_tensors(state, max_bytes)
    safetensors.torch.save_file(
        {name: t.detach().contiguous().clone() for name, t in tensors.items()}, target
    )
    return {"ok": True, "nesting": path, "beside": beside}


def load(source: Path) -> Any:
    """Return what a pickle holds; nothing but tensors and plain containers is built.

    Raises:
        Refusal: it holds something else, or is damaged.
    """
    try:
        if zipfile.is_zipfile(source):
            _check_sums(source)
        return torch.load(source, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if names := _list_globals(source, str(error)):
            raise Refusal("globals", ", ".join(names)) from None
        # Torch's advice to open the file without limits is none for here.
        said = [line for line in str(error).splitlines() if line.strip()]
        own = [line for line in said if "torch.load" not in line]
        raise Refusal("damaged", [*said, *own][-1].strip()) from None


def _check_sums(source: Path) -> None:
    """Refuse an archive with a changed byte; ``torch.load`` does not look at the checksums."""
    with zipfile.ZipFile(source) as archive:
        if (name := archive.testzip()) is not None:
            raise Refusal("damaged", f"the checksum of its part {name} is wrong")


def _list_globals(source: Path, message: str) -> list[str]:
    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(source)
    except Exception:  # only files of the newer kind can be searched
        names = []
    return sorted(names) or BLOCKED.findall(message)


def find_state(content: Any) -> tuple[dict[Any, Any], list[str], list[str]]:
    """Return the weights within a checkpoint, the keys that lead there, and those beside them."""
    path: list[str] = []
    beside: list[str] = []
    while isinstance(content, Mapping) and len(path) < MAX_NESTING:
        inner = [key for key in OUTER if _holds_tensors(content.get(key))]
        if not inner:
            break
        path.append(inner[0])
        beside = [str(key) for key in content if key != inner[0]]
        content = content[inner[0]]
    if not isinstance(content, Mapping):
        raise Refusal("content", f"it holds a {type(content).__name__}, not named tensors")
    if not any(isinstance(value, Tensor) for value in content.values()):
        keys = ", ".join(str(key)[:40] for key in list(content)[:8])
        raise Refusal("content", f"none of its entries is a tensor: {keys or 'it is empty'}")
    return {k: v for k, v in content.items() if k not in COUNTERS}, path, beside


def _holds_tensors(value: Any, depth: int = 0) -> bool:
    """Whether a table holds tensors, itself or under one more of the outer keys."""
    if not isinstance(value, Mapping):
        return False
    if any(isinstance(item, Tensor) for item in value.values()):
        return True
    return depth < MAX_NESTING and any(_holds_tensors(value.get(k), depth + 1) for k in OUTER)


def check_tensors(state: Mapping[Any, Any], max_bytes: int) -> dict[str, Tensor]:
    """Return the weights if they are tensors with names, of a size that the file can have."""
    total = 0
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            what = type(value if isinstance(name, str) else name).__name__
            raise Refusal("content", f"its entry {str(name)[:80]!r} is a {what}, not a tensor")
        if value.layout != torch.strided or value.is_quantized or value.is_meta:
            raise Refusal("content", f"its tensor {name[:80]!r} is no ordinary one")
        total += value.numel() * value.element_size()
    if total > max_bytes:
        raise Refusal("limit", f"its tensors claim {total:,} bytes, limit {max_bytes:,}")
    return dict(state)


def limit(memory: int, seconds: int, file_bytes: int) -> None:
    """Limit this process, where the system can: memory on top of what it has, time, files."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if Path("/proc/self/statm").exists():
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        total = pages * os.sysconf("SC_PAGE_SIZE") + memory
        resource.setrlimit(resource.RLIMIT_AS, (total, total))


def answer(source: Path, target: Path, max_bytes: int) -> dict[str, Any]:
    """Convert a file, or say why not."""
    try:
        return convert(source, target, max_bytes)
    except Refusal as refusal:
        cause, why = refusal.cause, refusal.why
    except MemoryError:
        cause, why = "limit", "it needs more memory than its size allows"
    except Exception as error:  # whatever a decoder raises on hostile bytes
        cause, why = "damaged", " ".join(str(error).split()) or type(error).__name__
        if "can't allocate memory" in why or "not enough memory" in why:
            cause, why = "limit", "it needs more memory than its size allows"
        elif os.strerror(errno.ENOSPC) in why:
            cause = "disk"
    return {"ok": False, "cause": cause, "why": why[:MAX_REASON]}


if __name__ == "__main__":
    _source, _target, *_numbers = sys.argv[1:]
    _memory, _seconds, _max_bytes = map(int, _numbers)
    limit(_memory, _seconds, _max_bytes + 100_000_000)
    print(json.dumps(answer(Path(_source), Path(_target), _max_bytes)))
