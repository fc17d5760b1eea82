"""From ``train`` to ``report``, as a user goes through them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from resnets.cli.main import run
from resnets.cli.train import format_command

TINY = [
    *("--set", "network.depths=[1,1]", "--set", "network.widths=[8,16]"),
    *("--device", "cpu", "--precision", "fp32", "--epochs", "2", "--lr", "0.05"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run, as one command left it."""
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        patch.setenv("API_KEY", "canary-1234")
        assert run(["train", *TINY, "--output", "runs/tiny", "--quiet", "--holdout", "100"]) == 0
    return path


@pytest.fixture
def here(home: Path, resnets, monkeypatch):
    """The command, run beside the finished run."""
    monkeypatch.chdir(home)
    return resnets


def test_train_prints_error_next_commands_and_report(resnets, tmp_path):
    answer = resnets("train", *TINY, "--output", "runs/a")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0].startswith("test error ")
    assert "of 360 images" in lines[0]
    assert lines[-1] == "runs/a/report.html"
    assert (tmp_path / lines[-1]).read_text().lstrip().lower().startswith("<!doctype html>")
    for line in lines[1:-1]:
        assert line.removeprefix("next:").strip().startswith("resnets ")
    assert "epoch 2/2" in answer.err


def test_train_json_is_one_object_and_stderr_is_empty(resnets):
    answer = resnets("train", *TINY, "--output", "runs/a", "--json")
    content = answer.json
    assert answer.err == ""
    assert content["run"] == "runs/a"
    assert content["exact"] is True
    assert content["evaluation"]["test"]["n"] == 360


def test_precision_is_never_picked_in_silence(resnets):
    words = [word for word in TINY if word not in ("--precision", "fp32")]
    answer = resnets("train", *words, "--epochs", "1", "--output", "runs/a", "--quiet")
    precision = json.loads(Path("runs/a/config.json").read_text())["precision"]
    assert answer.err.startswith(f"precision {precision}: cpu has ")
    assert len(answer.err.splitlines()) == 1


def test_the_run_holds_the_command_that_repeats_it(home, resnets):
    command = json.loads((home / "runs/tiny/run.json").read_text())["command"]
    words = shlex.split(command)
    assert words[:2] == ["resnets", "train"]
    content = resnets(*words[1:], "--dry-run", "--json").json
    assert content["run"] == json.loads((home / "runs/tiny/config.json").read_text())


def test_no_secret_of_the_environment_is_kept(home):
    for path in (home / "runs").rglob("*"):
        assert not path.is_file() or b"canary-1234" not in path.read_bytes(), path


def test_commands_are_quoted():
    given = {"data": "folder:my pets", "tune": True, "set": ["a.b=1", "c.d=2"], "seed": 3}
    assert format_command(given, "c.toml") == (
        "resnets train --config c.toml --data 'folder:my pets' --tune "
        "--set a.b=1 --set c.d=2 --seed 3"
    )


def test_a_folder_in_use_is_refused_untouched(here, home):
    before = sorted((p, p.stat().st_mtime_ns) for p in (home / "runs").rglob("*"))
    answer = here("train", *TINY, "--output", "runs/tiny")
    assert answer.code == 2
    assert "resnets train --resume runs/tiny" in answer.err
    assert sorted((p, p.stat().st_mtime_ns) for p in (home / "runs").rglob("*")) == before


def test_resume_of_a_finished_run_repeats_its_answer(here):
    answer = here("train", "--resume", "runs/tiny", "--quiet")
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "runs/tiny/report.html"


