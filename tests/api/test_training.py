from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import pytest
import torch

from resnets.api import session
from resnets.api.models import load
from resnets.api.training import resume, train
from resnets.errors import (
    ConfigError,
    DataError,
    FileError,
    MachineError,
)
from resnets.spec import DataSpec, Plateau, Run, assign, decode
from resnets.weights import load_folder, read_safetensors


def test_a_run_folder_is_as_designed(finished, look, small):
    names = {p.name for p in finished.iterdir()}
    assert names == {
        "run.json",
        "config.json",
        "status.json",
        "lock",
        "metrics.jsonl",
        "events.jsonl",
        "summary.csv",
        "checkpoints",
        "best.json",
        "model",
        "evaluation.json",
        "mistakes.safetensors",
        "network.json",
        "report.html",
    }
    assert decode(Run, look.table(finished / "config.json")) == small
    facts = look.table(finished / "run.json")
    assert facts["notes"][0].startswith("split by seed 0")
    assert (facts["command"], facts["license"], facts["data_dir"]) == ("resnets train", "MIT", None)
    assert facts["versions"]["torch"] == torch.__version__
    status = look.table(finished / "status.json")
    assert (status["state"], status["step"], status["exit"]) == ("finished", 18, 0)
    assert (status["error"], status["exact"]) == (None, True)


def test_measurements_are_as_promised(finished):
    records = [json.loads(line) for line in (finished / "metrics.jsonl").read_text().splitlines()]
    assert [(r["split"], r["step"], r["epoch"]) for r in records] == [
        ("train", 9, 1),
        ("validation", 9, 1),
        ("train", 18, 2),
        ("validation", 18, 2),
    ]
    train_record, validation = records[2], records[3]
    assert train_record["lr"] == 0.01
    assert train_record["n"] == 9 * 128
    assert len(train_record["order"]) == 64
    assert train_record["order"] != records[0]["order"]
    assert train_record["images_per_second"] > 0
    assert validation["n"] == 200
    assert 0 <= validation["top5_error"] <= validation["top1_error"] <= 100


def test_what_is_kept_is_the_average_and_knows_its_classes(finished, look):
    config, state = load_folder(finished / "model")
    generation = finished / "checkpoints" / "step-00000018"
    moving = read_safetensors(generation / "optimizer.safetensors")
    raw = read_safetensors(generation / "model.safetensors")
    assert torch.equal(state["fc.weight"], moving["average/fc.weight"])
    assert not torch.equal(state["fc.weight"], raw["fc.weight"])
    assert config.classes == tuple("0123456789")
    assert config.license == "MIT"
    evaluation = look.table(finished / "evaluation.json")
    assert config.measured["test_top1_error"] == evaluation["test"]["top1_error"]
    assert evaluation["test"]["n"] == 360
    assert evaluation["validation"]["top1_error"] == look.measurements(finished)[-1]["top1_error"]
    listed = evaluation["test"]["mistakes"]
    assert len(read_safetensors(finished / "mistakes.safetensors")["test"]) == len(listed)
    assert load(finished).config == config


def test_the_best_is_by_validation_error_alone(finished, look):
    errors = {
        r["step"]: r["top1_error"] for r in look.measurements(finished) if r["split"][0] == "v"
    }
    best = look.table(finished / "best.json")
    assert best["top1_error"] == min(errors.values())
    assert errors[int(best["generation"].removeprefix("step-"))] == best["top1_error"]
    assert (finished / "checkpoints" / best["generation"]).is_dir()


def test_two_runs_of_one_command_are_equal(finished, tmp_path, look, small):
    result = train(small, tmp_path / "again", checkpoint_every="4it", progress=False)
    assert os.fspath(result) == str(tmp_path / "again")
    look.assert_same_result(tmp_path / "again", finished)


def test_sparing_memory_changes_no_byte_and_is_kept_for_resuming(finished, tmp_path, look, small):
    train(small, tmp_path / "run", checkpoint_every="4it", recompute=True, progress=False)
    look.assert_same_result(tmp_path / "run", finished)
    assert look.table(tmp_path / "run" / "run.json")["execution"]["recompute"] is True


def test_a_finished_run_is_left_alone(copied, look):
    before = look.snapshot(copied)
    result = resume(copied, progress=False)
    assert result.evaluation == look.table(copied / "evaluation.json")
    assert result.exact
    assert look.snapshot(copied) == before


