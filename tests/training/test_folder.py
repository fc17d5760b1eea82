from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path

import pytest
import torch

from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import Run, Spec, encode
from resnets.training import (
    Status,
    check_output,
    choose,
    create_folder,
    open_folder,
    read_folder,
    read_status,
    write_status,
)
from resnets.training.lock import hold_lock

RUN = Run(network=Spec(depths=(1,), widths=(4,)), seed=5)
FACTS = {"fingerprint": "f" * 64, "command": "resnets train"}


def create(path):
    return create_folder(path, RUN, choose(torch.device("cpu")), FACTS)


@pytest.fixture
def folder(tmp_path):
    """A run folder whose process has ended."""
    path = tmp_path / "runs" / "demo"
    with create(path):
        pass
    return path


def test_a_folder_says_what_it_is(folder):
    content = json.loads((folder / "run.json").read_text())
    config = (folder / "config.json").read_bytes()
    assert json.loads(config) == encode(RUN)
    assert content["config_digest"] == hashlib.sha256(config).hexdigest()
    assert content["format"] == 1
    assert len(content["run_id"]) == 16
    assert content["execution"]["threads"] == content["threads"] >= 1
    assert content["command"] == "resnets train"
    opened = read_folder(folder)
    assert opened.run == RUN
    assert opened.id == content["run_id"]
    assert opened.execution == choose(torch.device("cpu"))
    assert opened.intact


def test_files_have_the_mode_that_the_user_set(tmp_path):
    before = os.umask(0o027)
    try:
        with create(tmp_path / "run"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "run" / "run.json").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "lock", "config.json"])
def test_a_folder_with_content_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("mine")
    if name == "lock":
        (tmp_path / "other").write_text("mine")
    before = sorted((p.name, p.read_text()) for p in tmp_path.iterdir())
    with pytest.raises(ConfigError) as caught, create(tmp_path):
        pass
    assert (caught.value.code, caught.value.exit) == ("E2402", 2)
    assert sorted((p.name, p.read_text()) for p in tmp_path.iterdir()) == before


def test_a_run_that_lives_there_is_named_with_the_way_on(folder):
    before = (folder / "run.json").read_bytes()
    with pytest.raises(ConfigError) as caught:
        check_output(folder)
    assert f"resnets train --resume {folder}" in str(caught.value)
    assert (folder / "run.json").read_bytes() == before


def test_a_file_or_link_in_its_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(ConfigError, match="in use"):
            check_output(tmp_path / name)


def test_an_empty_folder_and_a_start_killed_at_once_are_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "lock").write_text("{}")
    (tmp_path / "begun" / "config.json").write_text("half")
    for name in ("empty", "begun"):
        with create(tmp_path / name):
            pass
        assert read_folder(tmp_path / name).run == RUN


def test_of_two_starts_exactly_one_wins(tmp_path):
    path, outcomes = tmp_path / "run", []
    barrier = threading.Barrier(8)

    def begin():
        barrier.wait()
        try:
            with create(path):
                outcomes.append("won")
                barrier.wait()
        except ConfigError as error:
            outcomes.append(error.code)
            barrier.wait()

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["E2402"] * 7 + ["won"]
    assert read_folder(path).run == RUN


def test_a_live_owner_is_named_and_a_dead_one_is_no_obstacle(folder):
    with open_folder(folder), pytest.raises(MachineError) as caught, open_folder(folder):
        pass
    assert (caught.value.code, caught.value.exit) == ("E5004", 5)
    assert caught.value.what == f"process {os.getpid()} on {os.uname().nodename}"
    # The number of a living process is in the file, but the kernel knows that nobody holds it.
    (folder / "lock").write_text(json.dumps({"pid": os.getppid(), "host": "here"}))
    with open_folder(folder):
        pass
    assert (folder / "lock").read_bytes() == b""


def test_a_lock_that_is_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "precious").write_text("mine")
    (folder / "lock").unlink()
    (folder / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(MachineError), hold_lock(folder):
        pass
    assert (tmp_path / "precious").read_text() == "mine"


def test_an_edited_configuration_is_refused(folder):
    path = folder / "config.json"
    path.write_text(path.read_text().replace('"seed": 5', '"seed": 6'))
    with pytest.raises(FileError) as caught, open_folder(folder):
        pass
    assert (caught.value.code, caught.value.exit) == ("E4009", 4)
    assert "sha256 mismatch" in caught.value.why


def edit(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_an_edited_run_file_is_told(folder):
    edit(folder / "run.json", command="rm -rf")
    assert not read_folder(folder).intact


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": 2}, "E4004"),
        ({"format": "1"}, "E4008"),
        ({"run_id": 7}, "E4008"),
        ({"execution": {"threads": 0}}, "E4008"),
        ({"execution": {"speed": 2}}, "E4008"),
        ({"execution": "fast"}, "E4008"),
        ({"fingerprint": None}, "E4008"),
    ],
)
def test_a_run_file_that_cannot_be_used_is_refused(folder, changes, code):
    edit(folder / "run.json", **changes)
    with pytest.raises(FileError) as caught:
        read_folder(folder)
    assert (caught.value.code, caught.value.exit) == (code, 4)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"format": NaN}'])
def test_a_damaged_run_file_is_refused(folder, content):
    (folder / "run.json").write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_folder(folder)
    assert caught.value.code == "E4008"


def test_what_is_no_run_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(FileError) as caught, open_folder(path):
            pass
        assert (caught.value.code, caught.value.exit) == ("E4007", 4)


def test_a_status_reads_back_and_garbage_is_nothing(folder):
    status = Status("interrupted", 12, exit=143, error={"code": "E143"}, exact=False)
    write_status(folder, status)
    assert read_status(folder) == status
    path = folder / "status.json"
    whole = path.read_bytes()
    for garbage in (b"", b"{", whole.replace(b"12", b"13"), whole[:-9]):
        path.write_bytes(garbage)
        assert read_status(folder) is None
    path.unlink()
    assert read_status(folder) is None


@pytest.fixture
def without_privileges():
    """Give up root's rights for a test: root ignores modes."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_refused_at_the_start(without_privileges):
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name) / "closed"
        closed.mkdir(mode=0o500)
        with pytest.raises(MachineError) as caught, create(closed / "run"):
            pass
        assert (caught.value.code, caught.value.exit) == ("E5501", 5)
        assert "Permission denied" in caught.value.why
        with create(Path(name) / "run"):
            pass
        (Path(name) / "run").chmod(0o500)
        (Path(name) / "run" / "lock").chmod(0o400)
        with pytest.raises(MachineError) as caught, open_folder(Path(name) / "run"):
            pass
        assert caught.value.exit == 5
        (Path(name) / "run").chmod(0o700)
