"""Floor 6: the papers' experiments as data, and what their runs say; imports torch for reports."""

from .declaration import SCALES, Published, Row, Scale, Study
from .library import list_studies, look_up_study

__all__ = [
    "SCALES",
    "Published",
    "Row",
    "Scale",
    "Study",
    "list_studies",
    "look_up_study",
]
