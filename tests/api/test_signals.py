"""Signals of names, runs and networks in memory."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import resnets
from resnets.api.signals import signal
from resnets.api.training import train
from resnets.errors import ConfigError, DivergedError, FileError
from resnets.spec import Gate, Recipe, Run, Spec

PRE = Spec(depths=(2,), widths=(4,), stem_width=4, in_chans=1, order="full_preact")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that recorded its signal."""
    path = tmp_path_factory.mktemp("runs") / "recorded"
    recipe = Recipe(length="2ep", batch_size=256, lr=0.05)
    run = Run(network=PRE.replace(merge=Gate()), recipe=recipe, record_signal=16)
    train(run, path, progress=False)
    return path


def probe(*targets: Any, **options: Any) -> list[dict[str, Any]]:
    return signal(*targets, **{"samples": 16, "batch_size": 8, **options}).to_dict()["networks"]


def test_a_name_is_measured_at_initialisation_on_noise() -> None:
    (found,) = probe("preresnet8", seed=3)
    assert (found["initial"], found["data"], found["split"], found["n"]) == (
        True,
        "noise",
        None,
        16,
    )
    assert found["statistics"] == "batch"
    assert [part["unit"] for part in found["growth"]] == [0, 1, 2, 3]
    assert found["direct"] == []  # every unit of it shares its head or changes the shape
    assert len(found["responses"]) == 7
    assert probe("preresnet8", seed=3) == [found]
    assert probe("preresnet8", seed=4)[0]["layers"] != found["layers"]


def test_a_name_can_be_measured_on_data() -> None:
    (found,) = probe("resnet8", data="digits", split="train", kinds=["unit"])
    assert (found["data"], found["split"], found["initial"]) == ("digits", "train", True)
    assert found["network"]["in_chans"] == 1
    assert {layer["kind"] for layer in found["layers"]} == {"unit"}


def test_a_run_is_measured_on_its_own_data(finished: Path, tmp_path: Path) -> None:
    kinds = ["convolution", "norm"]
    (found,) = probe(finished, output=tmp_path / "out", kinds=kinds)
    assert (found["name"], found["data"], found["initial"]) == ("demo", "digits", False)
    assert (found["statistics"], found["growth"], found["records"]) == ("running", [], [])
    assert json.loads((tmp_path / "out/signal.json").read_text())["networks"] == [found]
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"layers.csv", "responses.csv", "activations.png", "gradients.svg"} <= names
    text = (tmp_path / "out/layers.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(found["layers"])
    assert float(rows[0]["std"]) == found["layers"][0]["activation"]["std"]


def test_a_network_in_memory_is_left_as_it_was(finished: Path) -> None:
    net = resnets.load(finished)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    (found,) = probe(net)
    (by_run,) = probe(finished)
    assert found["layers"] == by_run["layers"]
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    built = resnets.build(PRE)
    (on_noise,) = probe(built, data="noise", statistics="batch")
    assert (on_noise["initial"], len(on_noise["growth"])) == (True, 3)
    assert [term["unit"] for term in on_noise["direct"]] == [2]
    assert on_noise["direct"][0]["factor"] == pytest.approx(1, rel=1e-5)


def test_networks_side_by_side(finished: Path, tmp_path: Path) -> None:
    wanted = {"data": "digits", "kinds": ["unit"]}
    first, second = probe(finished, "resnet8", output=tmp_path / "out", **wanted)
    assert (first["name"], second["name"]) == ("demo", "resnet8")
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"histograms-1-demo.png", "activations-2-resnet8.png", "direct-2-resnet8.png"} <= names


def test_what_a_run_recorded_is_shown_by_epoch(recorded: Path, tmp_path: Path) -> None:
    (found,) = probe(recorded, output=tmp_path / "out", kinds=["gate", "unit"])
    assert [(r["epoch"], r["n"]) for r in found["records"]] == [(0, 16), (1, 16), (2, 16)]
    rows = list(csv.DictReader((tmp_path / "out/epochs.csv").read_text().splitlines()))
    assert len(rows) == 3 * len(found["records"][0]["layers"])
    gates = [layer for layer in found["layers"] if layer["kind"] == "gate"]
    assert [gate["unit"] for gate in gates] == [1, 2]
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"epochs.png", "gates.png", "direct.png"} <= names


