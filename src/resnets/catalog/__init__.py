"""Floor 1: names to data, each with its paper, table and published figures; imports no torch."""

from .entry import Entry
from .naming import find_name
from .networks import list_names, look_up
from .recipes import list_recipes, look_up_recipe

__all__ = ["Entry", "find_name", "list_names", "list_recipes", "look_up", "look_up_recipe"]
