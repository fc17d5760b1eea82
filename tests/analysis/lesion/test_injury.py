"""Lesions by hand: which units are deleted, which exchanged, how far an order is from its own."""

from __future__ import annotations

import itertools

import pytest

from resnets.analysis.lesion import correlate, delete, draw_deletion, draw_order


@pytest.mark.parametrize(
    ("order", "tau"),
    [
        ((0, 1, 2, 3), 1.0),
        ((3, 2, 1, 0), -1.0),
        ((1, 0, 2, 3), 4 / 6),  # one of six pairs is discordant
        ((0, 3, 2, 1), 0.0),  # three of six
        ((2, 0, 1, 3, 4), 6 / 10),
        ((0,), 1.0),
    ],
)
def test_kendalls_tau(order: tuple[int, ...], tau: float) -> None:
    assert correlate(order) == pytest.approx(tau, abs=1e-15)


def test_a_deletion_is_the_network_in_order_without_some() -> None:
    lesion = delete(4, [3, 1])
    assert lesion.deleted == (1, 3)
    assert lesion.moves == ((0, True), (1, False), (2, True), (3, False))
    assert (lesion.tau, lesion.swaps) == (1.0, 0)


def test_drawn_deletions() -> None:
    drawn = [draw_deletion(7, 54, range(54), 10, number) for number in range(200)]
    assert all(len(set(lesion.deleted)) == 10 for lesion in drawn)
    assert len({lesion.deleted for lesion in drawn}) == 200
    assert set(itertools.chain(*(lesion.deleted for lesion in drawn))) == set(range(54))
    assert drawn[3] == draw_deletion(7, 54, range(54), 10, 3)
    assert drawn[3] != draw_deletion(8, 54, range(54), 10, 3)
    assert draw_deletion(0, 5, [1, 4], 2, 0).deleted == (1, 4)


def test_drawn_orders_stay_within_their_groups() -> None:
    groups = ((0, 1, 2), (4, 5))
    drawn = [draw_order(1, 6, groups, 3, number) for number in range(50)]
    for lesion in drawn:
        assert sorted(lesion.order[:3]) == [0, 1, 2]
        assert (lesion.order[3], sorted(lesion.order[4:])) == (3, [4, 5])
        assert lesion.swaps == 3
    # Three exchanges are an odd permutation: of the six of each parity all come up.
    assert len({lesion.order for lesion in drawn}) == 6
    assert drawn[0] == draw_order(1, 6, groups, 3, 0)
    assert draw_order(1, 6, ((4, 5),), 1, 0).order == (0, 1, 2, 3, 5, 4)
