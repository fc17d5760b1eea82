"""Paths of names, runs and networks in memory."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import resnets
from resnets.analysis.paths.gradients import measure_gradients
from resnets.api.paths import paths
from resnets.catalog import look_up
from resnets.errors import ConfigError, FileError
from resnets.spec import Spec


def test_a_name_needs_no_weights(tmp_path: Path) -> None:
    found = paths("preresnet110", between=[(5, 17)], output=tmp_path / "out").to_dict()
    assert (found["units"], found["mean_length"]) == (54, 27)
    assert found["bulk"] == {
        "from": 19,
        "to": 35,
        "paths": sum(math.comb(54, length) for length in range(19, 36)),
        "share": 0.9801656732719317,
    }
    assert found["between"][0]["share"] == 0.004536670150778743
    assert found["measured"] is None
    assert found["beside"] == []
    assert json.loads((tmp_path / "out/paths.json").read_text()) == found
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["paths.csv", "paths.json", "paths.png", "paths.svg"]


def test_networks_side_by_side() -> None:
    table = paths("preresnet218", "multi_resnet110_k2").to_dict()
    (multi,) = table["beside"]
    # Equal parameters, equal multiplicity; the paths of the wide one are fewer and shorter.
    assert table["multiplicity"] == multi["multiplicity"] == 2**108
    assert (multi["units"], multi["paths"], multi["mean_length"]) == (54, 3**54, 36)
    assert (table["units"], table["mean_length"]) == (108, 54)


def test_gradients_of_a_run(finished: Path) -> None:
    result = paths(finished, images=16, repeats=2, batch_size=8)
    found = result.to_dict()
    assert (found["name"], found["data"], found["seed"]) == ("demo", "digits", 0)
    assert [g["n"] for g in found["measured"]["gradients"]] == [32, 32]
    assert sum(found["measured"]["contributions"]) == pytest.approx(1)
    assert paths(finished, images=16, repeats=2, batch_size=8) == result
    assert paths(finished, exact=True).to_dict()["measured"] is None
    beside = paths("plain20", finished, images=4, repeats=1).to_dict()
    assert beside["measured"] is None
    assert beside["beside"][0]["measured"] is not None


def test_a_network_in_memory(finished: Path) -> None:
    net = resnets.load(finished)
    found = paths(net, images=16, repeats=2, batch_size=8).to_dict()
    by_run = paths(finished, images=16, repeats=2, batch_size=8).to_dict()
    assert found["measured"] == by_run["measured"]
    bare = resnets.build(Spec(depths=(2,), widths=(4,), stem_width=4, in_chans=1))
    counted = paths(bare).to_dict()
    assert (counted["paths_by_length"], counted["measured"]) == ([1, 2, 1], None)
    assert paths(bare, data="digits", images=4, repeats=1).to_dict()["measured"] is not None


def test_progress_is_told(finished: Path) -> None:
    told: list[tuple[str, float]] = []
    paths(finished, images=16, repeats=1, batch_size=8, on_progress=lambda *n: told.append(n))
    assert {name for name, _ in told} == {"demo"}
    assert told[-1][1] == pytest.approx(1)
    assert len(told) == 4


def test_a_network_as_data_is_counted() -> None:
    counted = paths(Spec(depths=(2,), widths=(4,)), look_up("preresnet110").spec).to_dict()
    assert (counted["name"], counted["paths_by_length"]) == ("Spec", [1, 2, 1])
    assert (counted["beside"][0]["name"], counted["beside"][0]["paths"]) == ("preresnet110", 2**54)


def test_data_is_refused_where_nothing_is_measured(finished: Path) -> None:
    for target in ("resnet20", Spec(depths=(2,), widths=(4,))):
        for option in ("data", "data_dir"):
            with pytest.raises(ConfigError) as caught:
                paths(target, **{option: "nosuch"})
            assert (caught.value.code, caught.value.what) == ("E2657", "nosuch")
    found = paths("resnet20", finished, data="digits", images=4, repeats=1).to_dict()
    assert found["beside"][0]["measured"] is not None


def test_weights_of_another_network_are_named(finished: Path) -> None:
    with pytest.raises(FileError) as caught:
        paths("resnet20", weights=finished)
    assert (caught.value.code, caught.value.what) == ("E4611", str(finished))


def test_impossible_wishes_are_refused(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        paths("resnet20", "resnet32", weights=finished)
    assert caught.value.code == "E2655"
    with pytest.raises(ConfigError, match="targets"):
        paths()
    with pytest.raises(ConfigError, match="between = '9-5'"):
        paths("resnet20", between=[(9, 5)])
    for spans in ([(5,)], [("a", 5)], [(1.5, 5)], (5, 17)):
        with pytest.raises(ConfigError, match="the shorter one first"):
            paths("resnet20", between=spans)
    for option in ("images", "repeats", "batch_size"):
        for value in (0, "x", 1.5):
            with pytest.raises(ConfigError, match=option):
                paths("resnet20", **{option: value})
    with pytest.raises(ConfigError, match="repeats"):
        measure_gradients(resnets.load(finished), [], repeats=0)
    with pytest.raises(ConfigError, match="did you mean"):
        paths("resnet2O", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()
