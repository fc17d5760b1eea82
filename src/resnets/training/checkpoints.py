"""The checkpoint store: whole generations or none, and never the last one removed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from resnets.errors import FileError, MachineError, escape
from resnets.weights import sync_folder, write_file
from resnets.weights.storage import report_write_errors

from .generation import (
    MANIFEST,
    DamagedError,
    Generation,
    format_manifest,
    name_generation,
    read_generation,
)

_NAME = re.compile(r"step-(\d{8,})")
# Folders that are not checkpoints yet, or no longer; a kill may leave one behind.
_SAVING, _REMOVING = ".saving-", ".removing-"


class Store:
    """The checkpoints of one run.

    A checkpoint is written into a hidden folder, every file flushed to the disk, the manifest last,
    read back and verified, and then renamed; so whatever has a checkpoint's name was once complete.

    Args:
        folder: where the checkpoints lie, one folder each.
        run_id: of the run that they belong to.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self.folder = folder
        self.run_id = run_id
        self._verified: set[int] = set()

    def list_steps(self) -> list[int]:
        """List the steps that have a checkpoint folder, complete or not, in order."""
        if not self.folder.is_dir():
            return []
        matches = (_NAME.fullmatch(entry.name) for entry in self.folder.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def path(self, step: int) -> Path:
        """Return the folder of a step's checkpoint."""
        return self.folder / name_generation(step)

    def read(self, step: int) -> Generation:
        """Read one checkpoint and prove every byte of it.

        Raises:
            DamagedError, FileError: as ``read_generation``.
        """
        generation = read_generation(self.path(step), self.run_id, step)
        self._verified.add(step)
        return generation

    def find_latest(self, on_skip: Callable[[FileError], None]) -> Generation | None:
        """Return the newest complete checkpoint; None if there was never one.

        Args:
            on_skip: told of each damaged one that was passed over.

        Raises:
            FileError: all are damaged, or one is not this run's own.
        """
        damaged: list[DamagedError] = []
        for step in reversed(self.list_steps()):
            try:
                generation = self.read(step)
            except DamagedError as error:
                damaged.append(error)
                continue
            for skipped in damaged:
                on_skip(skipped)
            return generation
        if not damaged:
            return None
        left = ", ".join(name_generation(step) for step in self.list_steps())
        raise FileError(
            "E4006",
            "every checkpoint is damaged",
            what=self.folder,
            where={"left": left},
            why=" · ".join(f"{error.what}: {error.why}" for error in damaged[:3]),
            do="nothing was deleted: restore one of them from a copy, or start a new run",
        )

    def save(self, step: int, files: Mapping[str, bytes]) -> Path:
        """Store a checkpoint; on any failure those that exist are as they were.

        Returns:
            Its folder, complete and verified.

        Raises:
            MachineError: the disk or a permission refused, or the copy read back differs.
        """
        part, target = self.folder / f"{_SAVING}{step:08d}", self.path(step)
        with report_write_errors(target):
            if not self.folder.is_dir():
                self.folder.mkdir()
                sync_folder(self.folder.parent)
            shutil.rmtree(part, ignore_errors=True)
            try:
                part.mkdir()
                for name, content in files.items():
                    write_file(part / name, content)
                write_file(part / MANIFEST, format_manifest(self.run_id, step, files))
                self._read_back(part, step)
                # The step was saved before and found damaged; its better copy is already safe.
                if target.exists():
                    self._remove(target)
                os.rename(part, target)
            except BaseException:
                with contextlib.suppress(OSError):
                    shutil.rmtree(part)
                raise
            sync_folder(self.folder)
        self._verified.add(step)
        return target

    def retain(self, last: int, others: Iterable[int], newest: int) -> None:
        """Remove the checkpoints that are no longer wanted.

        Args:
            last: how many complete ones to keep, the newest.
            others: steps to keep besides.
            newest: the step just saved; later ones, left by a run that fell back, stay until they
                are saved again.
        """
        steps = [step for step in self.list_steps() if step <= newest]
        complete: list[int] = []
        for step in reversed(steps):
            if len(complete) < last and self._is_complete(step):
                complete.append(step)
        if not complete:
            return
        keep = {*complete, *others}
        with report_write_errors(self.folder):
            for step in steps:
                if step not in keep:
                    self._remove(self.path(step))

    def clean(self) -> None:
        """Remove what a kill left half written or half removed."""
        if not self.folder.is_dir():
            return
        with report_write_errors(self.folder):
            for entry in self.folder.iterdir():
                if entry.name.startswith((_SAVING, _REMOVING)):
                    shutil.rmtree(entry)

    def _is_complete(self, step: int) -> bool:
        if step not in self._verified:
            with contextlib.suppress(FileError):
                self.read(step)
        return step in self._verified

    def _read_back(self, part: Path, step: int) -> None:
        try:
            read_generation(part, self.run_id, step)
        except FileError as error:
            raise MachineError(
                "E5002",
                "a checkpoint does not read back as it was written",
                what=error.what,
                why=error.why,
                do="check the disk; the checkpoint before it is whole",
            ) from None

    def _remove(self, path: Path) -> None:
        """Take the name away in one step, so that no half of a checkpoint is ever seen."""
        doomed = self.folder / f"{_REMOVING}{path.name}"
        shutil.rmtree(doomed, ignore_errors=True)
        os.rename(path, doomed)
        self._verified.discard(int(path.name.removeprefix("step-")))
        shutil.rmtree(doomed)


def check_room(folder: Path, generation_bytes: int) -> None:
    """Refuse a disk that has no room for two checkpoints.

    Args:
        folder: where the run will be; it need not exist.
        generation_bytes: size of one checkpoint.

    Raises:
        MachineError: with the numbers.
    """
    above = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(above).free
    if free < 2 * generation_bytes:
        raise MachineError(
            "E5003",
            "the disk has no room for two checkpoints",
            what=escape(folder),
            why=f"{free / 2**20:,.1f} MiB are free, {2 * generation_bytes / 2**20:,.1f} are needed",
            do="make room, or choose another disk with --output",
        )
