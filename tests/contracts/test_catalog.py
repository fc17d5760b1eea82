"""Every name of the catalog keeps every promise of the catalog."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from resnets.analysis import count
from resnets.catalog import list_names, list_recipes, look_up, look_up_recipe
from resnets.spec import decode, encode, to_json

NAMES = list_names()
GOLDEN = Path(__file__).parents[1] / "golden" / "counts.json"

PAPERS = """
plain18 plain34 plain20 plain32 plain44 plain56 plain110 plain1202
resnet18_a resnet18 resnet18_c resnet34_a resnet34 resnet34_c
resnet50 resnet101 resnet152 resnet50_v1 resnet101_v1 resnet152_v1 resnet200
resnet20 resnet32 resnet44 resnet56 resnet110 resnet1202
resnet110_1layer preresnet110_1layer resnet164 resnet1001
preresnet110 preresnet164 preresnet1001 preresnet152 preresnet200
resnext50_2x40d resnext50_4x24d resnext50_8x14d resnext50_32x4d
resnext101_2x40d resnext101_4x24d resnext101_8x14d resnext101_32x4d
resnext101_1x100d resnext101_2x64d resnext101_64x4d
resnext29_1x64d resnext29_8x64d resnext29_16x64d
wrn40_1 wrn40_2 wrn40_4 wrn40_8 wrn28_10 wrn28_12 wrn22_8 wrn22_10
wrn16_4 wrn16_8 wrn16_10 wrn52_1 wide_resnet50_2
multi_resnet8_k23 multi_resnet14_k10 preresnet24 preresnet68
multi_resnet8_k4 multi_resnet20_k4 multi_resnet30_k4
multi_resnet200_k5 multi_resnet398_k5 multi_resnet26_k2_w10 multi_resnet26_k4_w10
multi_resnet18_k2 multi_resnet101_k2 preresnet218 preresnet434 preresnet650
multi_resnet110_k2 multi_resnet110_k4 multi_resnet110_k6
stochastic_depth110 stochastic_depth1202 swapout20_w2 swapout32_w4
"""


def row(name: str) -> dict[str, object]:
    cost = count(look_up(name).spec)
    return {
        "parameters": cost.parameters,
        "macs": cost.macs,
        "activation_bytes": cost.activation_bytes,
        "receptive_field": cost.receptive_field,
        "multiplicity": cost.multiplicity_text,
    }


def test_counts_are_those_on_record() -> None:
    """A new network's row, and a deliberate change, are written into the file by hand."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    rows = {name: row(name) for name in NAMES}
    differing = {name: content for name, content in rows.items() if golden.get(name) != content}
    assert not differing, to_json(differing)
    assert sorted(golden) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_complete(name: str) -> None:
    entry = look_up(name)
    assert entry.name == name
    assert "20" in entry.paper
    assert entry.table
    assert entry.source == f"{entry.paper}, {entry.table}"
    assert entry.image_size == entry.spec.natural_size
    assert entry.recipe in list_recipes()
    assert look_up_recipe(entry.recipe, entry.spec).name == entry.recipe
    assert all(look_up(alias) == entry for alias in entry.aliases)


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_survives_json(name: str) -> None:
    spec = look_up(name).spec
    text = to_json(encode(spec))
    again = decode(type(spec), json.loads(text))
    assert again == spec
    assert hash(again) == hash(spec)
    assert to_json(again) == text


@pytest.mark.parametrize("name", NAMES)
def test_published_counts_are_met_or_explained(name: str) -> None:
    entry = look_up(name)
    cost = count(entry.spec)
    for figure, ours in (("parameters", cost.parameters), ("macs", cost.macs)):
        published = entry.published.get(figure, ours)
        if abs(ours / published - 1) > 0.01:
            assert len(entry.explanation) > 20, f"{name}: {figure} {published:g}, ours {ours:,}"
            assert abs(ours / published - 1) < 0.08


@pytest.mark.parametrize("name", NAMES)
def test_published_figures_are_plain_numbers(name: str) -> None:
    for figure, value in look_up(name).published.items():
        assert isinstance(value, (int, float))
        assert math.isfinite(value)
        if "error" in figure or "top1" in figure or "top5" in figure:
            assert 0 < value < 100
        else:
            assert figure.startswith(("parameters", "macs", "step_ms"))


def test_an_answer_is_the_callers_own() -> None:
    look_up("resnet20").published["cifar10_test_error"] = 0.0
    assert look_up("resnet20").published["cifar10_test_error"] == 8.75


def test_names_are_listed_once_and_in_natural_order() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert NAMES.index("resnet20") < NAMES.index("resnet110") < NAMES.index("resnet1202")
    aliases = [alias for name in NAMES for alias in look_up(name).aliases]
    assert len({*aliases, *NAMES}) == len(aliases) + len(NAMES)


def test_wildcards_search_names_and_aliases() -> None:
    assert list_names("resnext29*") == [name for name in NAMES if name.startswith("resnext29")]
    assert {"preresnet110", "preresnet164"} <= set(list_names("*preact*"))
    assert list_names("nothing*") == []


def test_every_network_of_the_papers_is_listed() -> None:
    assert set(PAPERS.split()) <= set(NAMES)


def test_neither_catalog_nor_cost_imports_torch() -> None:
    code = "import sys, resnets.catalog, resnets.analysis.cost; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
