"""Paths and their gradients together: which lengths a network learns through."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .counts import DECAY, EFFECTIVE, Paths, Span, cut_tails


@dataclass(frozen=True)
class PathGradient:
    """The gradient through single paths of one length.

    Args:
        length: functions on the path.
        n: how many times it was measured: paths times images.
        log_norm: natural logarithm of the mean norm at the input; minus infinity for 0. As numbers
            themselves, the norms of long paths would be too small for a float.
    """

    length: int
    n: int
    log_norm: float


@dataclass(frozen=True)
class Profile:
    """The paths of one network, and what was measured on them.

    Args:
        name: of the network.
        paths: exact counts.
        gradients: by rising length; empty without weights.
    """

    name: str
    paths: Paths
    gradients: tuple[PathGradient, ...] = ()

    @cached_property
    def contributions(self) -> tuple[float, ...]:
        """Share of the whole gradient that paths of each length bring: count times mean norm.

        Between measured lengths the logarithm of the norm is taken along a line.
        """
        logs = [
            math.log(paths) + self._log_norm(length) if paths else -math.inf
            for length, paths in enumerate(self.paths.by_length)
        ]
        top = max(logs)
        if top == -math.inf:
            return (0.0,) * len(logs)
        weights = [math.exp(log - top) for log in logs]
        return tuple(weight / sum(weights) for weight in weights)

    @property
    def effective(self) -> Span | None:
        """The lengths that carry 95 % of the measured gradient; None if nothing arrives."""
        if not sum(self.contributions):
            return None
        return self.paths.span(*cut_tails(self.contributions, EFFECTIVE))

    @property
    def mean(self) -> float:
        """Mean length of the paths, each weighted by its gradient."""
        return sum(length * share for length, share in enumerate(self.contributions))

    @property
    def decay(self) -> float | None:
        """By how much one more function lowers the norm: from a line through its logarithms."""
        points = [(g.length, g.log_norm) for g in self.gradients if math.isfinite(g.log_norm)]
        if len(points) < 2:
            return None
        x = sum(length for length, _ in points) / len(points)
        y = sum(log for _, log in points) / len(points)
        rise = sum((length - x) * (log - y) for length, log in points)
        return math.exp(rise / sum((length - x) ** 2 for length, _ in points))

    def _log_norm(self, length: int) -> float:
        after = bisect_right(self.gradients, length, key=lambda g: g.length)
        left = self.gradients[max(after - 1, 0)]
        right = self.gradients[min(after, len(self.gradients) - 1)]
        if left.length == right.length or -math.inf in (left.log_norm, right.log_norm):
            return left.log_norm
        share = (length - left.length) / (right.length - left.length)
        return left.log_norm + share * (right.log_norm - left.log_norm)

    def to_dict(self, between: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
        """Return counts, and what was measured, as JSON data; counts are exact integers.

        Args:
            between: lengths, shortest and longest, of which the share is wanted.
        """
        paths = self.paths
        spans = [paths.span(low, high) for low, high in between]
        effective = paths.expect_effective()
        return {
            "name": self.name,
            "units": paths.units,
            "functions": list(paths.functions),
            "multiplicity": paths.multiplicity,
            "paths": paths.total,
            "paths_by_length": list(paths.by_length),
            "mean_length": _shorten(paths.mean),
            "std_length": paths.std,
            "bulk": _describe(paths.bulk),
            "between": [_describe(span) for span in spans],
            "expected": {"decay": float(DECAY), **_describe(effective)},
            "measured": self._describe_measured() if self.gradients else None,
        }

    def _describe_measured(self) -> dict[str, Any]:
        return {
            "gradients": [_describe_gradient(g) for g in self.gradients],
            "contributions": list(self.contributions),
            "decay": self.decay,
            "mean_length": self.mean,
            "effective": None if self.effective is None else _describe(self.effective),
        }


def _describe(span: Span) -> dict[str, Any]:
    share = float(span.share)
    return {"from": span.low, "to": span.high, "paths": span.paths, "share": share}


def _describe_gradient(gradient: PathGradient) -> dict[str, Any]:
    arrives = math.isfinite(gradient.log_norm)
    return {
        "length": gradient.length,
        "n": gradient.n,
        "norm": math.exp(gradient.log_norm),
        "log10_norm": gradient.log_norm / math.log(10) if arrives else None,
    }


def _shorten(value: Any) -> int | float:
    """Return a fraction as an integer where it is one."""
    return int(value) if value.denominator == 1 else float(value)
