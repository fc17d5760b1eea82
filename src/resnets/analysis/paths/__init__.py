"""Paths: a network unravelled, its paths counted by length, and the gradient that they carry.

Counting needs no torch; ``gradients`` measures, ``expansion`` enumerates.

Source: Veit, Wilber, Belongie 2016, Sections 3 and 4.4; Abdi & Nahavandi 2016, Section III.
"""

from .counts import Paths, Span, count_paths, count_places
from .profile import PathGradient, Profile

__all__ = ["PathGradient", "Paths", "Profile", "Span", "count_paths", "count_places"]
