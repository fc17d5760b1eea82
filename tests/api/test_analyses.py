"""The verb for all analyses, and what no analysis takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from torch import Tensor, nn

import resnets
from resnets.analysis.forks import Fork, keep
from resnets.analysis.walk import Place, Walk, walk
from resnets.api.analysis import name_output, name_subject
from resnets.errors import ConfigError, FileError


def test_one_verb_reaches_every_analysis(finished: Path) -> None:
    net = resnets.load(finished)
    paths = resnets.analyze("paths", "preresnet110", between=[(5, 17)]).to_dict()
    assert (paths["analysis"], paths["between"][0]["paths"]) == ("paths", 81_725_384_002_200)
    lesion = resnets.analyze("lesion", net, parts=["each"], precision="fp32").to_dict()
    assert (lesion["analysis"], len(lesion["each"]["trials"])) == ("lesion", 1)
    signal = resnets.analyze("signal", net, samples=16).to_dict()
    assert (signal["analysis"], signal["networks"][0]["n"]) == ("signal", 16)
    cost = resnets.analyze("cost", net).to_dict()
    assert (cost["analysis"], cost["networks"][0]["units"]) == ("cost", 1)


def test_a_run_that_is_named_by_its_key_is_called_by_its_network_too(tmp_path: Path) -> None:
    run, named = tmp_path / "0123456789ab", tmp_path / "mine"
    for folder in (run, named):
        folder.mkdir()
        (folder / "config.json").write_text('{"model": "resnet20"}')
    assert name_subject(run) == "resnet20-0123456789ab"
    assert name_subject(named) == "mine"
    assert name_output("signal", run, named) == "analysis/resnet20-0123456789ab-mine-signal"
    (run / "config.json").write_text("{")
    assert name_subject(run) == "0123456789ab"


def test_another_analysis_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.analyze("lesions", "resnet20")  # type: ignore[call-overload]
    assert caught.value.do[0] == "did you mean 'lesion'?"


@pytest.mark.parametrize("analysis", ["lesion", "paths", "signal"])
@pytest.mark.parametrize("seed", [-1, 2**63, 2**64, "x", True])
def test_seeds_are_those_of_a_run(analysis: Any, seed: Any, finished: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.analyze(analysis, finished, seed=seed)
    assert (caught.value.code, caught.value.where) == ("E2102", {"field": "seed"})


@pytest.mark.parametrize(
    ("analysis", "option", "value", "given"),
    [
        ("lesion", "beside", "runs/x", "'runs/x'"),
        ("lesion", "beside", nn.Identity(), "'Identity'"),
        ("lesion", "parts", "each", "'each'"),
        ("paths", "between", 5, "'int'"),
        ("signal", "kinds", "unit", "'unit'"),
        ("cost", "cardinalities", 2, "'int'"),
    ],
)
def test_a_single_value_is_no_list(analysis: Any, option: str, value: Any, given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.analyze(analysis, "resnet50", **{option: value})
    assert (caught.value.what, caught.value.do) == (f"{option} = {given}", ("allowed: a list",))


def test_what_the_verb_does_not_know_is_refused(finished: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.analyze("paths", "resnet20", imagse=1)
    assert (caught.value.code, caught.value.what) == ("E2101", "imagse")
    assert caught.value.do[0] == "did you mean 'images'?"
    for targets in ((), (finished, finished)):
        with pytest.raises(ConfigError) as caught:
            resnets.analyze("lesion", *targets)
        assert caught.value.what == f"targets = {len(targets)}"


class Tower(nn.Module):
    """Two units, the first with a shortcut, for pictures of one channel."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.units = nn.ModuleList(nn.Conv2d(1, 1, 3, padding=1) for _ in range(2))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.units[1](x + self.units[0](x)))


@walk.register
def walk_tower(net: Tower) -> Walk:
    first, second = net.units
    fork = Fork(keep, keep, (first,), lambda e, h, f: h + f)
    head = Place("first", lambda x: x + first(x), fork.bypass, keep, fork)
    return Walk(keep, (head, Place("second", second, keep, keep, None)), net.head)


def test_a_class_that_says_how_it_is_walked(tmp_path: Path) -> None:
    net = Tower()
    found = resnets.analyze("lesion", net, data="digits", parts=["each"], output=tmp_path / "l")
    assert (found.about["network"], found.each.units) == ({"class": "Tower"}, ("first", "second"))
    bare = resnets.analyze("paths", net).to_dict()
    assert (bare["paths_by_length"], bare["measured"]) == ([0, 1, 1], None)
    on_data = resnets.analyze("paths", net, data="digits", images=4, repeats=1).to_dict()
    assert [g["length"] for g in on_data["measured"]["gradients"]] == [1, 2]
    (signal,) = resnets.analyze("signal", net, data="digits", samples=4).to_dict()["networks"]
    assert [layer["unit"] for layer in signal["layers"] if layer["kind"] == "unit"] == [1, 2]


def test_what_such_a_class_cannot_do_is_said() -> None:
    for analysis, options, code in (
        ("lesion", {}, "E2506"),
        ("signal", {"data": "noise"}, "E2650"),
        ("cost", {}, "E2650"),
        ("lesion", {"data": "digits", "weights": "x"}, "E2502"),
    ):
        with pytest.raises(ConfigError) as caught:
            resnets.analyze(analysis, Tower(), **options)  # type: ignore[call-overload]
        assert caught.value.code == code
    with pytest.raises(FileError) as refused:
        resnets.analyze("lesion", Tower(classes=7), data="digits")
    assert refused.value.what == "outputs: 7; classes: 10"


@pytest.mark.parametrize("analysis", ["lesion", "paths", "signal", "cost"])
def test_a_foreign_module_is_refused_in_one_sentence(analysis: Any, tmp_path: Path) -> None:
    options = {} if analysis in ("paths", "cost") else {"data": "digits"}
    with pytest.raises(ConfigError) as caught:
        resnets.analyze(analysis, nn.Linear(2, 2), output=tmp_path / "out", **options)
    assert (caught.value.code, caught.value.what) == ("E2650", "Linear")
    assert not (tmp_path / "out").exists()
