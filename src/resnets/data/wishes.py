"""What a recipe asks for in place of, or beside, the augmentation of a source."""

from __future__ import annotations

from dataclasses import replace

from resnets.errors import ConfigError
from resnets.spec import Recipe

from .augmentation import Augmentation

INPUT = 224


def apply_recipe(augmentation: Augmentation, recipe: Recipe, channels: int) -> Augmentation:
    """Return the augmentation of a source with a recipe's changes.

    Args:
        augmentation: of the source.
        recipe: ``crop``, ``scales``, ``jitter`` and ``lighting`` count here.
        channels: of the images.

    Raises:
        ConfigError: colours are to be changed where there are none.
    """
    changed = replace(augmentation, jitter=recipe.jitter, lighting=recipe.lighting)
    if changed.colourful and channels != 3:
        field = "jitter" if recipe.jitter else "lighting"
        raise ConfigError(
            "E2870",
            "grey images have no colours to change",
            what=f"recipe.{field} = {getattr(recipe, field)}",
            where={"field": f"recipe.{field}"},
            why=f"the images have {channels} channel{'s' * (channels != 1)}",
            do="set recipe.jitter and recipe.lighting to 0",
        )
    if recipe.crop == "source":
        return changed
    low, high = (length / INPUT for length in recipe.scales)
    sides = (low, high) if recipe.crop == "scale" else None
    return replace(changed, resized_crop=True, shorter_side=sides)
