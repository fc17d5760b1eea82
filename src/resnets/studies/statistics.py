"""Means, deviations, and intervals of sums and differences, 95 %."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

from scipy.special import stdtrit

from resnets.evaluation import interval

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """What the runs of a row say together.

    Args:
        median, mean: of the values.
        std: deviation of a sample, n - 1 in its denominator; None for one value.
        n: values.
    """

    median: float
    mean: float
    std: float | None
    n: int


@dataclass(frozen=True)
class Estimate:
    """An interval for a sum.

    Args:
        value: the sum itself.
        low, high: ends of the interval.
        method: how it was found.
    """

    value: float
    low: float
    high: float
    method: str


def summarize(values: Sequence[float]) -> Summary | None:
    """Return median, mean and deviation; None without values."""
    if not values:
        return None
    std = stdev(values) if len(values) > 1 else None
    return Summary(median(values), mean(values), std, len(values))


def estimate_means(terms: Sequence[tuple[float, Sequence[float]]], constant: float) -> Estimate:
    """Return Welch's interval for ``Σ c·mean + constant``.

    Args:
        terms: a factor c and at least two values for each row.
        constant: what is added.

    Source: Welch 1947; degrees of freedom after Satterthwaite 1946.
    """
    value = constant + sum(c * mean(values) for c, values in terms)
    parts = [(c * c * stdev(values) ** 2 / len(values), len(values)) for c, values in terms]
    variance = sum(part for part, _ in parts)
    if variance == 0:
        return Estimate(value, value, value, "Welch")
    freedom = variance**2 / sum(part**2 / (n - 1) for part, n in parts)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * math.sqrt(variance)
    return Estimate(value, value - half, value + half, "Welch")


def estimate_counts(terms: Sequence[tuple[float, float, int]], constant: float) -> Estimate:
    """Return an interval for ``Σ c·error + constant`` from the counts of one run for each row.

    It covers which samples the test set happens to have, not what another seed would change.

    Args:
        terms: a factor c, an error in per cent and the samples it was counted on, for each row.
        constant: what is added.

    Source: Wilson 1927 for each error; Newcombe 1998, method 10, for their difference, and for any
    sum by the same rule (Zou, Donner 2008).
    """
    value = constant + sum(c * error for c, error, _ in terms)
    below = above = 0.0
    for c, error, n in terms:
        ends = [c * end for end in interval(error, n)]
        below += (c * error - min(ends)) ** 2
        above += (max(ends) - c * error) ** 2
    return Estimate(value, value - math.sqrt(below), value + math.sqrt(above), "Wilson")
