"""The page of sameness has every network, our counts, what is published, and no difference."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]


def load():
    spec = importlib.util.spec_from_file_location("parity", ROOT / "docs" / "parity.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARITY = load()
PAGE = PARITY.PAGE.read_text(encoding="utf-8")
ENTRIES = PARITY.list_entries()
ROWS = PARITY.read_page(PAGE)
MEASURED = re.search(r"comparisons of \d+ networks, (.*)\.\n", PAGE)[1]


def test_every_network_of_the_catalog_and_every_shared_one_has_a_row():
    names = [*PARITY.list_names(), *(peer.name for peer in PARITY.PEERS)]
    assert set(ROWS) == set(names)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_row_says_what_the_catalog_says(entry):
    described = PARITY.describe(entry)
    assert ROWS[entry.name][: len(described)] == described
    assert f"## {entry.paper}\n" in PAGE
    assert PARITY.explain(entry) in PAGE


def test_counts_are_set_apart_and_quoted_with_their_source():
    cells = ROWS["inception_v4"]
    assert cells[2:6] == [
        "42,679,816",
        "42.7\u202fM (timm)",
        "12,253,974,624",
        "12.3\u202fG (timm)",
    ]
    assert ROWS["resnet20"][2:7] == ["269,722", "270\u202fk", "40,551,040", "–", "–"]
    assert ROWS["preresnet18_bare"][6] == "timm `resnetv2_18`"
    assert ROWS["resnet50"][6] == "torchvision, timm"


def test_a_count_that_is_not_the_published_one_is_explained():
    explained = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("- `")}
    assert explained == {entry.name for entry in ENTRIES if PARITY.explain(entry)}
    assert {"resnet50_v1", "vgg16"} & explained == {"resnet50_v1"}


@pytest.mark.parametrize("name", sorted({peer.name for peer in PARITY.PEERS}))
def test_the_differences_on_the_page_are_rounding(name):
    outputs, gradients, single = map(float, ROWS[name][-3:])
    assert max(outputs, gradients) < PARITY.TOLERANCE[torch.float64]
    assert single < PARITY.TOLERANCE[torch.float32]


def test_networks_that_no_library_has_show_no_difference():
    shared = {peer.name for peer in PARITY.PEERS}
    assert all(cells[-4:] == ["–"] * 4 for name, cells in ROWS.items() if name not in shared)


def test_a_difference_is_told_with_one_figure_and_never_smaller_than_it_is():
    told = map(PARITY._write, (0.0, 1e-16, 1.01e-16, 9.5e-12))
    assert list(told) == ["0", "1e-16", "2e-16", "1e-11"]


def test_what_the_page_has_is_kept(monkeypatch):
    monkeypatch.setattr(PARITY, "measure", pytest.fail)
    kept = PARITY.compare_all(PAGE.replace(MEASURED, PARITY.tell_versions()))
    assert kept == {peer.name: ROWS[peer.name][-3:] for peer in PARITY.PEERS}


def test_other_versions_are_measured_again(monkeypatch):
    monkeypatch.setattr(PARITY, "tell_versions", lambda: "torch 99")
    monkeypatch.setattr(PARITY, "measure", lambda peer: peer)
    monkeypatch.setattr(PARITY, "_tell", lambda measured: [peer.library for peer in measured])
    again = PARITY.compare_all(PAGE)
    assert again["resnet50"] == ["torchvision", "timm"]
    assert again["inception_v4"] == ["timm"]
