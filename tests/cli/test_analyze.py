"""``resnets analyze`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resnets.cli.main import run

TINY = [
    *("--set", "network.depths=[2,1]", "--set", "network.widths=[4,8]"),
    *("--set", "network.stem_width=4"),
    *("--device", "cpu", "--precision", "fp32", "--epochs", "1"),
]
FEW = ("--most", "2", "--repeats", "2", "--images", "40")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run."""
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        assert run(["train", *TINY, "--output", "runs/tiny", "--quiet"]) == 0
    return path


@pytest.fixture
def here(home: Path, resnets, monkeypatch):
    """The command, run beside the finished run."""
    monkeypatch.chdir(home)
    return resnets


def test_the_path_figures_of_54_units(resnets, tmp_path: Path) -> None:
    answer = resnets("analyze", "paths", "preresnet110", "--between", "5-17", "--json")
    found = answer.json
    assert (answer.code, answer.err) == (0, "")
    assert (found["units"], found["mean_length"], found["paths"]) == (54, 27, 2**54)
    assert (found["bulk"]["from"], found["bulk"]["to"]) == (19, 35)
    assert f"{found['bulk']['share']:.1%}" == "98.0%"
    assert found["between"][0]["paths"] == 81_725_384_002_200
    assert f"{found['between'][0]['share']:.4%}" == "0.4537%"
    assert list(tmp_path.iterdir()) == []


def test_paths_in_words_leave_a_folder(resnets, tmp_path: Path) -> None:
    answer = resnets("analyze", "paths", "preresnet110", "multi_resnet110_k2")
    assert answer.code == 0
    for words in ("mean length 27,", "19 to 35", "98.02 %", "0.4537 %", "they need weights"):
        assert words in answer.out
    assert "3.245e32 subsets of functions" in answer.out
    folder = tmp_path / answer.out.splitlines()[-1]
    assert folder == tmp_path / "analysis/preresnet110-multi_resnet110_k2-paths"
    assert (folder / "paths.png").read_bytes().startswith(b"\x89PNG")
    again = resnets("analyze", "paths", "preresnet110", "multi_resnet110_k2", "--json")
    assert again.code == 0
    refused = resnets("analyze", "paths", "preresnet110", "multi_resnet110_k2")
    assert refused.code == 2
    assert "--output" in refused.err


def test_paths_of_a_run_are_measured(here, tmp_path: Path) -> None:
    words = ("--images", "8", "--repeats", "1", "--output", tmp_path / "p")
    answer = here("analyze", "paths", "runs/tiny", *words)
    assert answer.code == 0
    assert "95 % of the gradient, measured" in answer.out
    assert "weighted by the gradient" in answer.out
    assert answer.out.splitlines()[-1] == str(tmp_path / "p")


def test_lesions_in_words(here, tmp_path: Path) -> None:
    answer = here("analyze", "lesion", "runs/tiny", *FEW, "--output", tmp_path / "l")
    assert answer.code == 0
    assert answer.err == ""
    assert "intact: error" in answer.out
    assert "of 360 images" in answer.out
    assert "stage 2, unit 3" in answer.out
    assert "changes the shape" in answer.out
    assert "units deleted" in answer.out
    assert "pairs exchanged" in answer.out
    table = json.loads((tmp_path / "l/lesion.json").read_text())
    assert [unit["changes_shape"] for unit in table["units"]] == [False, False, True]


def test_lesions_as_json_write_nothing(here, home: Path) -> None:
    before = sorted(home.rglob("*"))
    answer = here("analyze", "lesion", "runs/tiny", *FEW, "--part", "each", "--json")
    found = answer.json
    assert (answer.code, answer.err) == (0, "")
    assert [trial["deleted"] for trial in found["each"]["trials"]] == [[1], [2], [3]]
    assert "many" not in found
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("paths", "resnet2O"), 2, "did you mean"),
        (("paths", "resnet20", "--between", "5"), 2, "5-17"),
        (("paths", "resnet20", "resnet32", "--weights", "x"), 2, "single name"),
        (("lesion", "resnet20"), 2, "a name has no weights"),
        (("lesion", "runs/none"), 4, "runs/none"),
        (("lesion", "runs/tiny", "--part", "some"), 2, "each, many, order"),
        (("lesion", "runs/tiny", "--precision", "int8"), 2, "precision"),
        (("lession", "runs/tiny"), 2, "did you mean lesion?"),
        (("lesion", "runs/tiny", "--data", "cifar1O"), 2, "did you mean"),
        (("lesion", "runs/tiny", "--device", "cuda:7"), 5, "cuda:7"),
        (("lesion", "runs/tiny", "--beside", "runs/none"), 4, "runs/none"),
        (("signal", "resnet20", "--kind", "layer"), 2, "activation"),
        (("signal", "runs/tiny", "--checkpoints", "--split", "rest"), 2, "split"),
        (("signal", "resnet20", "--checkpoints"), 2, "only a run has checkpoints"),
        (("signal", "resnet20", "--samples", "1"), 2, "2 or more"),
        (("signal", "resnet20", "--seed", str(2**64)), 2, "2^63"),
        (("paths", "resnet20", "--data", "digits"), 2, "--data"),
        (("lesion", "resnet20", "--weights", "none.pth"), 4, "none.pth"),
        (("cost", "resnet50", "--cardinality", "32", "--stage", "9"), 2, "1 to 4"),
        (("cost", "resnet50", "--cardinality", "1;2"), 2, "1,2,4,8,32"),
        (("cost", "resnet50", "--cardinality", "0"), 2, "1 or more"),
        (("cost", "resnet20", "--cardinality", "2"), 2, "three convolutions"),
        (("cost", "vgg16", "--cardinality", "2"), 2, "E2721"),
        (("cost", "resnet20", "--image-size", "4"), 2, "8 to 600"),
    ],
)
def test_mistakes_leave_nothing(here, home: Path, words, code: int, told: str) -> None:
    answer = here("analyze", *words)
    assert answer.code == code
    assert told in answer.err
    assert not (home / "analysis").exists()