def test_checkpoints_stand_in_for_what_was_not_recorded(finished: Path) -> None:
    (found,) = probe(finished, checkpoints=True, kinds=["unit"])
    kept = sorted(int(p.name[5:]) for p in (finished / "checkpoints").iterdir())
    assert [record["step"] for record in found["records"]] == kept
    last = found["records"][-1]["layers"][0]
    assert last["std"] != found["records"][0]["layers"][0]["std"]


def test_one_image_is_enough_without_the_statistics_of_a_batch(finished: Path) -> None:
    for target in (finished, "mlp5_tanh"):
        assert [found["n"] for found in probe(target, samples=1)] == [1]
    assert probe(finished, samples=2, batch_size=1)[0]["n"] == 2


def test_a_last_image_is_not_left_alone_in_its_batch() -> None:
    net = resnets.build(Spec(depths=(1, 1), widths=(4, 4), stem_width=4, in_chans=1))
    on_digits = {"data": "digits", "samples": 5, "batch_size": 4}
    assert probe(net, statistics="batch", **on_digits)[0]["n"] == 4
    assert probe(net, **on_digits)[0]["n"] == 5


def test_growth_is_that_of_units(tmp_path: Path) -> None:
    (found,) = probe("preresnet8", kinds=["norm"], output=tmp_path / "out")
    assert found["growth"] == []
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert "layers.csv" in names
    # Neither growth without units, nor the gradients of layers that were not watched.
    assert not {"growth.csv", "growth.png", "gradients.png"} & names


def test_progress_is_told(finished: Path) -> None:
    told: list[tuple[str, float]] = []
    signal(finished, samples=16, batch_size=8, on_progress=lambda *news: told.append(news))
    assert told == [("demo", share) for share in (0.25, 0.5, 0.75, 1.0)]


def test_impossible_wishes_are_refused(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for targets, options, code in (
        (("resnet8", "resnet14"), {"weights": finished}, "E2702"),
        (("resnet8",), {"checkpoints": True}, "E2703"),
        ((finished,), {"split": "rest"}, "E2102"),
        ((finished,), {"kinds": ["layer"]}, "E2102"),
        ((finished,), {"statistics": "none"}, "E2102"),
        (("resnet8",), {"samples": 1}, "E2102"),
        (("resnet8",), {"batch_size": 1}, "E2102"),
        ((finished,), {"samples": 1, "statistics": "batch"}, "E2102"),
        ((finished,), {"samples": 0}, "E2102"),
        ((finished,), {"batch_size": "x"}, "E2102"),
        ((PRE,), {"data": "digits"}, "E2656"),
        ((finished,), {"kinds": ["gate"]}, "E2700"),
        ((), {}, "E2102"),
    ):
        with pytest.raises(ConfigError) as caught:
            probe(*targets, output=out, **options)
        assert caught.value.code == code
    assert not out.exists()


def test_weights_that_are_not_finite_are_named(finished: Path, tmp_path: Path) -> None:
    net = resnets.load(finished)
    with torch.no_grad():
        net.stem.conv.weight[0, 0] = float("nan")
    with pytest.raises(DivergedError) as caught:
        signal(net, samples=8, output=tmp_path / "out")
    assert (caught.value.code, caught.value.what) == ("E6701", "stem.conv")
    assert not (tmp_path / "out").exists()


def test_a_record_that_was_changed_stops_the_analysis(recorded: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(recorded, tmp_path / "copy"))
    (copy / "signal.jsonl").write_text('{"layers": []}\n{}\n')
    with pytest.raises(FileError) as caught:
        signal(copy, samples=8)
    assert caught.value.code == "E4700"
