"""Differences from the paper's run in words, each once."""

from __future__ import annotations

import pytest

from resnets.api.study_start import resolve_rows
from resnets.studies import look_up_study
from resnets.studies.deviation import describe_deviations


@pytest.fixture
def pair(study):
    paper = resolve_rows(study, "paper", "cpu", "fp32")["resnet56"]
    return paper, resolve_rows(study, "short", "cpu", "bf16")["resnet56"]


def test_what_differs_is_told_once(pair):
    paper, short = pair
    assert describe_deviations(short, paper) == [
        "bf16 instead of fp32",
        "4 epochs instead of 64,000 iterations",
        "batch size 64 instead of 128",
    ]


def test_equal_runs_differ_in_nothing(pair):
    paper, _ = pair
    assert describe_deviations(paper.replace(seed=3, device="cuda:0"), paper) == []


def test_another_recipe_is_told_by_its_name_and_length(pair):
    paper, _ = pair
    other = paper.replace(recipe=paper.recipe.replace(name="quick", length="5ep", lr=0.4))
    assert describe_deviations(other, paper) == [
        "recipe quick instead of he2015-cifar",
        "5 epochs instead of 64,000 iterations",
    ]


def test_one_epoch_is_no_plural(pair):
    paper, _ = pair
    short = paper.replace(recipe=paper.recipe.replace(length="1ep"))
    assert "1 epoch instead of 64,000 iterations" in describe_deviations(short, paper)


def test_fields_of_the_same_network_are_told_one_by_one(pair):
    paper, _ = pair
    other = paper.replace(network=paper.network.replace(widths=(8, 16, 32)))
    assert describe_deviations(other, paper) == [
        "network.widths [8, 16, 32] instead of [16, 32, 64]"
    ]


def test_another_network_is_left_to_the_tables_own_column():
    study = look_up_study("shortcut-kinds")
    paper = resolve_rows(study, "paper", "cpu", "fp32")["exclusive-gate-6"]
    short = resolve_rows(study, "short", "cpu", "fp32")["exclusive-gate-6"]
    assert short.model == "resnet32_exclusive_gate_b6"
    assert describe_deviations(short, paper) == ["3 epochs instead of 64,000 iterations"]
