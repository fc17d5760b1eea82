"""Studies in real processes, several at once and killed; minutes of work, so slow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from resnets.api.study import report_study
from resnets.api.verification import verify

pytestmark = pytest.mark.slow

OPTIONS = ("convergence", "--seeds=3", "--precision=fp32", "--device=cpu")


def start(folder: Path) -> subprocess.Popen:
    """Start the command in a session of its own; what it prints goes to a file beside the study."""
    with open(folder.with_suffix(".txt"), "a") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "resnets", "study", "run", *OPTIONS, "--output", str(folder)],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def read_runs(folder: Path) -> dict[str, dict]:
    names = ("run.json", "evaluation.json", "status.json")
    return {
        path.name: {name: json.loads((path / name).read_text()) for name in names}
        for path in sorted((folder / "runs").iterdir())
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("undisturbed") / "s"
    assert start(folder).wait() == 0
    return read_runs(folder)


def test_processes_on_one_folder_share_the_cells(tmp_path, undisturbed):
    processes = [start(tmp_path / "s") for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0], (tmp_path / "s.txt").read_text()
    runs = read_runs(tmp_path / "s")
    assert list(runs) == list(undisturbed)
    for name, files in runs.items():
        assert files["evaluation.json"] == undisturbed[name]["evaluation.json"]
        events = (tmp_path / "s" / "runs" / name / "events.jsonl").read_text().splitlines()
        assert [json.loads(line)["event"] for line in events] == ["started", "finished"]
        assert verify(tmp_path / "s" / "runs" / name) == []


def test_a_study_that_was_killed_goes_on_to_the_same_result(tmp_path, undisturbed):
    folder = tmp_path / "s"
    for count in (1, 2, 4):
        process = start(folder)
        while process.poll() is None:
            begun = list(folder.glob("runs/*/checkpoints/step-*"))
            if len({path.parents[1] for path in begun}) >= count:
                break
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    before = report_study("convergence", folder, seeds=3).table
    assert sum(before.runs.values()) == 6
    assert start(folder).wait() == 0, (tmp_path / "s.txt").read_text()
    runs = read_runs(folder)
    assert {name: files["evaluation.json"] for name, files in runs.items()} == {
        name: files["evaluation.json"] for name, files in undisturbed.items()
    }
    assert all(files["status.json"]["exact"] for files in runs.values())
