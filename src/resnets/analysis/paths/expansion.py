"""The unravelled view, term by term, for stacks small enough to enumerate every path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Function = Callable[["Tensor"], "Tensor"]
Path = tuple[int | None, ...]
"""For each unit the number of the function that the path takes, or None for the shortcut."""


def unravel(units: Sequence[Sequence[Function]], x: Tensor) -> Iterator[tuple[Path, Tensor]]:
    """Follow every path through a stack of units x + F_1(x) + … + F_k(x), one after another.

    For linear functions the answers of all Π (1 + k) paths add up to the stack's own answer; that
    is the expansion of the product. For others a path shows what this chain of functions makes of
    x, while in the network its functions see what all paths before them bring.

    Args:
        units: the functions of each unit, first unit first.
        x: input of the first.

    Yields:
        The path, and what comes out of it.

    Source: Veit et al. 2016, Eq. 3 to 6 and Fig. 1b.
    """
    for path in product(*((None, *range(len(unit))) for unit in units)):
        y = x
        for unit, choice in zip(units, path, strict=True):
            y = y if choice is None else unit[choice](y)
        yield path, y


def run_stack(units: Sequence[Sequence[Function]], x: Tensor) -> Tensor:
    """Apply units x + F_1(x) + … + F_k(x) one after another: the recursive view."""
    for unit in units:
        x = x + sum(function(x) for function in unit)
    return x
