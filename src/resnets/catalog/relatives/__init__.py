"""Families outside the grammar: their names, and their specs by arithmetic."""

from . import vgg

FAMILIES = (*vgg.FAMILIES,)
