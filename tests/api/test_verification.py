from __future__ import annotations

import json
import os

import pytest
import torch

from resnets.api.verification import Finding, verify
from resnets.errors import FileError
from resnets.training import Store
from resnets.training.sealed import write_sealed
from resnets.weights import format_safetensors, parse_safetensors


def rebuild(path, name, change):
    """Change a tensor file of the newest checkpoint, with a manifest that agrees."""
    run_id = json.loads((path / "run.json").read_text())["run_id"]
    store = Store(path / "checkpoints", run_id)
    step = store.list_steps()[-1]
    files = dict(store.read(step).files)
    tensors = parse_safetensors(files[name], name)
    change(tensors)
    store.save(step, {**files, name: format_safetensors(tensors)})


def test_a_finished_and_a_stopped_run_are_as_they_say(finished, stopped):
    assert verify(finished) == []
    assert verify(str(stopped)) == []


@pytest.mark.parametrize("name", ["", "absent", "file"])
def test_what_is_no_run_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("text")
    with pytest.raises(FileError) as caught:
        verify(tmp_path / name)
    assert (caught.value.code, caught.value.exit) == ("E4007", 4)


def test_a_model_folder_is_no_run(finished):
    with pytest.raises(FileError):
        verify(finished / "model")


def test_what_a_kill_leaves_is_no_finding(halted):
    (halted / "checkpoints" / ".saving-00000018").mkdir()
    (halted / "checkpoints" / ".removing-step-00000004").mkdir()
    (halted / ".status.json.partial").write_text("{")
    (halted / "lock").write_text(json.dumps({"pid": 1, "host": "gone"}))
    for name in ("metrics.jsonl", "events.jsonl"):
        with open(halted / name, "a") as file:
            file.write('{"split": "tr')
    assert verify(halted) == []


def test_a_symbolic_link_is_found(halted, tmp_path):
    os.rename(halted / "summary.csv", tmp_path / "elsewhere")
    (halted / "summary.csv").symlink_to(tmp_path / "elsewhere")
    assert Finding("summary.csv", "it is a symbolic link") in verify(halted)


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.safetensors"])
def test_tensors_that_are_not_finite_are_found(halted, name):
    def spoil(tensors):
        name = next(name for name in tensors if name.endswith("fc.bias"))
        tensors[name][0] = torch.inf

    rebuild(halted, name, spoil)
    (finding,) = verify(halted)
    assert finding.file == "checkpoints/step-00000013"
    assert "not finite" in finding.problem


def test_tensors_of_another_network_are_found(halted):
    rebuild(halted, "model.safetensors", lambda tensors: tensors.pop("fc.bias"))
    (finding,) = verify(halted)
    assert "fc.bias" in finding.problem


def test_a_best_that_is_no_checkpoint_is_found(halted):
    write_sealed(halted / "best.json", {"generation": "step-00000004", "top1_error": 1.0})
    (finding,) = verify(halted)
    assert finding.file == "best.json"
    assert "step-00000004" in finding.problem


def test_a_missing_best_is_found(copied):
    (copied / "best.json").unlink()
    assert {finding.file for finding in verify(copied)} == {"best.json"}


@pytest.mark.parametrize(
    "name",
    ["model/model.safetensors", "evaluation.json", "mistakes.safetensors", "report.html"],
)
def test_a_missing_output_of_a_finished_run_is_found(copied, name):
    (copied / name).unlink()
    assert verify(copied) == [Finding(name, "it is missing, or not what the run wrote")]


def test_a_line_of_the_measurements_that_is_no_record_is_named(halted):
    path = halted / "metrics.jsonl"
    path.write_text(path.read_text() + '{"loss": NaN}\n')
    (finding,) = verify(halted)
    assert finding.file == "metrics.jsonl"
    assert "line 3" in finding.problem


def test_steps_out_of_order_are_found(halted):
    path = halted / "metrics.jsonl"
    path.write_text(path.read_text() + '{"split": "train", "step": 3}\n')
    assert Finding("metrics.jsonl", "its steps are not in order") in verify(halted)


def test_an_unreadable_run_file_is_a_finding(halted):
    (halted / "config.json").write_text("{}")
    (finding,) = verify(halted)
    assert finding.file == "config.json"


def test_no_complete_checkpoint_is_found(halted):
    for path in (halted / "checkpoints").iterdir():
        (path / "MANIFEST.json").unlink()
    problems = {finding.file: finding.problem for finding in verify(halted)}
    assert problems["checkpoints"] == "none of them is complete"
    assert len([name for name in problems if name.endswith("MANIFEST.json")]) == 3
