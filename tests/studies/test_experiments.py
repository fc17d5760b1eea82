"""Experiments: pure functions of settings and seed, whose figures can be checked by hand."""

from __future__ import annotations

import pytest

from resnets.errors import ConfigError
from resnets.studies import Row
from resnets.studies.experiments import EXPERIMENTS, Aggregate, FitIdentity, Unravel


@pytest.mark.parametrize(
    ("units", "branches", "paths", "switches"), [(1, 1, 2, 2), (10, 1, 1024, 1024), (1, 2, 3, 4)]
)
def test_the_paths_of_a_linear_stack_add_up_to_it(units, branches, paths, switches):
    found = Unravel(units=units, branches=branches).perform()
    assert (found["paths"], found["switches"]) == (paths, switches)
    assert found["proof_error"] < 1e-13


def test_a_wrong_sum_would_be_seen(monkeypatch):
    from resnets.analysis.paths import expansion

    true = expansion.unravel
    monkeypatch.setattr(expansion, "unravel", lambda *stack: list(true(*stack))[1:])
    assert Unravel(units=2).perform()["proof_error"] > 0.01


@pytest.mark.parametrize("cardinality", [1, 4])
def test_three_forms_are_one_function(cardinality):
    found = Aggregate(cardinality=cardinality).perform()
    assert found["form_error"] < 1e-13
    assert found["neuron_error"] < 1e-12


def test_residual_stacks_find_the_identity_and_plain_ones_do_not():
    settings = {"units": 4, "steps": 150, "width": 8}
    plain = FitIdentity(shortcut="none", **settings).perform()
    residual = FitIdentity(shortcut="identity", **settings).perform()
    assert residual["identity_error"] < 0.1 < plain["identity_error"] < 1.0
    assert residual["initial_identity_error"] > 0.5
    assert FitIdentity(shortcut="identity", **settings).perform() == residual
    assert FitIdentity(shortcut="identity", **settings, seed=1).perform() != residual


def test_a_plain_unit_can_be_the_identity():
    fitted = FitIdentity(shortcut="none", units=1, steps=3000, width=2, lr=0.1).perform()
    assert fitted["identity_error"] < 1e-3


def test_keys_tell_settings_and_kinds_apart():
    one = Unravel(units=2)
    assert one.key() == Unravel(units=2, width=8).key() == "c22882434b75"
    assert len({one.key(), Unravel(units=3).key(), one.replace(seed=1).key()}) == 3
    assert one.model == ""
    assert Aggregate(cardinality=32).model == "32×4d"


@pytest.mark.parametrize("kind", EXPERIMENTS.values(), ids=list(EXPERIMENTS))
def test_settings_are_checked(kind):
    with pytest.raises(ConfigError) as caught:
        kind(depth=3)
    assert caught.value.code in ("E2101", "E2103")


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        ({"rows": (Row(name="nothing"),), "claims": {}}, "E2102", "rows.nothing.model"),
        ({"rows": (Row(),), "claims": {}}, "E2102", "rows = ''"),
        ({"measures": {"proof_error": ""}, "claims": {}}, "E2102", "proof_error"),
        ({"experiment": "unravl"}, "E2102", "unravl"),
        ({"experiment": "unravel"}, "E2102", "test_error"),
        ({"experiment": "unravel", "measures": {"paths": ""}}, "E2101", "data"),
    ],
)
def test_a_study_is_of_runs_or_of_an_experiment(study, change, code, what):
    with pytest.raises(ConfigError) as caught:
        study.replace(**change)
    assert caught.value.code == code
    assert what in caught.value.what
