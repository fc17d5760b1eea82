"""Studies whose cells are experiments: made once, kept, and reported like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from resnets.api.study import report_study, run_study
from resnets.catalog.papers import HE2015
from resnets.errors import ConfigError, FileError, MachineError
from resnets.studies import Published, Row, Scale, Study, library
from resnets.studies.experiments import Unravel
from resnets.training.lock import hold_lock

PROOF = Study(
    name="proof",
    title="A proof",
    paper=HE2015,
    place="nowhere",
    question="Is it so?",
    protocol="Exact.",
    experiment="unravel",
    base={"width": 4},
    rows=(
        Row(
            name="two", request={"units": 2}, published={"paths": Published(value=4.0, source="-")}
        ),
        Row(name="six", request={"units": 6}),
    ),
    measures={"paths": "", "proof_error": ""},
    claims={
        "paths of six > 10 + paths of two": "counted",
        "proof_error of six > 0.001": "wrong",
    },
    scales={"smoke": Scale(request={"width": 2}), "short": Scale(), "paper": Scale()},
)


@pytest.fixture
def proof(monkeypatch) -> Study:
    monkeypatch.setattr(library, "_read_all", lambda: {"proof": PROOF})
    return PROOF


def results(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in sorted(folder.glob("experiments/*/result.json"))}


def test_an_experiment_is_made_once_and_reported(tmp_path, proof):
    table = run_study("proof", output=tmp_path / "s", progress=False).table
    assert [row.figures[0].median for row in table.rows] == [4.0, 64.0]
    assert table.rows[0].figures[0].difference == 0.0
    assert [row.parameters for row in table.rows] == [None, None]
    assert [claim.verdict for claim in table.claims] == ["holds", "fails"]
    assert {claim.method for claim in table.claims} == {"exact"}
    assert table.claims[0].value == 50.0
    assert "width 2 instead of 4" in table.deviations
    assert not any("say nothing" in phrase for phrase in table.deviations)
    before = results(tmp_path / "s")
    assert len(before) == 2
    again = run_study("proof", output=tmp_path / "s", progress=False)
    assert results(tmp_path / "s") == before
    assert again.table == table
    page = again.page.read_text()
    assert "Parameters" not in page
    assert "<code>experiments/</code>" in page
    assert "has no interval" in page
    (machine,) = table.machines
    assert machine.endswith(f", torch {torch.__version__}")


def test_at_the_papers_settings_the_protocol_is_the_papers(tmp_path, proof):
    table = run_study("proof", "paper", tmp_path / "s", progress=False).table
    assert [row.same for row in table.rows] == ["yes", "yes"]


@pytest.mark.parametrize("text", ["{", '{"format": 1, "figures": {}, "digest": "0"}'])
def test_a_damaged_result_is_made_again(tmp_path, proof, text):
    table = run_study("proof", output=tmp_path / "s", progress=False).table
    path = next((tmp_path / "s").glob("experiments/*/result.json"))
    path.write_text(text)
    assert report_study("proof", tmp_path / "s").table.runs == {"finished": 1, "missing": 1}
    assert run_study("proof", output=tmp_path / "s", progress=False).table == table


def test_an_experiment_in_other_hands_is_awaited(tmp_path, proof, monkeypatch):
    from resnets.api import study_cells
    from resnets.studies.plan import name_runs

    folder = name_runs(tmp_path / "s", Unravel(units=2, width=2))
    folder.mkdir(parents=True)
    lock = hold_lock(folder)
    lock.__enter__()
    with pytest.raises(MachineError), hold_lock(folder):
        pass
    monkeypatch.setattr(study_cells.time, "sleep", lambda _: lock.__exit__(None, None, None))
    assert run_study("proof", output=tmp_path / "s", progress=False).failed == ()


def test_changed_settings_are_told(tmp_path, proof, monkeypatch):
    run_study("proof", output=tmp_path / "s", progress=False)
    changed = PROOF.replace(base={"width": 4, "branches": 2})
    monkeypatch.setattr(library, "_read_all", lambda: {"proof": changed})
    with pytest.raises(ConfigError) as caught:
        run_study("proof", output=tmp_path / "s", progress=False)
    assert caught.value.code == "E2754"
    assert "two: branches was the default, is 2" in caught.value.why


def test_an_impossible_setting_names_the_row(tmp_path, proof, monkeypatch):
    rows = (PROOF.rows[0], Row(name="six", request={"units": 0}))
    monkeypatch.setattr(library, "_read_all", lambda: {"proof": PROOF.replace(rows=rows)})
    with pytest.raises(ConfigError) as caught:
        run_study("proof", output=tmp_path / "s", progress=False)
    assert (caught.value.code, caught.value.where["row"]) == ("E2102", "six")
    assert not (tmp_path / "s").exists()


def test_figures_are_kept_with_their_settings(tmp_path, proof):
    run_study("proof", output=tmp_path / "s", progress=False)
    found = [
        json.loads(path.read_text()) for path in (tmp_path / "s").glob("experiments/*/result.json")
    ]
    assert {entry["experiment"] for entry in found} == {"unravel"}
    assert {entry["units"] for entry in found} == {2, 6}


def test_a_report_of_nothing_is_refused(tmp_path, proof):
    with pytest.raises(FileError):
        report_study("proof", tmp_path)
