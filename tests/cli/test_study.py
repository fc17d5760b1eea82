"""``resnets study``: what it prints, and with which code it ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from resnets.cli.main import run
from resnets.studies import list_studies


def test_the_list_has_every_study(resnets):
    answer = resnets("study", "list")
    assert answer.code == 0
    names = [study.name for study in list_studies()]
    assert all(name in answer.out for name in names)
    content = resnets("study", "list", "--json").json
    assert [line["name"] for line in content] == names
    assert content[0]["rows"]


def test_the_list_needs_no_torch():
    code = (
        "import sys; from resnets.cli.main import run; "
        "assert run(['study', 'list']) == 0; assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_study_is_shown_with_figures_claims_and_scales(resnets):
    answer = resnets("study", "show", "degradation")
    assert answer.code == 0
    assert "6.43 (6.61 ± 0.16)" in answer.out
    assert "over 60" in answer.out
    assert "claim: train_error of plain56 > train_error of plain20  (Fig. 6, left)" in answer.out
    assert "short  4 rows × 1 seed, 1.20 M pictures" in answer.out
    short = resnets("study", "show", "degradation", "--scale", "short").out
    assert "not at this scale" in short


@pytest.mark.parametrize("width", [80, 120])
def test_rows_keep_their_labels_beside_long_measures(resnets, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = resnets("study", "show", "stochastic-depth").out
    assert "stochastic depth, 1202" in shown
    assert ("stochastic_depth1202" in shown) == (width == 120)
    assert "4.91" in shown


def test_a_study_as_json_has_the_runs_of_its_rows(resnets):
    content = resnets("study", "show", "shortcut-kinds", "--scale", "short", "--json").json
    rows = {row["name"]: row for row in content["rows"]}
    assert rows["exclusive-gate-6"]["published"]["test_error"]["value"] == 8.70
    assert rows["exclusive-gate-6"]["run"]["network"]["merge"]["kind"] == "gate"
    assert len(rows["exclusive-gate-6"]["run"]["key"]) == 12
    assert rows["scaling-0-1"]["run"] is None
    assert content["seeds"] == 1


def test_quoted_tables_are_shown(resnets):
    answer = resnets("study", "show", "published")
    assert answer.code == 0
    assert "ImageNet test, ensembles" in answer.out
    assert "He 2015, Table 5" in answer.out
    assert " Inception-ResNet-v2 " in answer.out
    tables = {
        table["name"]: table for table in resnets("study", "show", "published", "--json").json
    }
    assert tables["imagenet-ensembles"]["rows"]["ResNet (ILSVRC 2015)"] == [3.57]


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("show", "degradaton"), "E2750", 2),
        (("run", "degradaton"), "E2750", 2),
        (("run", "degradation", "--scale", "big"), "E2102", 2),
        (("run", "degradation", "--rows", "resnet20,resnet21"), "E2752", 2),
        (("run", "degradation", "--device", "cuda:7"), "E5901", 5),
        (("report", "degradation"), "E4751", 4),
        (("run", "degradation", "--output", "/dev/null"), "E2651", 2),
        (("run", "degradation", "--output", "/dev/null/x"), "E2651", 2),
        (("report", "degradation", "--scale", "big"), "E2102", 2),
    ],
)
def test_mistakes_have_a_code_and_leave_nothing(resnets, tmp_path, words, code, exit_code):
    answer = resnets("study", *words, "--json")
    assert (answer.code, answer.error["code"]) == (exit_code, code)
    assert list(tmp_path.iterdir()) == []


def test_a_study_runs_and_is_reported(resnets, tmp_path):
    words = ("convergence", "--output", "s", "--rows", "plain", "--quiet")
    answer = resnets("study", "run", *words)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "s/convergence-smoke.html"
    assert "27.94" in answer.out
    assert "other measures, median" in answer.out
    assert "undecided" in answer.out
    assert (tmp_path / "s" / "convergence-smoke.html").exists()
    content = resnets("study", "report", "convergence", "--output", "s", "--json").json
    assert content["report"] == "s/convergence-smoke.html"
    assert content["runs"] == {"finished": 1, "missing": 1}
    assert content["command"] == (
        "resnets study run convergence --scale smoke --output s --rows plain"
    )
    damaged = next((tmp_path / "s" / "runs").iterdir()) / "config.json"
    damaged.write_text("{}")
    failed = resnets("study", "run", *words, "--json")
    assert (failed.code, failed.error["code"]) == (8, "E8001")
    assert "plain, seed 0: damaged" in failed.error["what"]
    assert failed.json["runs"] == {"damaged": 1, "missing": 1}
    assert "once its folder is deleted" in failed.error["do"][1]
    report = resnets("study", "report", "convergence", "--output", "s").out
    assert "plain, seed 0: damaged, the configuration was changed after the start" in report


def test_a_study_of_ones_own_is_shown_and_its_changes_are_told(resnets, tmp_path):
    def declare(batch_size):
        (tmp_path / "mine.toml").write_text(
            'measures = { test_error = "" }\n[[rows]]\nmodel = "resnet8"\n'
            f'request = {{ batch_size = {batch_size}, set = ["network.widths=[4,8,8]"] }}\n'
        )

    declare(512)
    assert resnets("study", "show", "mine.toml").out.splitlines()[:3][-1].startswith(" ")
    assert resnets("study", "run", "mine.toml", "--quiet", "--output", "s").code == 0
    assert "other measures" not in resnets("study", "report", "mine.toml", "--output", "s").out
    declare(256)
    told = resnets("study", "report", "mine.toml", "--output", "s").out
    assert told.startswith("The study was changed after it began: resnet8: recipe.batch_size")


def test_help_names_the_verbs(capsys):
    assert run(["study", "--help"]) == 0
    text = capsys.readouterr().out
    assert all(verb in text for verb in ("list", "show", "run", "report"))
