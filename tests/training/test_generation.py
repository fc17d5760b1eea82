"""Checkpoints that someone else put there: refused by name, never passed over in silence."""

from __future__ import annotations

import json
import os

import pytest

from resnets.errors import FileError, MachineError
from resnets.training import DamagedError, Store, generation

RUN = "0123456789abcdef"


@pytest.fixture
def store(tmp_path, files) -> Store:
    store = Store(tmp_path / "checkpoints", RUN)
    store.save(10, files)
    store.save(20, files)
    return store


def edit(path, **changes) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **changes}))


def refuse(store: Store) -> FileError:
    with pytest.raises(FileError) as caught:
        Store(store.folder, RUN).find_latest(pytest.fail)
    assert caught.value.exit == 4
    assert not isinstance(caught.value, DamagedError)
    return caught.value


def test_a_newer_format_is_refused_by_name(store):
    edit(store.path(20) / "MANIFEST.json", format=2)
    error = refuse(store)
    assert error.code == "E4004"
    assert "format version 2" in error.why


def test_the_checkpoint_of_another_run_is_refused(store):
    edit(store.path(20) / "MANIFEST.json", run="another")
    error = refuse(store)
    assert error.code == "E4005"
    assert "run id" in error.why
    assert "another" in error.why


@pytest.mark.parametrize("name", ["../state.json", "/etc/passwd", "a\x1b[31m.json", "extra.bin"])
def test_a_manifest_that_lists_another_file_is_refused(store, name):
    path = store.path(20) / "MANIFEST.json"
    listed = json.loads(path.read_text())["files"]
    edit(path, files={**listed, name: listed["state.json"]})
    error = refuse(store)
    assert error.code == "E4005"
    assert "\x1b" not in str(error)


@pytest.mark.parametrize("name", ["model.safetensors", "state.json", "MANIFEST.json"])
def test_a_symbolic_link_to_a_file_is_refused(store, tmp_path, name):
    path = store.path(20) / name
    os.rename(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert refuse(store).code == "E4502"


def test_a_symbolic_link_to_a_checkpoint_is_refused(store, tmp_path):
    os.rename(store.path(20), tmp_path / "elsewhere")
    store.path(20).symlink_to(tmp_path / "elsewhere")
    error = refuse(store)
    assert error.code == "E4005"
    assert "symbolic link" in error.why


@pytest.mark.parametrize("changes", [{"step": 10}, {"files": None}, {"files": []}])
def test_a_manifest_that_is_not_this_steps_is_damage(store, changes):
    edit(store.path(20) / "MANIFEST.json", **changes)
    with pytest.raises(DamagedError):
        store.read(20)


def test_a_renamed_checkpoint_is_damage(store):
    os.rename(store.path(20), store.path(30))
    skipped = []
    assert Store(store.folder, RUN).find_latest(skipped.append).step == 10
    assert len(skipped) == 1


def test_a_disk_that_cannot_read_one_gives_way_to_the_one_before(store, monkeypatch):
    read = generation.read_file

    def fail(path):
        if "step-00000020" in str(path) and path.name == "model.safetensors":
            raise MachineError("E5502", "file cannot be read", what=path, why="Input/output error")
        return read(path)

    monkeypatch.setattr(generation, "read_file", fail)
    skipped = []
    assert Store(store.folder, RUN).find_latest(skipped.append).step == 10
    assert "Input/output error" in skipped[0].why
