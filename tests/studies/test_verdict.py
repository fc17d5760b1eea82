"""A claim holds, fails, is undecided, or cannot be put to the test; and says why."""

from __future__ import annotations

import pytest

from resnets.studies.measures import Value
from resnets.studies.verdict import judge_all


def verdicts(study, scale, outcomes):
    return [(line.verdict, line.why, line.method) for line in judge_all(study, scale, outcomes)]


@pytest.mark.parametrize(
    ("deep", "shallow", "verdict"),
    [(10.0, 20.0, "holds"), (20.0, 10.0, "fails"), (10.0, 10.5, "undecided")],
)
def test_one_run_is_judged_by_its_counts(study, outcomes, deep, shallow, verdict):
    rows = {"resnet56": outcomes("resnet56", deep), "shallow": outcomes("shallow", shallow)}
    found = verdicts(study, "short", rows)
    assert found[0][0] == verdict
    assert found[0][2] == "Wilson"


def test_several_runs_are_judged_by_their_spread(study, outcomes):
    wide = {"resnet56": outcomes("r", 10, 30), "shallow": outcomes("s", 20, 40)}
    assert verdicts(study, "short", wide)[0] == (
        "undecided",
        "the interval holds both signs",
        "Welch",
    )
    narrow = {"resnet56": outcomes("r", 10, 11, 10), "shallow": outcomes("s", 20, 21, 20)}
    assert verdicts(study, "short", narrow)[0] == ("holds", "", "Welch")


def test_a_second_run_of_one_row_alone_does_not_make_an_interval_of_means(study, outcomes):
    rows = {"resnet56": outcomes("r", 10.0, 11.0), "shallow": outcomes("s", 30.0)}
    line = judge_all(study, "short", rows)[0]
    assert (line.verdict, line.method) == ("holds", "Wilson")
    assert line.value == pytest.approx(-19.5)


def test_a_value_that_counts_nothing_needs_two_runs(study, outcomes):
    rows = {
        "resnet56": outcomes("r", 10.0, n=None),
        "shallow": outcomes("s", 30.0, n=None),
    }
    assert verdicts(study, "short", rows)[0] == (
        "undecided",
        "it is -20.00 with one run; an interval needs two of each row",
        "",
    )


def test_claims_that_the_scale_cannot_test_are_told_apart(study, outcomes):
    rows = {"resnet56": outcomes("r", 10.0)}
    assert verdicts(study, "short", rows) == [
        ("untested", "shallow is not run at this scale", ""),
        ("untested", "only at the paper scale", ""),
    ]
    rows = {row.name: outcomes(row.name, 70.0) for row in study.rows}
    assert verdicts(study, "paper", rows)[1][0] == "holds"


def test_a_row_without_results_is_named(study, outcomes):
    rows = {"resnet56": outcomes("r", 0.0, stage="missing"), "shallow": outcomes("s", 30.0)}
    assert verdicts(study, "short", rows)[0] == (
        "undecided",
        "resnet56 has no test_error yet",
        "",
    )


def test_divergence_counts_as_worse_than_any_error(study, outcomes):
    fine, gone = outcomes("x", 10.0), outcomes("x", 0.0, stage="diverged")
    assert verdicts(study, "short", {"resnet56": gone, "shallow": fine})[0] == (
        "fails",
        "resnet56 diverged in 1 of 1 runs",
        "",
    )
    assert verdicts(study, "short", {"resnet56": fine, "shallow": gone})[0][0] == "holds"
    assert verdicts(study, "short", {"resnet56": gone, "shallow": gone})[0][0] == "undecided"
    rows = {"plain110": gone, "resnet56": fine, "shallow": fine}
    assert verdicts(study, "paper", rows)[1][0] == "holds"


def test_words_name_measures_and_rows(study, outcomes):
    rows = {"resnet56": outcomes("r", 10.0), "shallow": outcomes("s", 20.0)}
    (line, _) = judge_all(study, "short", rows)
    assert line.words == "test error of resnet56 < test error of 20 layers"
    assert line.source == "Table 6"


def test_values_of_another_measure_do_not_count(study, outcomes):
    rows = {
        "resnet56": outcomes("r", 10.0, train_loss=Value(0.1)),
        "shallow": outcomes("s", 20.0, train_loss=Value(0.9)),
    }
    assert judge_all(study, "short", rows)[0].value == pytest.approx(-10.0)
