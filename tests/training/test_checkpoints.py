from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from resnets.errors import FileError, MachineError
from resnets.training import DamagedError, Store, check_room, checkpoints

RUN = "0123456789abcdef"


def fill(files: dict[str, bytes], step: int) -> dict[str, bytes]:
    return {name: content + str(step).encode() for name, content in files.items()}


@pytest.fixture
def store(tmp_path, files) -> Store:
    """A store with checkpoints of the steps 10 and 20."""
    store = Store(tmp_path / "checkpoints", RUN)
    for step in (10, 20):
        store.save(step, fill(files, step))
    return store


def save_and_retain(store: Store, files: dict[str, bytes], step: int) -> None:
    store.save(step, fill(files, step))
    store.retain(2, [], step)


def hidden(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir() if entry.name.startswith(".")]


def test_a_checkpoint_reads_back(store, files):
    assert store.list_steps() == [10, 20]
    generation = Store(store.folder, RUN).find_latest(pytest.fail)
    assert (generation.step, generation.files) == (20, fill(files, 20))
    names = sorted(entry.name for entry in generation.path.iterdir())
    assert names == ["MANIFEST.json", "model.safetensors", "optimizer.safetensors", "state.json"]


def test_an_empty_store_has_no_latest(tmp_path):
    assert Store(tmp_path / "none", RUN).find_latest(pytest.fail) is None


def count_operations(store: Store, files, monkeypatch, faults) -> list[str]:
    copy = store.folder.parent / "counted"
    shutil.copytree(store.folder, copy)
    with faults.Disk().attached(monkeypatch) as disk:
        save_and_retain(Store(copy, RUN), files, 30)
    return disk.log


@pytest.mark.parametrize("error", [None, errno.ENOSPC, errno.EXDEV])
def test_a_fault_at_any_operation_of_a_save_leaves_a_checkpoint(
    store, files, monkeypatch, faults, error
):
    log = count_operations(store, files, monkeypatch, faults)
    assert len(log) >= 25
    assert {"write", "fsync", "replace", "rename", "mkdir", "unlink", "rmdir"} <= set(log)
    for number, operation in enumerate(log):
        folder = store.folder.parent / f"fault-{number}"
        shutil.copytree(store.folder, folder)
        with faults.Disk(number, error).attached(monkeypatch):
            try:
                save_and_retain(Store(folder, RUN), files, 30)
                outcome = "unharmed"  # a half-removed old checkpoint may stay behind
            except faults.Killed:
                outcome = "killed"
            except MachineError as caught:
                outcome = f"exit {caught.exit}"
        assert outcome == "killed" if error is None else outcome in ("exit 5", "unharmed"), (
            operation
        )
        again = Store(folder, RUN)
        latest = again.find_latest(pytest.fail)
        assert latest.step in (20, 30), operation
        assert latest.files == fill(files, latest.step), operation
        again.clean()
        save_and_retain(again, files, 40)
        assert again.find_latest(pytest.fail).step == 40
        assert hidden(folder) == [], operation
        assert len(again.list_steps()) == 2, operation


def test_a_refusing_disk_leaves_no_half_checkpoint(store, files, monkeypatch, faults):
    log = count_operations(store, files, monkeypatch, faults)
    for number in [n for n, operation in enumerate(log) if operation == "write"]:
        with (
            faults.Disk(number, errno.ENOSPC).attached(monkeypatch),
            pytest.raises(MachineError) as caught,
        ):
            save_and_retain(store, files, 30)
        assert caught.value.code == "E5501"
        assert "No space left" in caught.value.why
        assert hidden(store.folder) == []
        assert store.list_steps() == [10, 20]


