"""The tests of the store are tested: defects are planted in it, and each must be noticed."""

from __future__ import annotations

import contextlib
import errno
import shutil
from pathlib import Path

import pytest

from resnets.errors import MachineError
from resnets.training import Store, checkpoints
from resnets.training.generation import MANIFEST, format_manifest
from resnets.weights import sync_folder

RUN = "0123456789abcdef"
STEPS = (10, 20, 30)


def find_violations(folder: Path, make, files, monkeypatch, faults, error: int | None) -> list[str]:
    """Let every operation of a run of saves fail in turn; list the broken promises.

    With ``error`` None the process dies there and the power is cut with it.
    """
    with faults.Disk().attached(monkeypatch) as disk:
        assert list(save_in_turn(make(folder / "counted"), files)) == list(STEPS)
    violations = []
    for number in range(len(disk.log)):
        place = folder / str(number)
        done = 0
        disk = faults.Disk(number, error)
        with disk.attached(monkeypatch), contextlib.suppress(faults.Killed, MachineError):
            for done in save_in_turn(make(place), files):  # noqa: B007 - the last one counts
                pass
        if error is None and place.exists():
            disk.lose_unsynced(place)
        store = Store(place, RUN)
        complete = [step for step in store.list_steps() if store._is_complete(step)]
        if done and not complete:
            violations.append(f"operation {number}: no checkpoint is left")
        elif done and complete[-1] < done:
            violations.append(f"operation {number}: step {done} was reported and is not there")
        elif len(complete) < len(store.list_steps()):
            violations.append(f"operation {number}: a checkpoint is incomplete")
        shutil.rmtree(place, ignore_errors=True)
    return violations


def save_in_turn(store: Store, files):
    """Save three steps; yield each when it was reported as saved."""
    for step in STEPS:
        store.save(step, files)
        yield step
        store.retain(2, [], step)


class InPlace(Store):
    """Writes under the final name."""

    def save(self, step, files):
        target = self.path(step)
        target.mkdir(parents=True)
        for name, content in files.items():
            (target / name).write_bytes(content)
        checkpoints.write_file(target / MANIFEST, format_manifest(self.run_id, step, files))
        self._verified.add(step)
        return target


class ManifestFirst(Store):
    """Declares a checkpoint complete before it is."""

    def save(self, step, files):
        target = self.path(step)
        target.mkdir(parents=True)
        checkpoints.write_file(target / MANIFEST, format_manifest(self.run_id, step, files))
        for name, content in files.items():
            checkpoints.write_file(target / name, content)
        sync_folder(self.folder)
        self._verified.add(step)
        return target


class Unflushed(Store):
    """Trusts the system to bring data to the disk in time."""

    def save(self, step, files):
        def write(path, content):
            with open(path, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)

        before, checkpoints.write_file = checkpoints.write_file, write
        try:
            return super().save(step, files)
        finally:
            checkpoints.write_file = before


class Swallowing(Store):
    """Takes a refusal of the disk for a warning."""

    def save(self, step, files):
        with contextlib.suppress(MachineError):
            super().save(step, files)
        return self.path(step)


def make_store(kind):
    return lambda folder: kind(folder, RUN)


@pytest.mark.parametrize("error", [None, errno.ENOSPC])
def test_the_store_keeps_its_promises(tmp_path, files, monkeypatch, faults, error):
    assert find_violations(tmp_path, make_store(Store), files, monkeypatch, faults, error) == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [(InPlace, None), (ManifestFirst, None), (Unflushed, None), (Swallowing, errno.ENOSPC)],
)
def test_a_planted_defect_is_noticed(tmp_path, files, monkeypatch, faults, kind, error):
    assert find_violations(tmp_path, make_store(kind), files, monkeypatch, faults, error) != []
