"""Width for a cardinality at equal cost, against Table 2 of ResNeXt."""

from __future__ import annotations

import pytest

from resnets.analysis import count
from resnets.analysis.template import count_template, find_nearest, match_cost, solve_width
from resnets.catalog import look_up
from resnets.errors import ConfigError

TABLE_2 = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}
"""Cardinality and bottleneck width; about 70 k parameters and 0.22 G multiply-adds each."""


def test_the_formula_of_the_paper() -> None:
    """Eq. 4: C · (256 · d + 3 · 3 · d · d + d · 256)."""
    for cardinality, width in TABLE_2.items():
        weights = cardinality * (256 * width + 9 * width * width + width * 256)
        assert count_template(cardinality, width) == weights
        assert round(weights / 1e3) in range(69, 72)
        assert solve_width(cardinality, 70_000) == width


def test_the_widths_of_table_2_from_the_network_itself() -> None:
    matches = match_cost(look_up("resnet50").spec, list(TABLE_2))
    assert {match.cardinality: match.width for match in matches} == TABLE_2
    assert [match.group_width for match in matches] == [64, 80, 96, 112, 128]
    assert [match.parameters for match in matches] == [69632, 69760, 69888, 71456, 70144]
    # Conv2 works on maps of 56 × 56.
    assert [match.macs for match in matches] == [match.parameters * 56**2 for match in matches]
    assert count(matches[0].spec).parameters == count(look_up("resnet50").spec).parameters
    published = look_up("resnext50_32x4d").spec
    assert count(matches[-1].spec).parameters == count(published).parameters == 25_028_904


def test_the_other_measure_and_another_stage() -> None:
    spec = look_up("resnet50").spec
    by_macs = match_cost(spec, list(TABLE_2), measure="macs")
    assert {match.cardinality: match.width for match in by_macs} == TABLE_2
    (third,) = match_cost(spec, [32], stage=2)
    assert (third.width, third.macs // third.parameters) == (16, 14**2)
    (small,) = match_cost(spec, [32], image_size=112)
    assert small.macs == 70_144 * 28**2


def test_the_nearest_of_two_is_taken_and_one_is_the_least() -> None:
    assert find_nearest(lambda d: 10 * d, 34) == 3
    assert find_nearest(lambda d: 10 * d, 36) == 4
    assert find_nearest(lambda d: 10 * d, 35) == 3
    assert find_nearest(lambda d: 10 * d, 1) == 1
    assert solve_width(1024, 70_000) == 1


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        match_cost(look_up("resnet18").spec, [2])
    assert (caught.value.code, caught.value.what) == ("E2720", "kernels = (3, 3)")
    spec = look_up("resnet50").spec
    for options, field in (
        ({"measure": "memory"}, "measure"),
        ({"stage": 4}, "stage"),
        ({"cardinalities": [0]}, "cardinality"),
    ):
        with pytest.raises(ConfigError) as caught:
            match_cost(spec, **{"cardinalities": [2], **options})
        assert caught.value.where["field"] == field
