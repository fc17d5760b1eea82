"""Floor 5: networks taken apart."""

from .cost import count
from .rows import Cost, Row

__all__ = ["Cost", "Row", "count"]
