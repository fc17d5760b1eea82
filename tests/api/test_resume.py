from __future__ import annotations

import errno
import json
import os
import random
import shutil
from contextlib import nullcontext

import pytest

from resnets.api import continuation, finishing, session
from resnets.api.training import resume, train
from resnets.api.verification import verify
from resnets.errors import DataError, FileError, MachineError, ResnetsError
from resnets.training import Store, journal, sealed
from resnets.weights import storage


def edit(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def flip(path, bit):
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(content))


def events(path):
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


def test_a_stopped_run_ends_as_the_unbroken_one(halted, finished, look):
    assert look.checkpoints(halted) == ["step-00000009", "step-00000012", "step-00000013"]
    resume(halted, progress=False)
    look.assert_same_result(halted, finished)
    told = [(event["event"], event["step"]) for event in events(halted)]
    assert told == [("started", 0), ("interrupted", 13), ("resumed", 13), ("finished", 18)]


@pytest.mark.parametrize("garbage", [b"", b"{", b"\x00" * 50, b'{"state": "finished"}'])
def test_a_damaged_status_is_written_anew(halted, finished, look, capsys, garbage):
    (halted / "status.json").write_bytes(garbage)
    resume(halted, progress=False)
    look.assert_same_result(halted, finished)
    assert "status.json was damaged" in capsys.readouterr().err


def test_a_finished_run_with_a_damaged_status_is_finished_again(copied, finished, look):
    (copied / "status.json").write_text("?")
    resume(copied, progress=False)
    look.assert_same_result(copied, finished)


