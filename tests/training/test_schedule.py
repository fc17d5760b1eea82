from __future__ import annotations

import math

import pytest

from resnets.errors import ConfigError
from resnets.spec import Constant, Cosine, Linear, Plateau, Recipe, Steps, Warmup
from resnets.training import learning_rate, total_steps
from resnets.training.plateau import PlateauState

HE2015 = Recipe(length="64000it", lr=0.1, schedule=Steps(milestones=("32000it", "48000it")))
HE2015_DEEP = HE2015.replace(warmup=Warmup(length="400it", kind="constant", start=0.1))


def rates(recipe: Recipe, *steps: int, per_epoch: int = 390, total: int = 64_000) -> list[float]:
    return [learning_rate(recipe, step, per_epoch, total) for step in steps]


def test_the_rates_of_2015():
    assert total_steps(HE2015, 390) == 64_000
    assert rates(HE2015, 0, 31_999) == [0.1, 0.1]
    assert rates(HE2015, 32_000, 47_999) == [0.01, 0.01]
    assert rates(HE2015, 48_000, 63_999) == [0.001, 0.001]


def test_the_warm_up_of_the_110_layer_net_ends_after_400_steps():
    assert rates(HE2015_DEEP, 0, 399, 400, 31_999) == [0.01, 0.01, 0.1, 0.1]
    assert rates(HE2015_DEEP, 32_000) == [0.01]


def test_a_linear_warm_up_climbs_to_the_rate():
    recipe = Recipe(
        lr=0.4, schedule=Constant(), warmup=Warmup(length="100it", kind="linear", start=0.1)
    )
    assert rates(recipe, 0, 50, 100) == [0.04, 0.22, 0.4]


def test_cosine_and_line_fall_to_their_ends():
    cosine = Recipe(lr=0.2, schedule=Cosine(final=0.1))
    assert rates(cosine, 0, 50, total=100) == [0.2, pytest.approx(0.2 * 0.55)]
    expected = 0.2 * (0.1 + 0.9 * (1 + math.cos(0.99 * math.pi)) / 2)
    assert rates(cosine, 99, total=100) == [pytest.approx(expected)]
    line = Recipe(lr=0.2, schedule=Linear(final=0.5))
    assert rates(line, 0, 50, total=100) == [0.2, 0.15]


def test_lengths_in_epochs_and_shares():
    recipe = Recipe(length="10ep", lr=1.0, schedule=Steps(milestones=("5ep", "75%"), factor=0.5))
    assert total_steps(recipe, 30) == 300
    assert rates(recipe, 149, 150, 224, 225, per_epoch=30, total=300) == [1.0, 0.5, 0.5, 0.25]


def test_a_plateau_scales_by_its_state():
    recipe = Recipe(lr=0.1, schedule=Plateau(patience=2, factor=0.1))
    state = PlateauState()
    seen = []
    for error in (50.0, 40.0, 41.0, 40.0, 39.0, math.nan, 39.5):
        state.update(recipe.schedule, error)
        seen.append(learning_rate(recipe, 7, 5, 100, state.scale))
    assert seen == [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001]
    assert state.to_dict() == {"scale": pytest.approx(0.01), "lowest": 39.0, "waited": 0}


def test_a_length_of_no_step_is_refused():
    with pytest.raises(ConfigError) as caught:
        total_steps(Recipe(length="0.1ep"), 4)
    assert (caught.value.code, caught.value.exit) == ("E2401", 2)
    assert "0.1ep" in str(caught.value)
