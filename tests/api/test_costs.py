"""Costs of names, runs and networks in memory."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import torch

import resnets
from resnets.api.costs import cost
from resnets.catalog import look_up
from resnets.errors import ConfigError
from resnets.spec import Spec


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_networks_side_by_side(tmp_path: Path, finished: Path) -> None:
    found = cost("resnet50", "vgg16", finished, output=tmp_path / "out").to_dict()
    first, vgg, run = found["networks"]
    assert (first["parameters"], first["macs"]) == (25_557_032, 4_089_184_256)
    assert (first["flops"], first["receptive_field"]) == (2 * first["macs"], 427)
    assert (first["multiplicity"], first["units"], first["depth"]) == ("2^16", 16, 50)
    assert (vgg["parameters"], vgg["receptive_field"], vgg["multiplicity"]) == (
        138_357_544,
        212,
        "1",
    )
    assert (run["name"], run["units"], run["image_size"]) == ("demo", 1, 32)
    assert json.loads((tmp_path / "out/cost.json").read_text()) == found
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["cost.json", "cost.png", "cost.svg", "costs.csv", "parts.csv"]
    rows = read_csv(tmp_path / "out/costs.csv")
    assert [row["name"] for row in rows] == ["resnet50", "vgg16", "demo"]
    assert rows[0]["macs"] == "4089184256"


def test_table_2_of_resnext(tmp_path: Path) -> None:
    found = cost("resnet50", cardinalities=(1, 2, 4, 8, 32), output=tmp_path / "out")
    assert [match.width for match in found.matches] == [64, 40, 24, 14, 4]
    rows = read_csv(tmp_path / "out/matches.csv")
    weights = [int(row["template_parameters"]) for row in rows]
    assert weights == [69632, 69760, 69888, 71456, 70144]
    assert rows[-1]["parameters"] == "25028904"
    assert (tmp_path / "out/matches.png").read_bytes().startswith(b"\x89PNG")
    table = found.to_dict()["matches"][3]
    assert (table["name"], table["group_width"]) == ("8×14d", 112)
    with torch.device("meta"):
        net = resnets.build(found.matches[3].spec)
    assert table["parameters"] == sum(parameter.numel() for parameter in net.parameters())


def test_a_network_in_memory_at_another_size() -> None:
    net = resnets.create_model("resnet18", num_classes=10)
    (found,) = cost(net, image_size=64).networks
    assert found.cost.parameters == sum(parameter.numel() for parameter in net.parameters())
    assert (found.name, found.cost.image_size) == ("ResidualNetwork", 64)


def test_a_network_as_data() -> None:
    named, own = cost(look_up("resnet20").spec, Spec(depths=(2,), widths=(4,))).networks
    assert (named.name, named.cost.parameters) == ("resnet20", 269_722)
    assert (own.name, own.cost.units) == ("Spec", 2)


def test_impossible_wishes_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match="targets"):
        cost()
    for size in (7, 601):
        with pytest.raises(ConfigError, match="image_size"):
            cost("resnet20", image_size=size, output=out)
    with pytest.raises(ConfigError) as caught:
        cost("vgg16", cardinalities=[2], output=out)
    assert (caught.value.code, caught.value.what) == ("E2721", "vgg16, of the family vgg")
    with pytest.raises(ConfigError) as caught:
        cost("resnet20", cardinalities=[2], output=out)
    assert caught.value.code == "E2720"
    for cardinality in (0, "x", 1.5):
        with pytest.raises(ConfigError, match="cardinality"):
            cost("resnet50", cardinalities=[cardinality], output=out)
    for stage in (0, 5, "x"):
        with pytest.raises(ConfigError) as caught:
            cost("resnet50", cardinalities=[2], stage=stage, output=out)
        assert (caught.value.what, caught.value.do) == (f"stage = {stage!r}", ("allowed: 1 to 4",))
    with pytest.raises(ConfigError, match="did you mean"):
        cost("resnet2O", output=out)
    assert not out.exists()
