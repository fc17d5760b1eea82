"""Random search: what a trial draws, and which runs stand for a row."""

from __future__ import annotations

import pytest

from resnets.api.study_start import resolve_rows
from resnets.errors import ConfigError
from resnets.studies import look_up_study
from resnets.studies.plan import vary
from resnets.studies.search import Among, Search, Span
from resnets.studies.tabulate import tabulate
from resnets.studies.verdict import judge_all

RATE = Span(path="recipe.lr", low=0.001, high=0.1, log=True)


def test_a_span_reaches_from_low_to_high():
    assert [RATE.draw(share) for share in (0.0, 0.5, 1.0)] == [
        ("recipe.lr=0.001",),
        ("recipe.lr=0.01",),
        ("recipe.lr=0.1",),
    ]
    assert Span(path="recipe.momentum", low=0.5, high=0.95).draw(0.5) == ("recipe.momentum=0.725",)


def test_every_group_of_assignments_is_as_likely():
    kinds = Among(options=(("network.act=relu",), ("network.act=tanh",)))
    assert [kinds.draw(share)[0][-4:] for share in (0.0, 0.49, 0.5, 0.99)] == [
        *["relu"] * 2,
        *["tanh"] * 2,
    ]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Span(path="recipe.lr", low=0.1, high=0.1), "low"),
        (lambda: Span(path="recipe.lr", low=0.0, high=0.1, log=True), "low"),
        (lambda: Among(options=(("a=1", "b=1"), ("a=2",))), "options"),
        (lambda: Search(draws=()), "draws"),
    ],
)
def test_a_search_that_cannot_be_is_refused(make, field):
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.code.startswith("E21")
    assert field in caught.value.where["field"]


def test_trials_draw_the_same_settings_for_all_rows():
    study = look_up_study("highway-depth")
    runs = resolve_rows(study, "smoke", "cpu", "fp32")
    trials = {row: [vary(study, run, n) for n in range(20)] for row, run in runs.items()}
    assert trials["plain-10"][0] == runs["plain-10"]  # the row is shown by its first trial
    rates = [run.recipe.lr for run in trials["plain-10"]]
    assert rates == [run.recipe.lr for run in trials["highway-50"]]
    assert len(set(rates)) == 20
    assert all(0.001 <= rate <= 0.1 for rate in rates)
    networks = [run.network for run in trials["highway-50"]]
    assert {(net.act, net.init) for net in networks} == {
        ("relu", "he_fan_in"),
        ("tanh", "xavier_uniform"),
    }
    assert all(-10 <= net.gate_bias <= -1 for net in networks)
    assert [run.seed for run in trials["plain-10"]] == list(range(20))


def test_a_field_that_rows_do_not_have_is_refused(study):
    wrong = Span(path="network.gate_bias", low=-2.0, high=-1.0)
    with pytest.raises(ConfigError) as caught:
        resolve_rows(study.replace(search=Search(draws=(wrong,))), "smoke", "cpu", "fp32")
    assert caught.value.code == "E2101"
    assert caught.value.where["row"] == "shallow"


def test_only_trained_rows_are_searched():
    fitting = look_up_study("identity-fitting")
    with pytest.raises(ConfigError) as caught:
        fitting.replace(search=Search(draws=(RATE,)))
    assert caught.value.code == "E2102"


def test_the_best_runs_stand_for_a_row(outcomes):
    search = Search(draws=(RATE,), best=0.5, least=1)
    found = outcomes("shallow", 9.0, 3.0, 7.0, 5.0)
    best = search.pick(found, "test_error")
    assert [o.values["test_error"].value for o in best] == [3.0, 5.0]
    assert search.replace(least=3).pick(found, "test_error") != best
    diverged = outcomes("shallow", 1.0, stage="diverged")
    assert len(search.pick([*diverged, *found], "test_error")) == 2
    assert search.pick(diverged, "test_error") == diverged


def test_the_table_shows_the_best_and_counts_all(study, outcomes):
    searched = study.replace(search=Search(draws=(RATE,), best=0.5))
    found = {
        "shallow": outcomes("shallow", 9.0, 8.0, 40.0, 90.0),
        "resnet56": outcomes("resnet56", 7.0, 7.5, 80.0, 85.0),
    }
    rows = [searched.row("shallow"), searched.row("resnet56")]
    papers = {name: cells[0].cell.run for name, cells in found.items()}
    line = tabulate(searched, "smoke", rows, found, papers).rows[0]
    assert (line.figures[0].mean, line.finished, line.planned) == (8.5, 4, 4)
    whole = judge_all(study, "smoke", found)[0]
    best = tabulate(searched, "smoke", rows, found, papers).claims[0]
    assert (best.value, whole.value) == (-1.25, pytest.approx(8.125))
