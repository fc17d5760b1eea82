"""How the report writes its numbers."""

from __future__ import annotations

import math

NONE = "–"


def percent(value: float | None, digits: int = 2) -> str:
    """Write per cent, for example ``8.75 %``."""
    return NONE if value is None else f"{value:.{digits}f}\u202f%"


def plain(value: float) -> str:
    """Write a number as short as it is, for example ``12`` or ``1.5`` epochs."""
    return f"{value:g}"


def count(value: float | None) -> str:
    """Write a whole number with its thousands apart."""
    return NONE if value is None else f"{value:,.0f}"


def integer(value: int) -> str:
    """Write a whole number in full up to 21 digits, a larger one as ``4.149e180``."""
    if value < 10**21:
        return f"{value:,}"
    digits = str(value)
    return f"{digits[0]}.{digits[1:4]}e{len(digits) - 1}"


def size(value: float | None) -> str:
    """Write a large count with three figures, for example ``40.8 M``."""
    if value is None:
        return NONE
    for power, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= power:
            return f"{value / power:.3g}\u202f{letter}"
    return f"{value:g}"


def duration(seconds: float | None) -> str:
    """Write a time, for example ``1 h 03 min`` or ``48 s``."""
    if seconds is None:
        return NONE
    if seconds < 90:
        return f"{seconds:.3g}\u202fs"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes}\u202fmin"
    return f"{minutes // 60}\u202fh {minutes % 60:02d}\u202fmin"


def figure(value: float | None) -> str:
    """Write a measured number with four figures, for example ``0.1920``."""
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value:#.4g}" if abs(value) < 1000 else f"{value:,.0f}"
