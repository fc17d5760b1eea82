"""Claims are read into sums with signs, and refused where they are no claims."""

from __future__ import annotations

import pytest

from resnets.errors import ConfigError
from resnets.studies.predicate import Term, parse_predicate


def test_both_sides_become_one_sum():
    found = parse_predicate("test_error of a - test_error of b > test_error of c + 1.5")
    assert found.terms == (
        Term(1, "test_error", "a"),
        Term(-1, "test_error", "b"),
        Term(-1, "test_error", "c"),
    )
    assert found.constant == -1.5
    assert found.greater
    assert found.rows == ("a", "b", "c")


def test_a_number_may_stand_alone_and_a_measure_may_have_an_argument():
    found = parse_predicate("stochastic_test_error:30 of 20-2 < 5")
    assert found.terms == (Term(1, "stochastic_test_error:30", "20-2"),)
    assert (found.constant, found.greater) == (-5.0, False)


def test_words_take_the_place_of_names_and_only_of_whole_ones():
    found = parse_predicate("test_error of 110 > test_error of 110-preact")
    words = found.describe({"test_error": "error"}, {"110": "A", "110-preact": "B"})
    assert words == "error of A > error of B"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("test_error of a", "one < or >"),
        ("test_error of a > test_error of b > 1", "one < or >"),
        ("test_error in a > 1", "'test_error in a'"),
        ("test_error of a >= 1", "one < or >"),
        ("1 > 2", "no row"),
    ],
)
def test_what_is_no_claim_is_refused(text, why):
    with pytest.raises(ConfigError) as caught:
        parse_predicate(text)
    assert caught.value.code == "E2751"
    assert why in caught.value.why