def test_a_crash_in_training_is_written_into_the_run(here, home, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("resnets.api.training.resume", fail)
    answer = here("train", "--resume", "runs/tiny", "--json")
    assert answer.code == 1
    path = Path(answer.error["where"]["crash file"])
    assert path.parent == Path("runs/tiny/crash")
    assert "ZeroDivisionError" in path.read_text()
    path.unlink()
    path.parent.rmdir()


def test_evaluate_answers_as_training_did(here, home):
    stored = json.loads((home / "runs/tiny/evaluation.json").read_text())
    for split in ("test", "validation"):
        content = here("evaluate", "runs/tiny", "--split", split, "--json").json
        assert content["top1_error"] == stored[split]["top1_error"]
        assert content["loss"] == pytest.approx(stored[split]["loss"])
        assert content["n"] == {"test": 360, "validation": 100}[split]
        assert content["top5_error"] <= content["top1_error"]


def test_evaluate_prints_error_interval_and_hardest_classes(here):
    answer = here("evaluate", "runs/tiny")
    first = answer.out.splitlines()[0]
    assert first.startswith("test error ")
    assert "of 360 images (95 % interval " in first
    assert "hardest classes" in answer.out
    assert "split by seed 0" in answer.out


def test_evaluate_averages_several_runs(here):
    alone = here("evaluate", "runs/tiny", "--json").json
    found = here("evaluate", "runs/tiny", "runs/tiny/model", "--ensemble", "--json").json
    assert found["targets"] == ["runs/tiny", "runs/tiny/model"]
    assert [member["top1_error"] for member in found["members"]] == [alone["top1_error"]] * 2
    assert (found["top1_error"], found["n"]) == (alone["top1_error"], alone["n"])
    text = here("evaluate", "runs/tiny", "runs/tiny/model", "--ensemble").out
    assert f"ensemble of 2, test error {alone['top1_error']:.2f} %" in text
    for wrong in (
        ("runs/tiny", "runs/tiny"),
        ("runs/tiny", "--ensemble"),
        ("runs/tiny", "runs/tiny", "--ensemble", "--mean", "0.5"),
        ("runs/tiny", "--protocol", "13-crop"),
    ):
        assert here("evaluate", *wrong).code == 2
    assert "E2854" in here("evaluate", "runs/tiny", "runs/tiny").err
    assert "E2855" in here("evaluate", "r", "s", "--ensemble", "--std", "1").err


def test_evaluate_takes_every_protocol(here):
    from resnets.evaluation import PROTOCOLS

    for protocol in PROTOCOLS:
        found = here("evaluate", "runs/tiny", "--protocol", protocol, "--json").json
        assert (found["protocol"], found["n"]) == (protocol, 360)


def test_evaluate_takes_a_name_with_weights(here):
    answer = here("evaluate", "resnet20", "--weights", "runs/tiny/model")
    assert answer.code == 4
    assert "another network" in answer.err
    assert "give runs/tiny/model itself" in answer.err
    assert here("evaluate", "resnet20").code == 2
    assert here("evaluate", "runs/tiny", "--split", "all").code == 2


def test_predict_prints_a_table_and_writes_a_file(here, home):
    from PIL import Image

    (home / "pictures").mkdir(exist_ok=True)
    for name in ("[bold]a.png", "b.png"):
        Image.new("L", (8, 8), 200).save(home / "pictures" / name)
    answer = here("predict", "runs/tiny", "pictures", "--output", "answers.csv")
    assert answer.code == 0
    assert "pictures/[bold]a.png" in answer.out
    assert answer.out.splitlines()[-1] == "answers.csv"
    assert len((home / "answers.csv").read_text().splitlines()) == 3
    assert here("predict", "runs/tiny", "pictures", "--output", "answers.csv").code == 2
    (home / "answers.csv").unlink()
    content = here("predict", "runs/tiny", "pictures/b.png", "--json").json
    assert [p["path"] for p in content["predictions"]] == ["pictures/b.png"]
    assert content["skipped"] == []


def test_predict_refuses_or_skips_what_is_no_picture(here, home):
    (home / "mixed").mkdir(exist_ok=True)
    (home / "mixed" / "x.png").write_bytes(b"")
    assert here("predict", "runs/tiny", "mixed").code == 3
    assert here("predict", "runs/tiny", "nowhere").code == 3
    assert here("predict", "./nowhere", "mixed").code == 4
    answer = here("predict", "nowhere", "mixed")
    assert (answer.code, "run or model folder" in answer.err) == (2, True)
    answer = here("predict", "runs/tiny", "mixed", "--bad-images", "skip")
    assert (answer.code, "1 skipped" in answer.out) == (0, True)


def test_report_prints_its_path_alone(here):
    assert here("report", "runs/tiny").out == "runs/tiny/report.html\n"
    assert here("report", "runs/tiny", "--json").json == {"report": "runs/tiny/report.html"}
    assert here("report", "runs").code == 4


def test_verify_tells_a_whole_run_from_a_damaged_one(here, home):
    assert here("verify", "runs/tiny").out == "runs/tiny is whole\n"
    assert here("verify", "runs/tiny", "--json").json["ok"] is True
    assert here("verify", "runs").code == 4
    path, config = home / "runs/tiny/model/model.safetensors", home / "runs/tiny/config.json"
    good, text = path.read_bytes(), config.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    try:
        answer = here("verify", "runs/tiny", "--json")
        assert answer.code == 4
        assert answer.json["ok"] is False
        assert "model.safetensors" in answer.json["findings"][0]["file"]
        assert answer.error["code"] == "E4903"
        assert (answer.error["why"], "--resume" in answer.error["do"][0]) == ("1 finding", True)
        config.write_bytes(text + b" ")
        answer = here("verify", "runs/tiny", "--json")
        assert answer.error["do"] == ["restore config.json from a copy; nothing goes on without it"]
    finally:
        path.write_bytes(good)
        config.write_bytes(text)


def test_data_check_counts_and_exits_3_where_training_would(resnets, tmp_path):
    from PIL import Image

    for name, grey in {"a/1.png": 10, "a/2.png": 20, "b/1.png": 30}.items():
        path = tmp_path / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (grey, grey, grey)).save(path)
    good = resnets("data", "check", "pets")
    assert good.code == 0
    assert "nothing is wrong with it" in good.out
    (tmp_path / "pets/b/\x1b[31m[bold].png").write_bytes(b"")
    answer = resnets("data", "check", "pets")
    assert answer.code == 3
    assert "error E3950" in answer.err
    assert "1 of 1 finding;" in answer.out
    assert "\\x1b[31m[bold].png" in answer.out
    assert "\x1b" not in answer.out + answer.err
    content = resnets("data", "check", "pets", "--json").json
    assert content["kinds"] == {"unreadable": 1}
    assert resnets("data", "check", "nowhere").code == 3


def test_an_error_of_training_names_the_flag(resnets):
    answer = resnets("train", "--batch-size", "5000", "--json")
    assert answer.error["where"]["option"] == "--batch-size"