PLANTED = {
    "an empty file": lambda path: (path / "model.safetensors").write_bytes(b""),
    "a short file": lambda path: cut(path / "optimizer.safetensors"),
    "no manifest": lambda path: (path / "MANIFEST.json").unlink(),
    "half a manifest": lambda path: cut(path / "MANIFEST.json"),
    "a missing file": lambda path: (path / "state.json").unlink(),
    "a manifest of nothing": lambda path: (path / "MANIFEST.json").write_text('{"format": 1}'),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("defect", [name for name in PLANTED if name != "a manifest of nothing"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(store, files, defect):
    PLANTED[defect](store.path(20))
    skipped: list[FileError] = []
    latest = Store(store.folder, RUN).find_latest(skipped.append)
    assert latest.step == 10
    assert len(skipped) == 1
    assert "step-00000020" in skipped[0].what
    assert store.path(20).exists()


@pytest.mark.parametrize("defect", [name for name in PLANTED if name != "a manifest of nothing"])
def test_when_all_are_damaged_nothing_is_deleted(store, defect):
    for step in (10, 20):
        PLANTED[defect](store.path(step))
    before = sorted(str(path) for path in store.folder.rglob("*"))
    with pytest.raises(FileError) as caught:
        Store(store.folder, RUN).find_latest(pytest.fail)
    assert (caught.value.code, caught.value.exit) == ("E4006", 4)
    assert caught.value.where["left"] == "step-00000010, step-00000020"
    assert sorted(str(path) for path in store.folder.rglob("*")) == before


def test_a_damaged_step_is_saved_again(store, files):
    cut(store.path(20) / "model.safetensors")
    again = Store(store.folder, RUN)
    assert again.find_latest(lambda error: None).step == 10
    again.save(20, fill(files, 20))
    assert Store(store.folder, RUN).find_latest(pytest.fail).step == 20


def test_retention_counts_only_complete_checkpoints(store, files):
    cut(store.path(20) / "model.safetensors")
    again = Store(store.folder, RUN)
    save_and_retain(again, files, 30)
    assert again.list_steps() == [10, 30]


def test_retention_keeps_the_last_two_and_what_it_is_told(store, files):
    for step in (30, 40):
        store.save(step, fill(files, step))
    store.retain(2, [10], 40)
    assert store.list_steps() == [10, 30, 40]


def test_retention_leaves_what_is_newer_than_the_run(store, files):
    cut(store.path(20) / "model.safetensors")
    store.save(15, fill(files, 15))
    store.retain(2, [], 15)
    assert store.list_steps() == [10, 15, 20]


def test_a_copy_that_does_not_read_back_is_an_error(store, files, monkeypatch, faults):
    def corrupt(path, content):
        content = content.encode() if isinstance(content, str) else content
        path.write_bytes(content[:-1] + b"?" if path.name == "model.safetensors" else content)

    monkeypatch.setattr(checkpoints, "write_file", corrupt)
    with pytest.raises(MachineError) as caught:
        store.save(30, fill(files, 30))
    assert (caught.value.code, caught.value.exit) == ("E5002", 5)
    assert store.list_steps() == [10, 20]
    assert hidden(store.folder) == []


def test_what_a_kill_left_is_cleaned(store):
    for name in (".saving-00000030", ".removing-step-00000005"):
        (store.folder / name).mkdir()
        (store.folder / name / "model.safetensors").write_bytes(b"half")
    store.clean()
    assert hidden(store.folder) == []
    assert store.list_steps() == [10, 20]


def test_a_disk_without_room_for_two_is_refused(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=3 * 2**20)
    asked = []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: asked.append(path) or usage)
    check_room(tmp_path / "runs" / "new", 2**20)
    with pytest.raises(MachineError) as caught:
        check_room(tmp_path / "runs" / "new", 2 * 2**20)
    assert asked == [tmp_path, tmp_path]
    assert (caught.value.code, caught.value.exit) == ("E5003", 5)
    assert "3.0 MiB are free, 4.0 are needed" in caught.value.why


def test_every_bit_of_a_checkpoint_is_watched(tmp_path, files):
    store = Store(tmp_path / "small", RUN)
    small = {name: content[:12] for name, content in files.items()}
    path = store.save(1, small)
    for file in sorted(path.iterdir()):
        content = file.read_bytes()
        for bit in range(0, 8 * len(content), 7):
            flipped = bytearray(content)
            flipped[bit // 8] ^= 1 << bit % 8
            file.write_bytes(bytes(flipped))
            with pytest.raises(FileError) as caught:
                Store(store.folder, RUN).read(1)
            assert caught.value.exit == 4
        file.write_bytes(content)
    assert Store(store.folder, RUN).read(1).files == small


def test_a_name_that_is_no_checkpoint_is_not_counted(store):
    for name in ("step-1", "step-00000030.bak", "notes"):
        (store.folder / name).mkdir()
    assert store.list_steps() == [10, 20]


def test_damage_is_told_from_what_others_put_there(store):
    cut(store.path(20) / "model.safetensors")
    with pytest.raises(DamagedError) as caught:
        Store(store.folder, RUN).read(20)
    assert caught.value.code == "E4003"
    assert "sha256 mismatch" in caught.value.why
