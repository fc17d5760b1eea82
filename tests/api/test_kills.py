"""Real processes that are really killed; minutes of work, so marked slow."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from resnets.api.verification import verify

pytestmark = pytest.mark.slow

SETTINGS = [
    "--set=network.depths=[1]",
    "--set=network.widths=[8]",
    "--set=network.stem_width=8",
    "--set=network.dropout=0.1",
    "--set=recipe.ema=0.5",
    "--holdout=200",
    "--batch-size=64",
    "--epochs=25",
    "--precision=fp32",
    "--device=cpu",
    "--checkpoint-every=7it",
    "--seed=4",
]


def start(path: Path, resume: bool = False) -> subprocess.Popen:
    """Start the command in a session of its own; what it prints goes to a file beside the run."""
    options = ["--resume", str(path)] if resume else ["--output", str(path), *SETTINGS]
    with open(path.with_suffix(".txt"), "w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "resnets", "train", *options],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def said(path: Path) -> str:
    """Return what the last command on a run has printed."""
    return path.with_suffix(".txt").read_text()


def finish(path: Path) -> None:
    assert start(path, resume=(path / "run.json").exists()).wait() == 0, said(path)


def wait_for_owner(process: subprocess.Popen, path: Path) -> None:
    """Wait until a process owns the run folder."""
    while process.poll() is None:
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            if json.loads((path / "lock").read_bytes())["pid"] == process.pid:
                return
        time.sleep(0.005)
    pytest.fail(f"the run ended: {said(path)}")


def wait_for_step(process: subprocess.Popen, path: Path, step: int) -> None:
    """Wait until a checkpoint of a step or of a later one exists."""
    while process.poll() is None:
        names = sorted(p.name for p in (path / "checkpoints").glob("step-*"))
        if names and int(names[-1].removeprefix("step-")) >= step:
            return
        time.sleep(0.005)
    pytest.fail(f"the run ended: {said(path)}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Path, float]:
    """The run that nobody disturbs, and how long it took, in seconds."""
    path = tmp_path_factory.mktemp("runs") / "undisturbed"
    began = time.monotonic()
    finish(path)
    return path, time.monotonic() - began


@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_killed_at_random_ends_byte_for_byte_the_same(undisturbed, tmp_path, look, seed):
    expected, seconds = undisturbed
    chance, path = random.Random(seed), tmp_path / "run"
    for _ in range(2):  # before run.json exists, or hardly later
        process = start(path, resume=(path / "run.json").exists())
        time.sleep(chance.uniform(0.05, 0.4) * seconds)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    for _ in range(10):  # in training, and while a killed run is being taken up again
        process = start(path, resume=(path / "run.json").exists())
        wait_for_owner(process, path)
        time.sleep(chance.uniform(0, 0.06) * seconds)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        if (path / "run.json").exists():
            assert verify(path) == []
    finish(path)
    look.assert_same_result(path, expected)
    assert verify(path) == []


def test_a_run_killed_near_its_end_is_finished(undisturbed, tmp_path, look):
    """Kills in the final evaluation, in the model's folder, in the report."""
    expected, _ = undisturbed
    path, chance = tmp_path / "run", random.Random(3)
    process = start(path)
    wait_for_step(process, path, 450)
    for _ in range(4):
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        if process.wait() == 0:
            break
        assert verify(path) == []
        process = start(path, resume=True)
        wait_for_owner(process, path)
    process.wait()
    finish(path)
    look.assert_same_result(path, expected)


def test_kills_at_the_moment_of_a_checkpoint(undisturbed, tmp_path, look):
    """Ten kills, each within milliseconds after a new checkpoint's folder appears."""
    expected, _ = undisturbed
    path, chance = tmp_path / "run", random.Random(7)
    for number in range(1, 11):
        process = start(path, resume=number > 1)
        wait_for_step(process, path, 40 * number)
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert verify(path) == []
    finish(path)
    look.assert_same_result(path, expected)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 143)],
)
def test_a_signal_saves_within_a_moment(undisturbed, tmp_path, look, number, code):
    expected, _ = undisturbed
    path = tmp_path / "run"
    process = start(path)
    wait_for_step(process, path, 50)
    began = time.monotonic()
    os.killpg(process.pid, number)
    assert process.wait() == code, said(path)
    assert time.monotonic() - began < 10
    assert "Traceback" not in said(path)
    assert f"resnets train --resume {path}" in said(path)
    status = look.table(path / "status.json")
    assert (status["state"], status["exit"]) == ("interrupted", code)
    finish(path)
    look.assert_same_result(path, expected)


def test_two_signals_leave_at_once(tmp_path):
    path = tmp_path / "run"
    process = start(path)
    wait_for_step(process, path, 50)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    assert process.wait() in (-signal.SIGTERM, 143)
    assert verify(path) == []


def test_a_pause_changes_nothing(undisturbed, tmp_path, look):
    expected, _ = undisturbed
    path = tmp_path / "run"
    process = start(path)
    wait_for_step(process, path, 50)
    process.send_signal(signal.SIGSTOP)
    other = start(path, resume=True)
    assert other.wait() == 5, said(path)
    assert f"process {process.pid}" in said(path)
    process.send_signal(signal.SIGCONT)
    assert process.wait() == 0
    look.assert_same_result(path, expected)


def test_of_two_starts_with_one_name_exactly_one_wins(undisturbed, tmp_path, look):
    expected, _ = undisturbed
    path = tmp_path / "run"
    processes = [start(path) for _ in range(3)]
    assert sorted(process.wait() for process in processes) == [0, 2, 2]
    look.assert_same_result(path, expected)
