"""Many lesions in one pass: what two of them begin with alike is computed once.

Lesions are ways through one network, so together they are a tree. Deleting each of n units in turn
costs n + n (n - 1) / 2 calls of units instead of n²: half of n evaluations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnets.analysis.walk import Walk

from .injury import Lesion, Move


def follow_all(walk: Walk, lesions: Sequence[Lesion], images: Any) -> Iterator[tuple[int, Any]]:
    """Yield the number of each lesion and what the injured network answers.

    Depth first, so that no more activations are held than there are forks on one way.

    Args:
        walk: the network.
        lesions: in any order; equal ones are computed once.
        images: input of the stem.
    """
    x = walk.stem(images)
    waiting = [(0, x, move, members) for move, members in _part(lesions, range(len(lesions)), 0)]
    while waiting:
        position, x, (unit, kept), members = waiting.pop()
        y = walk.step(position, unit, kept, x)
        position += 1
        if position < len(walk.places):
            parts = _part(lesions, members, position)
            waiting += [(position, y, move, part) for move, part in parts]
        else:
            answer = walk.head(y)
            yield from ((member, answer) for member in members)


def count_calls(lesions: Sequence[Lesion]) -> int:
    """Count the units that one pass calls; what is left of a deleted one counts nothing."""
    calls = 0
    waiting: list[tuple[int, Sequence[int]]] = [(0, range(len(lesions)))]
    while waiting:
        position, members = waiting.pop()
        if position == len(lesions[members[0]].moves):
            continue
        for (_, kept), part in _part(lesions, members, position):
            calls += kept
            waiting.append((position + 1, part))
    return calls


def _part(
    lesions: Sequence[Lesion], members: Sequence[int], position: int
) -> list[tuple[Move, list[int]]]:
    """Part lesions by their move at a position; the largest part first, since it waits longest."""
    parts: dict[Move, list[int]] = {}
    for member in members:
        parts.setdefault(lesions[member].moves[position], []).append(member)
    return sorted(parts.items(), key=lambda part: -len(part[1]))
