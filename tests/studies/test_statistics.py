"""Intervals against published examples, scipy and hand arithmetic."""

from __future__ import annotations

import pytest
from scipy import stats

from resnets.studies.statistics import (
    estimate_counts,
    estimate_means,
    summarize,
)


def test_a_summary_has_median_mean_and_sample_deviation():
    found = summarize([6.5, 6.4, 6.9])
    assert found is not None
    assert (found.median, found.n) == (6.5, 3)
    assert found.mean == pytest.approx(6.6)
    assert found.std == pytest.approx(0.2646, abs=1e-4)
    assert summarize([]) is None
    assert summarize([1.0]).std is None  # type: ignore[union-attr]


def test_a_difference_of_means_has_welchs_interval():
    a, b = [6.1, 6.4, 6.2, 6.9], [7.2, 7.0, 7.9]
    found = estimate_means([(1, a), (-1, b)], 0.0)
    oracle = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high))
    assert found.method == "Welch"


def test_one_mean_against_a_number_has_students_interval():
    values = [20.5, 21.0, 22.0]
    found = estimate_means([(1, values)], -20.0)
    low, high = stats.t.interval(0.95, 2, loc=sum(values) / 3, scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low - 20, high - 20))


def test_equal_values_have_no_width():
    found = estimate_means([(1, [5.0, 5.0]), (-1, [4.0, 4.0])], 0.0)
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)


def test_a_difference_of_counts_has_newcombes_interval():
    # Newcombe 1998, Table II, 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    found = estimate_counts([(1, 100 * 56 / 70, 70), (-1, 100 * 48 / 80, 80)], 0.0)
    assert found.value == pytest.approx(20.0)
    assert (found.low, found.high) == pytest.approx((5.24, 33.39), abs=0.01)


def test_one_count_against_a_number_has_wilsons_interval():
    # 81 of 263: Wilson 0.2553 to 0.3662 (Newcombe 1998, single proportions).
    found = estimate_counts([(1, 100 * 81 / 263, 263)], -30.0)
    assert (found.low, found.high) == pytest.approx((-4.47, 6.62), abs=0.01)
    assert found.method == "Wilson"
