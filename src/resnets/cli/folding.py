"""Long lists in few rows: series of equal parts, also where several kinds take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

MAX_TURNS = 3


def fold(items: Sequence[Item], key: Callable[[Item], object]) -> Iterator[list[Item]]:
    """Gather equal items that follow one another or take turns.

    Args:
        items: in order.
        key: what must be equal.

    Yields:
        Series of equal items, each where its first one stands.

    Example:
        >>> list(fold("aaabcbcbd", str.upper))
        [['a', 'a', 'a'], ['b', 'b'], ['c', 'c'], ['b'], ['d']]
    """
    keys = [key(item) for item in items]
    start = 0
    while start < len(items):
        kinds, rounds = _find_rounds(keys[start:])
        end = start + kinds * rounds
        for first in range(start, start + kinds):
            yield list(items[first:end:kinds])
        start = end


def name_series(names: Sequence[str]) -> str:
    """Name a series by its numbers: ``unit 1–4``, or ``unit 1, 3–7`` where kinds take turns."""
    if len(names) == 1:
        return names[0]
    numbers = [name.rpartition(" ")[2] for name in names]
    if not all(number.isdecimal() for number in numbers) or int(numbers[1]) == int(numbers[0]) + 1:
        return f"{names[0]}–{numbers[-1]}"
    return f"{names[0]}, {numbers[1]}" + (f"–{numbers[-1]}" if len(names) > 2 else "")


def _find_rounds(keys: Sequence[object]) -> tuple[int, int]:
    """Return how many kinds take turns at the beginning, and for how many rounds."""
    for kinds in range(1, MAX_TURNS + 1):
        rounds = 1
        while keys[rounds * kinds : (rounds + 1) * kinds] == keys[:kinds] and keys[:kinds]:
            rounds += 1
        if rounds > 1:
            return kinds, rounds
    return 1, 1
