"""Lesions: units of a trained network deleted or put in another order, and what it then errs.

Source: Veit, Wilber, Belongie 2016, Section 4.
"""

from .injury import Lesion, correlate, delete, draw_deletion, draw_order
from .measurement import Conditions, Trial, Trials, delete_each, delete_many, reorder
from .record import Lesions
from .reestimation import reestimate
from .tree import count_calls, follow_all

__all__ = [
    "Conditions",
    "Lesion",
    "Lesions",
    "Trial",
    "Trials",
    "correlate",
    "count_calls",
    "delete",
    "delete_each",
    "delete_many",
    "draw_deletion",
    "draw_order",
    "follow_all",
    "reestimate",
    "reorder",
]
