"""One checkpoint on disk: three files, and a manifest that makes it complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnets.errors import FileError, MachineError
from resnets.spec import to_json
from resnets.weights import describe_content, read_file

from .sealed import FORMAT, check_format, parse_table

FILES = ("model.safetensors", "optimizer.safetensors", "state.json")
MANIFEST = "MANIFEST.json"


class DamagedError(FileError):
    """A checkpoint that is incomplete or changed; an older one may take its place."""


@dataclass(frozen=True)
class Generation:
    """A complete checkpoint.

    Args:
        path: its folder.
        step: steps taken before it was written.
        files: contents by name.
    """

    path: Path
    step: int
    files: Mapping[str, bytes]

    def read_state(self) -> dict[str, Any]:
        """Return the content of ``state.json``."""
        return parse_table(self.files["state.json"], self.path / "state.json")


def name_generation(step: int) -> str:
    """Return the name of a checkpoint's folder, ``step-00001200``."""
    return f"step-{step:08d}"


def format_manifest(run_id: str, step: int, files: Mapping[str, bytes]) -> str:
    """Return the manifest of a checkpoint: run, step, and sha256 and size of every file."""
    listed = {name: describe_content(content) for name, content in files.items()}
    return to_json({"format": FORMAT, "run": run_id, "step": step, "files": listed})


def read_generation(path: Path, run_id: str, step: int) -> Generation:
    """Read a checkpoint and prove every byte of it.

    Raises:
        DamagedError: a file is missing, changed or cannot be read.
        FileError: it was put there by someone else: a symbolic link, a file name that leaves the
            folder, another run's checkpoint, or one of a newer version.
    """
    if path.is_symlink():
        raise _foreign(path, "the folder is a symbolic link")
    manifest = parse_manifest(path)
    check_format(manifest, path / MANIFEST)
    if manifest.get("run") != run_id:
        why = f"its run id is {manifest.get('run')!r:.80}, this run's is {run_id!r}"
        raise _foreign(path / MANIFEST, why)
    listed = manifest.get("files")
    if not isinstance(listed, dict) or manifest.get("step") != step:
        raise _damaged(path / MANIFEST, f"it is not the manifest of step {step}")
    for name in listed:
        if name not in FILES:
            raise _foreign(path / MANIFEST, f"it lists {name!r:.80}, which is no checkpoint file")
    contents = {name: _read(path / name, listed.get(name)) for name in FILES}
    return Generation(path, step, contents)


def parse_manifest(path: Path) -> dict[str, Any]:
    """Return a checkpoint's manifest, unchecked.

    Raises:
        DamagedError: it is missing or no strict JSON.
        FileError: it is a symbolic link.
    """
    file = path / MANIFEST
    if not file.is_symlink() and not file.is_file():
        raise _damaged(file, "there is no manifest: the checkpoint is incomplete")
    try:
        return parse_table(_load(file), file)
    except DamagedError:
        raise
    except FileError as error:
        if error.code != "E4008":
            raise
        raise _damaged(file, error.why) from None


def _read(file: Path, listed: Any) -> bytes:
    if not file.is_symlink() and not file.is_file():
        raise _damaged(file, "the file is missing")
    content = _load(file)
    if describe_content(content) != listed:
        found = f"{describe_content(content)['sha256'][:16]}… and {len(content):,} bytes"
        why = f"sha256 mismatch: it has {found}, the manifest says {listed!s:.120}"
        raise _damaged(file, why)
    return content


def _load(file: Path) -> bytes:
    try:
        return read_file(file)
    except MachineError as error:
        raise _damaged(file, f"it cannot be read: {error.why}") from None


def _damaged(file: Path, why: str) -> DamagedError:
    return DamagedError(
        "E4003",
        "a checkpoint is incomplete or damaged",
        what=file,
        why=why,
        do="restore the checkpoint from a copy, or resume from an older one",
    )


def _foreign(file: Path, why: str) -> FileError:
    return FileError(
        "E4005",
        "a checkpoint is not this run's own",
        what=file,
        why=why,
        do="move the checkpoint out of the run folder; older ones are then used",
    )
