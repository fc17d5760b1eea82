"""Recipes: the papers' numbers, and what the network's depth changes."""

from __future__ import annotations

import pytest

from resnets.catalog import list_recipes, look_up, look_up_recipe
from resnets.errors import ConfigError
from resnets.spec import Recipe, Steps, count_steps, decode, encode

SMALL, DEEP = look_up("resnet20").spec, look_up("resnet110").spec


def test_the_recipes_of_the_first_release_are_there() -> None:
    assert {"quick", "fine-tune", "he2015-cifar", "he2016-cifar"} <= set(list_recipes())


@pytest.mark.parametrize("name", list_recipes())
def test_recipes_have_a_source_and_survive_json(name: str) -> None:
    recipe = look_up_recipe(name, SMALL)
    assert recipe.name == name
    assert recipe.source
    assert decode(Recipe, encode(recipe)) == recipe


def test_he2015_on_cifar() -> None:
    recipe = look_up_recipe("he2015-cifar", SMALL)
    total = count_steps(recipe.length, 390)
    assert isinstance(recipe.schedule, Steps)
    drops = [count_steps(milestone, 390, total) for milestone in recipe.schedule.milestones]
    assert (total, drops, recipe.schedule.factor) == (64_000, [32_000, 48_000], 0.1)
    assert (recipe.lr, recipe.momentum, recipe.weight_decay) == (0.1, 0.9, 1e-4)
    assert (recipe.batch_size, recipe.nesterov, recipe.normalize) == (128, False, "pixel-mean")
    assert count_steps(recipe.warmup.length, 390) == 0


def test_a_hundred_and_ten_layers_start_at_a_low_rate() -> None:
    shallow = look_up_recipe("he2015-cifar", look_up("resnet104").spec)
    assert count_steps(shallow.warmup.length, 390) == 0
    for name in ("resnet110", "resnet1202", "plain110", "resnet110_1layer"):
        warmup = look_up_recipe("he2015-cifar", look_up(name).spec).warmup
        assert (warmup.kind, warmup.start) == ("constant", 0.1)
        assert count_steps(warmup.length, 390) == 400


def test_he2016_always_starts_at_a_low_rate() -> None:
    expected = look_up_recipe("he2015-cifar", DEEP)
    recipe = look_up_recipe("he2016-cifar", SMALL)
    assert recipe == expected.replace(name=recipe.name, source=recipe.source)


def test_an_unknown_recipe_lists_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        look_up_recipe("he2015_cifar", SMALL)
    assert caught.value.code == "E2210"
    assert "he2015-cifar" in caught.value.do[0]