def test_an_edited_configuration_is_refused(halted, look):
    path = halted / "config.json"
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    before = look.snapshot(halted)
    with pytest.raises(FileError) as caught:
        resume(halted, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E4009", 4)
    before.pop("lock"), (now := look.snapshot(halted)).pop("lock")
    assert now == before


def test_the_newest_checkpoint_without_manifest_is_passed_over(halted, finished, look, capsys):
    (halted / "checkpoints" / "step-00000013" / "MANIFEST.json").unlink()
    resume(halted, progress=False)
    look.assert_same_result(halted, finished)
    assert "skipped" in capsys.readouterr().err
    assert any("step-00000013" in event.get("text", "") for event in events(halted))


def test_when_every_checkpoint_is_damaged_nothing_is_deleted(halted, look):
    for name in look.checkpoints(halted):
        flip(halted / "checkpoints" / name / "model.safetensors", 3000)
    before = look.checkpoints(halted)
    with pytest.raises(FileError) as caught:
        resume(halted, progress=False)
    assert caught.value.code == "E4006"
    assert "step-00000012" in caught.value.where["left"]
    assert look.checkpoints(halted) == before


def test_a_checkpoint_of_another_run_is_refused(halted, finished):
    shutil.rmtree(halted / "checkpoints" / "step-00000013")
    source = finished / "checkpoints" / "step-00000018"
    shutil.copytree(source, halted / "checkpoints" / "step-00000018")
    with pytest.raises(FileError) as caught:
        resume(halted, progress=False)
    assert caught.value.code == "E4005"


def test_without_any_checkpoint_the_run_begins_again(halted, finished, look):
    shutil.rmtree(halted / "checkpoints")
    resume(halted, progress=False)
    look.assert_same_result(halted, finished)


def test_a_state_without_its_fields_is_refused(halted, look):
    store = Store(halted / "checkpoints", look.table(halted / "run.json")["run_id"])
    files = dict(store.read(13).files)
    content = json.loads(files["state.json"])
    del content["tally"]
    store.save(13, {**files, "state.json": json.dumps(content).encode()})
    with pytest.raises(FileError) as caught:
        resume(halted, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E4002", 4)


@pytest.mark.parametrize(
    ("line", "where"), [(b'{"loss": NaN}\n', "line 1"), (b"", "those that were written")]
)
def test_changed_measurements_are_refused(halted, line, where):
    path = halted / "metrics.jsonl"
    path.write_bytes(line + path.read_bytes()[300:])
    with pytest.raises(FileError) as caught:
        resume(halted, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E4008", 4)


def test_another_environment_is_told_and_marked(halted, look, capsys):
    facts = look.table(halted / "run.json")
    versions = {**facts["versions"], "torch": "2.0.0"}
    facts.pop("digest")
    sealed.write_sealed(halted / "run.json", {**facts, "versions": versions})
    with pytest.raises(MachineError) as caught:
        resume(halted, exact=True, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E5005", 5)
    assert "torch 2.0.0 is now" in caught.value.what
    result = resume(halted, progress=False)
    assert not result.exact
    assert not look.table(halted / "status.json")["exact"]
    assert "not exact from here on: torch 2.0.0 is now" in capsys.readouterr().err
    assert not resume(halted, progress=False).exact


def test_an_edited_run_file_makes_the_result_not_exact(halted, look):
    edit(halted / "run.json", command="something else")
    assert not resume(halted, progress=False).exact


def test_other_data_is_refused(halted, look):
    facts = look.table(halted / "run.json")
    facts.pop("digest")
    for change in ({"fingerprint": "0" * 64}, {"splits": {}}):
        sealed.write_sealed(halted / "run.json", {**facts, **change})
        with pytest.raises(DataError) as caught:
            resume(halted, progress=False)
        assert (caught.value.code, caught.value.exit) == ("E3901", 3)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(FileError) as caught:
        resume(tmp_path, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E4007", 4)


def test_a_changed_output_of_a_finished_run_is_refused_and_can_be_written_again(
    copied, finished, look
):
    flip(copied / "model" / "model.safetensors", 4000)
    with pytest.raises(FileError) as caught:
        resume(copied, progress=False)
    assert (caught.value.code, caught.value.exit) == ("E4010", 4)
    assert caught.value.what.endswith("model/model.safetensors")
    (copied / "status.json").unlink()
    resume(copied, progress=False)
    look.assert_same_result(copied, finished)


def test_nothing_writes_a_changed_configuration_again(copied):
    (copied / "config.json").write_text("{}")
    with pytest.raises(FileError) as caught:
        resume(copied, progress=False)
    assert (caught.value.code, caught.value.do) == ("E4010", ("restore it from a copy",))


def test_a_report_can_be_written_again(copied):
    (copied / "report.html").write_text("gone")
    with pytest.raises(FileError) as caught:
        resume(copied, progress=False)
    assert f"resnets report {copied}" in str(caught.value)
    finishing.write_report(copied)
    assert resume(copied, progress=False).path == copied
    assert verify(copied) == []


def refuse(number):
    def raise_error(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    return raise_error


@pytest.mark.parametrize("name", ["metrics.jsonl", "status.json", "best.json", "report.html"])
def test_a_full_disk_stops_the_run_and_keeps_the_last_checkpoint(
    small, finished, tmp_path, monkeypatch, look, name
):
    path, calls = tmp_path / "run", []
    real = {"storage": storage.os.replace, "journal": open}

    def replace(source, target):
        # The first status is written before training; a later one fails.
        calls.append(str(target).endswith(name))
        if str(target).endswith(name) and sum(calls) > (name == "status.json"):
            refuse(errno.ENOSPC)()
        return real["storage"](source, target)

    def open_file(file, *args, **kwargs):
        if str(file).endswith(name):
            refuse(errno.ENOSPC)()
        return real["journal"](file, *args, **kwargs)

    monkeypatch.setattr(storage.os, "replace", replace)
    if name == "metrics.jsonl":
        monkeypatch.setattr(journal, "open", open_file, raising=False)
    with pytest.raises(MachineError) as caught:
        train(small, path, checkpoint_every="4it", progress=False)
    assert caught.value.exit == 5
    assert name in caught.value.what
    assert "last checkpoint" in caught.value.where
    monkeypatch.undo()
    assert verify(path) == []
    resume(path, progress=False)
    look.assert_same_result(path, finished)


def test_a_deleted_run_folder_is_an_error(small, tmp_path, monkeypatch):
    real = session.Session.on_epoch

    def on_epoch(self, *args):
        shutil.rmtree(tmp_path / "run")
        return real(self, *args)

    monkeypatch.setattr(session.Session, "on_epoch", on_epoch)
    with pytest.raises(MachineError) as caught:
        train(small, tmp_path / "run", progress=False)
    assert caught.value.exit == 5
    assert not (tmp_path / "run").exists()


class Killed(BaseException):
    """What SIGKILL is to a process."""


@pytest.mark.parametrize("stage", ["_write_mistakes", "_write_network", "write_report"])
def test_a_kill_between_evaluation_and_report_is_repaired(
    small, finished, tmp_path, monkeypatch, look, stage
):
    def die(*args):
        raise Killed

    monkeypatch.setattr(finishing, stage, die)
    # A killed process says nothing any more.
    monkeypatch.setattr(continuation, "record_failure", lambda session: nullcontext())
    with pytest.raises(Killed):
        train(small, tmp_path / "run", checkpoint_every="4it", progress=False)
    monkeypatch.undo()
    assert verify(tmp_path / "run") == []
    resume(tmp_path / "run", progress=False)
    look.assert_same_result(tmp_path / "run", finished)
    assert verify(tmp_path / "run") == []


def test_no_single_bit_is_accepted_in_silence(halted, copied):
    """Flip bits all over a stopped and a finished run: each is found."""
    chance = random.Random(0)
    for folder in (halted, copied):
        files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size]
        for path in files:
            for _ in range(4):
                bit = chance.randrange(8 * path.stat().st_size)
                flip(path, bit)
                assert verify(folder) != [], f"{path.relative_to(folder)}, bit {bit}"
                flip(path, bit)
        assert verify(folder) == []


def test_resuming_after_a_flipped_bit_is_refused_told_or_unharmed(
    stopped, finished, tmp_path, look, capsys
):
    chance = random.Random(1)
    names = [str(p.relative_to(stopped)) for p in sorted(stopped.rglob("*")) if p.is_file()]
    for number, name in enumerate(names):
        folder = shutil.copytree(stopped, tmp_path / str(number))
        if not (size := (folder / name).stat().st_size):
            continue
        flip(folder / name, chance.randrange(8 * size))
        exit_code = try_to_resume(folder)
        told = capsys.readouterr().err
        unharmed = exit_code == 0 and look.measurements(folder) == look.measurements(finished)
        assert unharmed or exit_code in (3, 4) or told, name


def try_to_resume(folder):
    try:
        return 0 if resume(folder, progress=False).exact else 1
    except ResnetsError as error:
        return error.exit
