"""Every study of the library at its smallest scale, in one process and one folder."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from resnets.api.study import StudyResult, run_study
from resnets.studies import list_studies

pytestmark = pytest.mark.slow

STUDIES = list_studies()
SECONDS = 60
"""Processor time of one study, on any machine that two cores are lent on."""


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> Path:
    """One folder for all studies, so that they share what they have in common."""
    return tmp_path_factory.mktemp("studies")


def run(name: str, folder: Path) -> StudyResult:
    result = run_study(name, "smoke", folder, device="cpu", progress=False)
    assert result.failed == ()
    return result


def times(folder: Path) -> dict[str, int]:
    """Return when each file of the runs, and of what was measured of them, was written."""
    parts = (path for part in ("runs", "measured", "experiments") for path in folder.glob(part))
    return {str(p): p.stat().st_mtime_ns for part in parts for p in sorted(part.rglob("*.json"))}


@pytest.mark.parametrize("study", STUDIES, ids=[study.name for study in STUDIES])
def test_a_study_runs_once_and_fills_its_table(together, study):
    started = time.process_time()
    table = run(study.name, together).table
    assert time.process_time() - started < SECONDS
    assert [row.finished for row in table.rows] == [row.planned for row in table.rows]
    for row in table.rows:
        assert row.figures[0].values, row.name
        assert all(math.isfinite(value) for figure in row.figures for value in figure.values)
    for number, column in enumerate(table.columns):
        reached = [row.name for row in table.rows if row.figures[number].values]
        assert reached or column.name.startswith("epochs_to"), column.name
    assert {claim.verdict for claim in table.claims} <= {"holds", "fails", "undecided", "untested"}
    assert bool(table.panels) is not bool(study.experiment)
    before = times(together)
    again = run(study.name, together)
    assert times(together) == before
    assert again.table == table
    page = again.page.read_text(encoding="utf-8")
    assert table.columns[0].label in page
    assert ("<svg" in page) is not bool(study.experiment)
