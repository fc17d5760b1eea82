"""Floor 5: networks taken apart."""

from .cost import Cost, Row, count

__all__ = ["Cost", "Row", "count"]
