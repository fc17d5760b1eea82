"""Foreign weights out of a pickle: checked from outside, opened only in a limited process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from torch import Tensor

from resnets.errors import FileError, MachineError

from .kinds import HEAD_BYTES, LEGACY, ZIP, describe_kind
from .safetensors import parse_safetensors
from .storage import read_file

BASE_BYTES = 1_000_000_000
"""Memory that the child may take for a file of no size, on top of what torch itself takes."""

COPIES = 6
"""Memory that it may take besides, in sizes of the file."""

RATIO = 4
"""How many times larger than the file its content may be; ``torch.save`` does not compress."""

BASE_SECONDS = 120
BYTES_PER_SECOND = 20_000_000

KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
"""What the child sees of the environment: what it needs to start, nothing that could be secret."""

SAVE_AGAIN = (
    "load it where it was made, and save the tensors alone:"
    "  torch.save(model.state_dict(), 'weights.pth')"
)


def read_pickle(path: Path, name: Path) -> tuple[dict[str, Tensor], list[str], list[str]]:
    """Read the tensors that ``torch.save`` wrote.

    The process that opens the file can take memory and time in proportion to the file's size; it
    has no secret in its environment, builds tensors and plain containers only, and answers in a
    format that is checked again here.

    Args:
        path: the file itself, no link.
        name: what it is called in messages.

    Returns:
        Tensors by name; the keys that led to them, for example ``state_dict``; the keys beside.

    Raises:
        FileError: the file is of another kind, damaged, holds anything but tensors, or goes beyond
            the limits.
        MachineError: the process cannot be started, or the disk is full.
    """
    size = path.stat().st_size
    _check_kind(path, name, size)
    with tempfile.TemporaryDirectory(prefix="resnets-import-") as folder:
        target = Path(folder) / "weights.safetensors"
        answer = _open_apart(path, target, size)
        if not answer["ok"]:
            raise _refuse(name, answer["cause"], answer["why"])
        return parse_safetensors(read_file(target), name), answer["nesting"], answer["beside"]


def _check_kind(path: Path, name: Path, size: int) -> None:
    """Let only the two forms of ``torch.save`` through, the old one by its very first bytes."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(LEGACY):
        return
    if not head.startswith(ZIP):
        kind = describe_kind(head) or "nothing that is known here"
        why = f"it is {kind}; weights are safetensors or what torch.save writes"
        raise FileError("E4600", "not a file of weights", what=name, why=why, do="check the path")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _refuse(name, "damaged", f"the archive is cut or damaged: {error}") from None
    parts = {entry.filename.partition("/")[2] for entry in entries}
    if "constants.pkl" in parts:
        raise FileError(
            "E4600",
            "not a file of weights",
            what=name,
            why="it is a TorchScript program",
            do="load it with torch.jit.load, and save its state_dict",
        )
    if "data.pkl" not in parts:
        why = "it is a zip archive, but not one of torch.save"
        raise FileError("E4600", "not a file of weights", what=name, why=why, do="check the path")
    total = sum(entry.file_size for entry in entries)
    if total > RATIO * size + 1_000_000:
        why = f"the archive claims {total:,} bytes in a file of {size:,}"
        raise _refuse(name, "limit", why)


def _open_apart(path: Path, target: Path, size: int) -> dict[str, Any]:
    """Run the process that opens the pickle, and return what it says."""
    seconds = BASE_SECONDS + size // BYTES_PER_SECOND
    limits = (BASE_BYTES + COPIES * size, seconds, RATIO * size + 1_000_000)
    words = [sys.executable, "-W", "ignore", "-m", f"{__package__}.unpickle"]
    words += [str(path.absolute()), str(target), *map(str, limits)]
    try:
        done = subprocess.run(
            words,
            cwd=target.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        why = f"opening it took more than {2 * seconds:,} seconds"
        return {"ok": False, "cause": "limit", "why": why}
    except OSError as error:
        raise MachineError(
            "E5520", "no process can be started", what=sys.executable, why=error.strerror or error
        ) from None
    return _read_answer(done)


def _read_answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """Return the line of JSON that the process printed; one that died says nothing."""
    try:
        answer = json.loads(done.stdout)
        if isinstance(answer, dict) and isinstance(answer.get("ok"), bool):
            return answer
    except ValueError:
        pass
    last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:300]
    why = f"the process that opened it ended with {done.returncode}" + (last and f": {last}")
    return {"ok": False, "cause": "limit" if done.returncode < 0 else "damaged", "why": why}


def _environment() -> dict[str, str]:
    """Return the child's variables: our own import path, one thread, no accelerator."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    return {**kept, "PYTHONPATH": places, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def _refuse(name: Path, cause: str, why: str) -> FileError | MachineError:
    if cause == "disk":
        return MachineError("E5501", "file cannot be written", what=tempfile.gettempdir(), why=why)
    if cause == "globals":
        return FileError(
            "E4601",
            "the file holds more than tensors",
            what=name,
            where={"objects": why},
            why="opening such objects can run code, so they are not opened",
            do=SAVE_AGAIN,
        )
    titles = {
        "damaged": ("E4602", "the file is damaged", "get the file again from its source"),
        "limit": ("E4603", "the file asks for more than it can hold", "get it from its source"),
        "content": ("E4604", "no weights in the file", SAVE_AGAIN),
    }
    code, title, do = titles.get(cause, titles["damaged"])
    return FileError(code, title, what=name, why=why, do=do)
