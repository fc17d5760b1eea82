"""From a study and a scale to requests: layers, templates, and recipes that keep their shape."""

from __future__ import annotations

import pytest

from resnets.api.study_start import resolve_rows
from resnets.catalog import look_up, look_up_recipe
from resnets.errors import ConfigError
from resnets.spec import Cosine, Exponential, Recipe
from resnets.studies import look_up_study
from resnets.studies.effort import estimate
from resnets.studies.plan import pick_rows, shorten, write_request


def test_base_row_and_scale_are_laid_over_one_another(study):
    request = write_request(study, "short", study.row("resnet56"))
    assert request.model == "resnet56"
    assert request.data == "cifar10"
    assert request.batch_size == 64
    assert request.set == ("recipe.lr=0.2", "recipe.momentum=0.8")
    assert request.test_curve
    assert write_request(study, "smoke", study.row("resnet56")).data == "digits"


def test_the_scale_fills_in_what_stands_in_braces(study):
    assert write_request(study, "smoke", study.row("shallow")).model == "resnet8"
    assert write_request(study, "paper", study.row("shallow")).model == "resnet20"
    assert write_request(study, "paper", study.row("shallow")).precision == "fp32"


def test_rows_are_picked_by_scale_and_by_pattern(study):
    assert [row.name for row in pick_rows(study, "smoke")] == ["shallow", "resnet56"]
    assert [row.name for row in pick_rows(study, "paper", ["plain*", "shallow"])] == [
        "shallow",
        "plain110",
    ]
    with pytest.raises(ConfigError) as caught:
        pick_rows(study, "smoke", ["resnet65"])
    assert caught.value.code == "E2752"
    assert caught.value.do == ("did you mean resnet56?", "rows: shallow, resnet56")


def test_a_shortened_recipe_keeps_its_shares():
    recipe = look_up_recipe("he2016-cifar", look_up("resnet110").spec)
    short = shorten(recipe, "4ep")
    assert short.length == "4ep"
    assert short.schedule.milestones == ("50%", "75%")  # type: ignore[union-attr]
    assert short.warmup.length == "0.625%"  # 400 of 64,000 iterations
    abdi = shorten(look_up_recipe("abdi2016-cifar", look_up("resnet20").spec), "10ep")
    assert abdi.schedule.milestones == ("40.5%", "61%")  # type: ignore[union-attr]
    assert abdi.warmup == Recipe().warmup


def test_what_has_no_share_is_left_alone():
    cosine = Recipe(length="10ep", schedule=Cosine(), lr=0.2)
    assert shorten(cosine, "2ep") == cosine.replace(length="2ep")
    assert shorten(cosine, None) is cosine
    falling = Recipe(length="100ep", schedule=Exponential(every="2ep"))
    assert shorten(falling, "10ep").schedule.every == "2%"  # type: ignore[union-attr]


def test_effort_counts_equal_runs_once(study):
    runs = resolve_rows(study, "short", "cpu", "fp32")
    effort = estimate([runs["resnet56"], runs["resnet56"]], seeds=2)
    assert effort.images == 2 * 4 * 781 * 64
    assert effort.macs == pytest.approx(effort.images * 125_485_696)
    assert effort.minutes == pytest.approx(effort.macs / 45e9 / 60)


def test_other_families_take_longer_for_a_multiply_add():
    pair = resolve_rows(look_up_study("inception-residual"), "short", "cpu", "fp32")
    effort = estimate([pair["v4"]])
    assert effort.images == 3 * 390 * 128
    assert effort.macs == pytest.approx(effort.images * 45_943_530, rel=1e-3)
    assert effort.minutes == pytest.approx(3.7 * effort.macs / 45e9 / 60)
