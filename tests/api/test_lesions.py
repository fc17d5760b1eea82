"""Lesions of saved networks on their own data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import resnets
from resnets.api.evaluation import evaluate
from resnets.api.lesions import lesion
from resnets.errors import ConfigError, FileError
from resnets.networks import build
from resnets.spec import Spec

QUICK = {"most": 2, "repeats": 2, "images": 50, "precision": "fp32"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a network with three units, two of which can change places."""
    from resnets.api.training import train
    from resnets.spec import DataSpec, Recipe, Run

    spec = Spec(depths=(2, 1), widths=(4, 8), stem_width=4, in_chans=1, order="full_preact")
    path = tmp_path_factory.mktemp("runs") / "three units"
    recipe = Recipe(length="1ep", batch_size=64, lr=0.05)
    train(Run(network=spec, recipe=recipe, data=DataSpec(holdout=100)), path, progress=False)
    return path


def test_a_run_is_taken_apart_on_its_own_data(run: Path, tmp_path: Path) -> None:
    found = lesion(run, output=tmp_path / "out", **QUICK)
    each, many, order = found.each, found.many, found.order
    assert each is not None
    assert many is not None
    assert order is not None
    expected = evaluate(run)
    assert (each.n, each.intact) == (expected.n, expected.top1_error)
    assert [trial.lesion.deleted for trial in each.trials] == [(0,), (1,), (2,)]
    assert [len(trial.lesion.deleted) for trial in many.trials] == [1, 1, 2, 2]
    assert [trial.lesion.swaps for trial in order.trials] == [1, 1, 2, 2]
    # The only exchange is that of units 1 and 2, and two of it are none.
    assert {trial.lesion.order for trial in order.trials[:2]} == {(1, 0, 2)}
    assert {trial.error for trial in order.trials[2:]} == {order.intact}
    assert (many.n, many.intact) == (order.n, order.intact) == (50, many.intact)
    table = json.loads((tmp_path / "out/lesion.json").read_text())
    assert table == found.to_dict()
    assert (table["subject"], table["data"], table["seed"]) == ("three units", "digits", 0)
    assert table["versions"]["resnets"] == resnets.__version__
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        ["lesion.json"]
        + [f"{part}.{kind}" for part in ("each", "many", "order") for kind in ("csv", "png", "svg")]
    )


def test_parts_splits_and_a_seed(run: Path) -> None:
    found = lesion(run, parts=["many"], split="validation", seed=1, **QUICK)
    assert (found.each, found.order) == (None, None)
    again = lesion(run, parts=["many"], split="validation", seed=1, **QUICK)
    assert found == again
    other = lesion(run, parts=["many"], split="validation", seed=2, **QUICK)
    drawn = [[t.lesion.deleted for t in result.many.trials] for result in (found, other)]
    assert drawn[0] != drawn[1]
    whole = lesion(run, parts=["many"], split="validation", **{**QUICK, "images": 10_000})
    assert whole.many.n == 100


def test_statistics_are_estimated_again_on_training_images(run: Path) -> None:
    plain = lesion(run, parts=["each"], **QUICK)
    again = lesion(run, parts=["each"], reestimate=600, **QUICK)
    assert again.about["reestimated_on"] == 600
    assert [t.error for t in plain.each.trials] != [t.error for t in again.each.trials]
    with pytest.raises(ConfigError) as caught:
        lesion(run, parts=["each"], reestimate=10**6, **QUICK)
    assert "up to" in str(caught.value)


def test_a_network_in_memory(run: Path) -> None:
    net = resnets.load(run)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    found = lesion(net, parts=["each"], **QUICK)
    assert found.each == lesion(run, parts=["each"], **QUICK).each
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    other = build(Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=7))
    with pytest.raises(FileError) as caught:
        lesion(other, "digits", **QUICK)
    assert (caught.value.code, caught.value.what) == ("E4651", "outputs: 7; classes: 10")


def test_progress_is_told_part_by_part(run: Path) -> None:
    told: list[tuple[str, float]] = []
    lesion(run, on_progress=lambda *news: told.append(news), **QUICK)
    names = [f"three units: {part}" for part in ("each", "many", "order")]
    assert list(dict.fromkeys(name for name, _ in told)) == names
    for name in names:
        shares = [share for told_name, share in told if told_name == name]
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1)


def test_networks_beside_for_contrast(run: Path, finished: Path, tmp_path: Path) -> None:
    found = lesion(
        run, beside=[finished], parts=["each", "order"], output=tmp_path / "out", **QUICK
    )
    (other,) = found.beside
    assert (other.many, other.order) == (None, None)
    assert other == lesion(finished, parts=["each"], **QUICK)
    table = found.to_dict()
    assert [beside["subject"] for beside in table["beside"]] == ["demo"]
    rows = (tmp_path / "out/each.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["three units"] * 3 + ["demo"]
    with pytest.raises(ConfigError) as caught:
        lesion(run, beside=["resnet20"], **QUICK)
    assert caught.value.code == "E2504"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"parts": ["all"]}, "parts"),
        ({"parts": []}, "parts"),
        ({"most": 0}, "most"),
        ({"repeats": 0}, "repeats"),
        ({"images": 0}, "images"),
        ({"reestimate": 1}, "reestimate"),
        ({"split": "rest"}, "split"),
        ({"reestimate": "x"}, "reestimate"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_impossible_options_are_refused(run: Path, tmp_path: Path, options, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lesion(run, output=tmp_path / "out", **options)
    assert caught.value.where["field"] == field
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_there_is_refused_before_the_work(run: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/note").write_text("mine")
    with pytest.raises(ConfigError) as caught:
        lesion("no such run", output=tmp_path / "taken")
    assert caught.value.where["option"] == "--output"
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["note"]
    with pytest.raises(ConfigError) as caught:
        lesion("no such run", output=tmp_path / "taken/note/below")
    assert caught.value.code == "E2651"


def test_weights_that_are_not_there_are_named_before_data_is_asked_for() -> None:
    with pytest.raises(FileError) as caught:
        lesion("resnet20", weights="nosuch.pth")
    assert (caught.value.code, caught.value.what) == ("E4501", "nosuch.pth")


def test_a_run_without_validation_has_none(tmp_path: Path, finished: Path) -> None:
    net = resnets.load(finished)
    with pytest.raises(ConfigError) as caught:
        lesion(net, "digits", split="validation")
    assert caught.value.code == "E2503"
