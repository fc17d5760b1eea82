"""Recipes: the papers' numbers, and what the network's depth changes."""

from __future__ import annotations

import pytest

from resnets.catalog import list_recipes, look_up, look_up_recipe
from resnets.errors import ConfigError
from resnets.spec import Exponential, Recipe, Steps, count_steps, decode, encode

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


@pytest.mark.parametrize("name", ["szegedy2016-imagenet", "szegedy2017-imagenet"])
def test_inception_is_trained_with_rmsprop(name: str) -> None:
    """Szegedy et al. 2016, Sections 7 and 8; 2017, Section 4."""
    recipe = look_up_recipe(name, SMALL)
    assert (recipe.optimizer, recipe.decay, recipe.eps) == ("rmsprop", 0.9, 1.0)
    assert (recipe.lr, recipe.schedule) == (0.045, Exponential(factor=0.94, every="2ep"))
    assert (recipe.length, recipe.batch_size, recipe.clip) == ("100ep", 32, 2.0)
    assert (recipe.label_smoothing, recipe.auxiliary) == (0.1, 0.4)
    assert recipe.ema > 0.99


def test_polynet_is_trained_with_rmsprop_in_large_batches() -> None:
    recipe = look_up_recipe("zhang2017-imagenet", SMALL)
    assert (recipe.optimizer, recipe.lr, recipe.batch_size) == ("rmsprop", 0.45, 512)
    assert recipe.schedule == Steps(milestones=("40%", "80%"))  # 0.045, 0.0045


@pytest.mark.parametrize(("name", "epochs"), [("huang2017-cifar", 300), ("huang2017-imagenet", 90)])
def test_densenet_is_trained_with_nesterov(name: str, epochs: int) -> None:
    recipe = look_up_recipe(name, SMALL)
    assert count_steps(recipe.length, 1) == epochs
    assert (recipe.lr, recipe.nesterov, recipe.weight_decay) == (0.1, True, 1e-4)
    assert recipe.batch_size == (64 if name.endswith("cifar") else 256)
    assert isinstance(recipe.schedule, Steps)
    drops = [count_steps(m, 1, epochs) for m in recipe.schedule.milestones]
    assert drops == ([150, 225] if name.endswith("cifar") else [30, 60])


def test_vgg_and_googlenet() -> None:
    vgg = look_up_recipe("simonyan2015-imagenet", SMALL)
    assert (vgg.length, vgg.batch_size, vgg.lr, vgg.weight_decay) == ("370000it", 256, 0.01, 5e-4)
    google = look_up_recipe("szegedy2015-imagenet", SMALL)
    assert google.schedule == Exponential(factor=0.96, every="8ep")
    assert google.auxiliary == 0.3


def test_rmsprop_does_not_look_ahead() -> None:
    with pytest.raises(ConfigError) as caught:
        Recipe(optimizer="rmsprop", nesterov=True)
    assert caught.value.where["field"] == "nesterov"


@pytest.mark.parametrize(
    ("name", "cifar", "imagenet"),
    [
        ("inception_v3", "szegedy2016-cifar", "szegedy2016-imagenet"),
        ("inception_v4", "szegedy2016-cifar", "szegedy2017-imagenet"),
        ("polynet", "szegedy2016-cifar", "zhang2017-imagenet"),
    ],
)
def test_a_network_has_the_recipe_of_its_paper(name: str, cifar: str, imagenet: str) -> None:
    assert (look_up(f"{name}_small").recipe, look_up(name).recipe) == (cifar, imagenet)