def test_without_validation_nothing_is_the_best_and_the_test_curve_does_not_select(
    tmp_path, look, small
):
    run = small.replace(
        data=DataSpec(), test_curve=True, recipe=small.recipe.replace(length="13it")
    )
    train(run, tmp_path / "run", progress=False)
    assert not (tmp_path / "run" / "best.json").exists()
    splits = [(r["split"], r["step"], r["epoch"]) for r in look.measurements(tmp_path / "run")]
    assert splits == [
        ("train", 11, 1),
        ("test", 11, 1),
        ("train", 13, 1.1818),
        ("test", 13, 1.1818),
    ]
    assert "validation" not in look.table(tmp_path / "run" / "evaluation.json")


def test_a_plateau_goes_by_the_validation_error(tmp_path, monkeypatch, look, small):
    recipe = small.recipe.replace(length="4ep", schedule=Plateau(patience=1, factor=0.5), ema=0.0)
    monkeypatch.setattr(session.Session, "evaluate", measured_as([50.0, 60.0, 40.0, 70.0, 0, 0]))
    train(small.replace(recipe=recipe), tmp_path / "run", progress=False)
    records = look.measurements(tmp_path / "run")
    assert [r["lr"] for r in records if r["split"] == "train"] == [0.1, 0.1, 0.05, 0.05]
    assert look.table(tmp_path / "run" / "best.json")["generation"] == "step-00000027"
    steps = sorted(p.name for p in (tmp_path / "run" / "checkpoints").iterdir())
    assert steps == ["step-00000027", "step-00000036"]


def measured_as(errors):
    real, left = session.Session.evaluate, iter(errors)

    def evaluate(self, split, **options):
        return replace(real(self, split, **options), top1_error=float(next(left)))

    return evaluate


def test_the_best_checkpoint_is_kept_until_a_better_one(tmp_path, monkeypatch, look, small):
    errors = [30.0, 20.0, 50.0, 60.0, 70.0, 0.0, 0.0]
    monkeypatch.setattr(session.Session, "evaluate", measured_as(errors))
    train(assign(small, ["recipe.length=5ep"]), tmp_path / "run", progress=False)
    steps = sorted(p.name for p in (tmp_path / "run" / "checkpoints").iterdir())
    assert steps == ["step-00000018", "step-00000036", "step-00000045"]
    assert look.table(tmp_path / "run" / "best.json")["generation"] == "step-00000018"


REFUSED = {
    "network.num_classes=7": (ConfigError, "E2404"),
    "network.in_chans=3": (ConfigError, "E2404"),
    "recipe.length=0it": (ConfigError, "E2401"),
    "recipe.batch_size=5000": (ConfigError, "E2301"),
    "data.name=folder:/nowhere": (DataError, "E3"),
    "init=/nowhere/model.safetensors": (FileError, "E4501"),
    "device=cuda:63": (MachineError, "E5901"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_a_refused_run_leaves_no_folder(tmp_path, small, change):
    kind, code = REFUSED[change]
    with pytest.raises(kind) as caught:
        train(assign(small, [change]), tmp_path / "runs" / "refused", progress=False)
    assert caught.value.code.startswith(code)
    assert list(tmp_path.iterdir()) == []


def test_checkpoints_need_a_distance(tmp_path, small):
    with pytest.raises(ConfigError) as caught:
        train(small, tmp_path / "run", checkpoint_every="0it", progress=False)
    assert caught.value.code == "E2403"
    assert not (tmp_path / "run").exists()


def test_classes_are_named_on_both_sides(tmp_path, small):
    with pytest.raises(ConfigError) as caught:
        train(assign(small, ["network.num_classes=7"]), tmp_path / "run", progress=False)
    assert "num_classes = 7" in caught.value.what
    assert "digits has 10 classes" in caught.value.why


def test_an_occupied_folder_is_untouched(copied, look, small):
    before = look.snapshot(copied)
    with pytest.raises(ConfigError) as caught:
        train(small, copied, progress=False)
    assert caught.value.code == "E2402"
    assert look.snapshot(copied) == before


def test_a_disk_without_room_is_refused_up_front(tmp_path, monkeypatch, small):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(MachineError) as caught:
        train(small, tmp_path / "run", progress=False)
    assert caught.value.code == "E5003"
    assert not (tmp_path / "run").exists()
