"""The paths through a network, counted exactly; no torch, no weights.

At a unit with a shortcut and k functions a path takes the shortcut or one of the functions: 1 + k
ways. Its length is the number of functions on it, so that n such units have (1 + k)ⁿ paths,
C(n, l)·kˡ of them of length l: the terms of Π (1 + F_1 + … + F_k). The paper of Multi-ResNet counts
something else under the name of multiplicity: subsets of functions, of which several in one unit
may be on at once, 2^(kn). With one function in every unit the two are the same.

A function is what one summand of a unit applies, however many layers it has and however often it
passes them: in a poly-3 unit of PolyNet, x + F(x) + F²(x) + F³(x), each of the three terms is one
function, and a path through F³ is as long as one through F.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from resnets.analysis.cost import count
from resnets.spec import Network

if TYPE_CHECKING:
    from resnets.analysis.walk import Place

DECAY = Fraction(1, 4)
"""By how much a unit on a path lowers the gradient, for a network without weights: the round number
with which the model gives the range that Veit et al. measured for 54 units, 5 to 17."""

BULK, EFFECTIVE = Fraction(1, 100), Fraction(1, 40)
"""Share cut off at either end: 98 % of all paths, 95 % of the gradient."""


@dataclass(frozen=True)
class Span:
    """Paths of some lengths.

    Args:
        low, high: the shortest and the longest.
        paths: how many there are.
        share: of all paths of the network.
    """

    low: int
    high: int
    paths: int
    share: Fraction


@dataclass(frozen=True)
class Paths:
    """The paths through a network.

    Args:
        functions: how many each unit has.
        shortcuts: whether a unit has one; a plain unit is on every path.
    """

    functions: tuple[int, ...]
    shortcuts: tuple[bool, ...]

    @property
    def units(self) -> int:
        """Units of the network."""
        return len(self.functions)

    @property
    def multiplicity(self) -> int:
        """Ways to leave functions on, at least one in a plain unit; 2^(kn) with shortcuts.

        Source: Veit et al. 2016, Section 3; Abdi & Nahavandi 2016, Section III.
        """
        pairs = zip(self.functions, self.shortcuts, strict=True)
        return math.prod(2**k - (not shortcut) for k, shortcut in pairs)

    @cached_property
    def by_length(self) -> tuple[int, ...]:
        """Paths of length 0, 1, … n; a deleted unit would halve their sum where k is 1."""
        counts = [1]
        for k, shortcut in zip(self.functions, self.shortcuts, strict=True):
            longer = [0, *(k * c for c in counts)]
            stays = [*counts, 0] if shortcut else [0] * len(longer)
            counts = [a + b for a, b in zip(longer, stays, strict=True)]
        return tuple(counts)

    @property
    def total(self) -> int:
        """All paths."""
        return sum(self.by_length)

    @property
    def mean(self) -> Fraction:
        """Mean length."""
        return average(self.by_length)

    @property
    def std(self) -> float:
        """Standard deviation of the length."""
        squares = sum(length**2 * c for length, c in enumerate(self.by_length))
        return math.sqrt(Fraction(squares, self.total) - self.mean**2)

    def span(self, low: int, high: int) -> Span:
        """Count the paths whose length is ``low`` to ``high``, both included."""
        paths = sum(c for length, c in enumerate(self.by_length) if low <= length <= high)
        return Span(low, high, paths, Fraction(paths, self.total))

    @property
    def bulk(self) -> Span:
        """The lengths of 98 % of the paths: at either end at most 1 % is cut off."""
        return self.span(*cut_tails(self.by_length, BULK))

    def expect_effective(self, decay: Fraction = DECAY) -> Span:
        """The lengths that carry 95 % of the gradient, if each unit on a path lowers it alike.

        A path of length l then weighs decayˡ, all paths of that length C(n, l)·(k · decay)ˡ.

        Args:
            decay: the gradient behind a unit, as a share of that before it.

        Source: Abdi & Nahavandi 2016, Section III (the effective range).
        """
        return self.span(*cut_tails(self.weigh(decay), EFFECTIVE))

    def weigh(self, decay: Fraction) -> tuple[Fraction, ...]:
        """Return the weight of all paths of each length, where a path of length l has decayˡ."""
        return tuple(c * decay**length for length, c in enumerate(self.by_length))


def count_paths(spec: Network) -> Paths:
    """Count the paths through a network.

    Example:
        >>> from resnets.spec import Spec
        >>> paths = count_paths(Spec(depths=(18, 18, 18), widths=(16, 32, 64), shortcut="A"))
        >>> paths.mean, paths.by_length[27] == math.comb(54, 27)
        (Fraction(27, 1), True)
    """
    choices = [row.choices for row in count(spec).rows if row.part == "unit"]
    # 2^k ways with a shortcut; 2^k - 1 without, since one function at least has to be on.
    return Paths(
        functions=tuple((c + 1).bit_length() - 1 if c & 1 else c.bit_length() - 1 for c in choices),
        shortcuts=tuple(c % 2 == 0 for c in choices),
    )


def count_places(places: Sequence[Place]) -> Paths:
    """Count the paths through the places of a walk, for a network that has no spec."""
    forks = [place.fork for place in places]
    return Paths(
        functions=tuple(1 if fork is None else len(fork.functions) for fork in forks),
        shortcuts=tuple(fork is not None for fork in forks),
    )


def average(weights: Sequence[Fraction | int]) -> Fraction:
    """Return the mean length under weights for length 0, 1, …"""
    return Fraction(sum(length * w for length, w in enumerate(weights))) / sum(weights)


def cut_tails(weights: Sequence[Fraction | int | float], tail: Fraction) -> tuple[int, int]:
    """Return the lengths that are left when at most a share is cut off at either end.

    Args:
        weights: of length 0, 1, …
        tail: the share of the sum.
    """
    limit = sum(weights) * tail
    ends = []
    for series in (weights, weights[::-1]):
        cut, lost = 0, weights[0] * 0
        while lost + series[cut] <= limit:
            lost += series[cut]
            cut += 1
        ends.append(cut)
    return ends[0], len(weights) - 1 - ends[1]
