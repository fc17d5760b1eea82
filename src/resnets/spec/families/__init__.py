"""Families outside the grammar, each with a small spec of its own that lays the network out."""

from .vgg import VGG

__all__ = ["VGG"]
