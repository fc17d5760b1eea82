"""The recipes as data: those of the papers, one file for each paper, and two of ours."""

from __future__ import annotations

from resnets.errors import ConfigError, nearest
from resnets.spec import Network, Recipe

from . import (
    abdi2016,
    glorot2010,
    gross2016,
    he2015,
    he2016,
    huang2016,
    huang2017,
    krizhevsky2012,
    ours,
    simonyan2015,
    singh2016,
    srivastava2015,
    szegedy2015,
    szegedy2016,
    szegedy2017,
    xie2017,
    zagoruyko2016,
    zhang2017,
)

RECIPES = (
    *ours.RECIPES,
    *he2015.RECIPES,
    *he2016.RECIPES,
    *gross2016.RECIPES,
    *xie2017.RECIPES,
    *zagoruyko2016.RECIPES,
    *abdi2016.RECIPES,
    *huang2016.RECIPES,
    *singh2016.RECIPES,
    *krizhevsky2012.RECIPES,
    *simonyan2015.RECIPES,
    *szegedy2015.RECIPES,
    *szegedy2016.RECIPES,
    *szegedy2017.RECIPES,
    *zhang2017.RECIPES,
    *huang2017.RECIPES,
    *srivastava2015.RECIPES,
    *glorot2010.RECIPES,
)

_BY_NAME = {recipe.name: recipe for recipe in RECIPES}


def list_recipes() -> list[str]:
    """List the recipes by name."""
    return list(_BY_NAME)


def look_up_recipe(name: str, spec: Network) -> Recipe:
    """Return a recipe for a network.

    Args:
        name: the recipe.
        spec: the network: in ``he2015-cifar`` one of 110 layers and more starts at a low rate.

    Raises:
        ConfigError: the name is unknown.
    """
    if name not in _BY_NAME:
        guesses = nearest(name, list(_BY_NAME))
        raise ConfigError(
            "E2210",
            "unknown recipe",
            what=name,
            do=[
                *([f"did you mean {', '.join(guesses)}?"] if guesses else []),
                f"recipes: {', '.join(_BY_NAME)}",
            ],
        )
    recipe = _BY_NAME[name]
    if name == "he2015-cifar" and spec.depth >= he2015.DEEP:
        return recipe.replace(warmup=he2015.WARMUP)
    return recipe