def test_a_network_beside_is_told_of_as_well(here, tmp_path: Path) -> None:
    words = ("--part", "each", "--beside", "./runs/tiny", "--output", tmp_path / "l")
    answer = here("analyze", "lesion", "runs/tiny", *words)
    assert answer.code == 0
    assert answer.out.count("intact: error") == 2
    heads = [line for line in answer.out.splitlines() if line.startswith("tiny")]
    assert heads == ["tiny  runs/tiny", "tiny  ./runs/tiny"]
    assert len((tmp_path / "l/each.csv").read_text().splitlines()) == 1 + 2 * 3


def test_the_signal_of_a_name_in_words(resnets, tmp_path: Path) -> None:
    answer = resnets("analyze", "signal", "preresnet20", "--samples", "4", "--batch-size", "4")
    assert (answer.code, answer.err) == (0, "")
    for words in ("initial weights, 4 images of noise", "variance behind", "product of scales"):
        assert words in answer.out
    folder = tmp_path / answer.out.splitlines()[-1]
    assert folder == tmp_path / "analysis/preresnet20-signal"
    assert {"signal.json", "growth.png", "direct.csv"} <= {p.name for p in folder.iterdir()}


def test_rows_that_are_left_out_are_counted(here, tmp_path: Path) -> None:
    words = ("--samples", "1", "--kind", "unit", "--kind", "norm", "--output", tmp_path / "s")
    answer = here("analyze", "signal", "runs/tiny", *words)
    assert answer.code == 0
    assert "trained weights, 1 image of digits" in answer.out
    rows = len((tmp_path / "s/layers.csv").read_text().splitlines()) - 1
    assert f"3 of {rows} layers; layers.csv and --json have all" in answer.out
    assert "variance behind" not in answer.out


def test_the_signal_of_a_run_as_json(here, home: Path) -> None:
    before = sorted(home.rglob("*"))
    answer = here("analyze", "signal", "runs/tiny", "--samples", "8", "--kind", "unit", "--json")
    (found,) = answer.json["networks"]
    assert (found["n"], found["data"], found["initial"]) == (8, "digits", False)
    assert [layer["unit"] for layer in found["layers"]] == [1, 2, 3]
    assert sorted(home.rglob("*")) == before


def test_costs_and_table_2_in_words(resnets, tmp_path: Path) -> None:
    answer = resnets("analyze", "cost", "resnet50", "--cardinality", "1,2,4,8,32")
    assert (answer.code, answer.err) == (0, "")
    assert "25.6 M" in answer.out
    rows = [line.split() for line in answer.out.splitlines()]
    table = [row[:4] for row in rows if len(row) > 8 and row[0].isdecimal()]
    assert table == [
        ["1", "64", "64", "69,632"],
        ["2", "40", "80", "69,760"],
        ["4", "24", "96", "69,888"],
        ["8", "14", "112", "71,456"],
        ["32", "4", "128", "70,144"],
    ]
    folder = tmp_path / answer.out.splitlines()[-1]
    assert folder == tmp_path / "analysis/resnet50-cost"
    assert {"cost.json", "costs.csv", "matches.png"} <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("width", [80, 120])
def test_subsets_of_functions_are_no_paths(resnets, monkeypatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    answer = resnets("analyze", "cost", "multi_resnet110_k2", "--output", str(width))
    head, _, row = (line.split() for line in answer.out.splitlines()[1:4])
    assert ("multiplicity" in head, "paths" in head, "2^108" in row) == (True, False, True)
    assert ("M" in row, "FLOPs" in head) == (True, width > 100)
    shown = resnets("show", "multi_resnet110_k2").out.replace("\n", " ")
    assert "Multiplicity: 2^108, the subsets of functions" in shown
    assert "paths" not in shown


def test_costs_as_json_write_nothing(resnets, tmp_path: Path) -> None:
    answer = resnets("analyze", "cost", "resnet20", "--json")
    (found,) = answer.json["networks"]
    assert (found["parameters"], found["multiplicity"], found["units"]) == (269_722, "2^9", 9)
    assert list(tmp_path.iterdir()) == []
