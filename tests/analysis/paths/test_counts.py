"""Paths by length: exact integers, against the papers' figures and enumeration."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from fractions import Fraction
from itertools import product

import pytest

from resnets.analysis.paths import Paths, count_paths, count_places
from resnets.analysis.paths.counts import DECAY, average, cut_tails
from resnets.analysis.walk import walk
from resnets.catalog import look_up
from resnets.networks import build
from resnets.spec import Spec
from resnets.spec.families import PolyNet


def test_the_published_figures_of_54_units() -> None:
    """Veit et al. 2016, Section 4.4."""
    paths = count_paths(look_up("preresnet110").spec)
    assert paths.units == 54
    assert paths.mean == 27
    assert paths.std == math.sqrt(54) / 2
    assert paths.multiplicity == paths.total == 18_014_398_509_481_984 == 2**54
    assert paths.by_length == tuple(math.comb(54, length) for length in range(55))
    assert (paths.bulk.low, paths.bulk.high) == (19, 35)
    assert paths.bulk.paths == sum(math.comb(54, length) for length in range(19, 36))
    assert f"{float(paths.bulk.share):.1%}" == "98.0%"
    effective = paths.span(5, 17)
    assert effective.share == Fraction(81_725_384_002_200, 2**54)
    assert f"{float(effective.share):.4%}" == "0.4537%"
    assert paths.expect_effective() == effective


def test_ten_of_54_units_deleted_leave_two_to_the_44() -> None:
    whole, without = Paths((1,) * 54, (True,) * 54), Paths((1,) * 44, (True,) * 44)
    assert without.total == 17_592_186_044_416
    assert Paths((1,) * 53, (True,) * 53).total * 2 == whole.total


@pytest.mark.parametrize(("units", "k"), [(3, 2), (4, 3), (1, 5), (5, 1)])
def test_the_multinomial_count_is_the_enumeration(units: int, k: int) -> None:
    paths = Paths((k,) * units, (True,) * units)
    lengths = [sum(choice > 0 for choice in path) for path in product(range(k + 1), repeat=units)]
    counted = tuple(lengths.count(length) for length in range(units + 1))
    assert paths.by_length == counted
    assert paths.by_length == tuple(math.comb(units, i) * k**i for i in range(units + 1))
    assert paths.total == (1 + k) ** units == len(lengths)
    assert paths.mean == Fraction(units * k, 1 + k)
    # The paper's multiplicity lets several functions of a unit work at once.
    assert paths.multiplicity == len([*product((0, 1), repeat=units * k)])


def test_a_two_function_unit_has_four_subsets_and_three_paths() -> None:
    paths = count_paths(Spec(depths=(1,), widths=(4,), stem_width=4, branches=2))
    assert (paths.multiplicity, paths.total, paths.by_length) == (4, 3, (1, 2))


def test_a_term_is_one_function_however_often_it_passes_its_layers() -> None:
    # x + F(x) + F²(x) + F³(x): three paths of length 1, and the shortcut.
    stages = (("poly-3",), ("2-way",), ("mpoly-3",))
    spec = PolyNet(stages=stages, stem="small", width=0.125)
    assert count_paths(spec).by_length == (1, 8, 21, 18)  # (1 + 3 l)(1 + 2 l)(1 + 3 l)
    assert count_places(walk(build(spec)).places) == count_paths(spec)


def test_networks_of_the_catalog() -> None:
    multi = count_paths(look_up("multi_resnet14_k10").spec)
    assert (multi.units, multi.multiplicity, multi.total) == (6, 2**60, 11**6)
    plain = count_paths(look_up("plain20").spec)
    assert (plain.multiplicity, plain.total, plain.mean, plain.std) == (1, 1, 9, 0.0)
    assert plain.by_length == (0,) * 9 + (1,)
    assert (plain.bulk.low, plain.bulk.high) == (9, 9)
    long = count_paths(look_up("resnet1202").spec)
    assert (long.total, long.mean) == (2**600, 300)
    vgg = count_paths(look_up("vgg11").spec)
    assert (vgg.units, vgg.total) == (8, 1)


def test_units_of_several_kinds() -> None:
    """(1 + F)(F)(1 + F_1 + F_2): 1·2 ways that take one function, and so on."""
    paths = Paths((1, 1, 2), (True, False, True))
    assert paths.by_length == (0, 1, 3, 2)
    assert paths.multiplicity == 2 * 1 * 4


def test_expected_weights_fall_with_length() -> None:
    paths = Paths((1,) * 54, (True,) * 54)
    # C(n, l) rˡ is a binomial again, with p = r / (1 + r).
    assert average(paths.weigh(DECAY)) == Fraction(54, 5)
    multi = Paths((2,) * 54, (True,) * 54)
    assert average(multi.weigh(DECAY)) == 18
    twice = Paths((1,) * 108, (True,) * 108)
    assert average(twice.weigh(DECAY)) == Fraction(108, 5)


def test_tails_are_cut_at_both_ends() -> None:
    assert cut_tails([1, 1, 6, 1, 1], Fraction(1, 10)) == (1, 3)
    assert cut_tails([1, 1, 6, 1, 1], Fraction(2, 10)) == (2, 2)
    assert cut_tails([1, 1, 6, 1, 1], Fraction(1, 11)) == (0, 4)
    assert cut_tails([0, 0, 1.0], Fraction(1, 40)) == (2, 2)


def test_counting_needs_no_torch() -> None:
    code = (
        "import sys; from resnets.analysis.paths import count_paths;"
        "from resnets.catalog import look_up; import json;"
        "print(json.dumps([count_paths(look_up('resnet20').spec).total, 'torch' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [512, False]
