from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest

from resnets.training import EpochSummary, open_progress
from resnets.training.bar import Bar
from resnets.training.progress import Clock, Lines


def summarize(step: int, epoch: float) -> EpochSummary:
    return EpochSummary(
        step=step, epoch=epoch, index=0, loss=0.5, top1_error=12.5, lr=0.1, seconds=1.0, n=40
    )


def at(step: int):
    return SimpleNamespace(step=step, tally=SimpleNamespace(n=8, loss=0.25))


@pytest.fixture
def clock(monkeypatch):
    """Return a time that a test moves by hand."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(time, "monotonic", lambda: now.seconds)
    return now


def test_rate_and_remaining_time_count_this_process_alone(clock):
    shown = Clock(total=10_000, batch_size=128)
    shown.start(1_000)
    assert shown.show(1_000) == ""
    clock.seconds += 10
    assert shown.show(1_100) == "1,280 img/s · 14:50 left"
    clock.seconds += 990
    assert shown.show(1_200) == "26 img/s · 12:13:20 left"


def test_lines_are_rare_but_the_last_one_comes(capsys, clock):
    lines = open_progress(15, 5, 8, shown=True)
    assert isinstance(lines, Lines)
    lines.start(at(0))
    lines.step(at(1))
    clock.seconds += 1
    lines.epoch(summarize(5, 1), {"validation": 20.0})
    lines.epoch(summarize(10, 2), {})
    lines.epoch(summarize(15, 3), {})
    lines.close()
    output = capsys.readouterr()
    assert output.out == ""
    first, last = output.err.splitlines()
    assert first == (
        "epoch 1/3 · loss 0.5000 · train error 12.50 % · validation error 20.00 %"
        " · 40 img/s · 0:02 left"
    )
    assert last.startswith("epoch 3/3 · ")


def test_silence_still_says_what_must_be_read(capsys):
    lines = open_progress(15, 5, 8, shown=False)
    lines.start(at(0))
    lines.epoch(summarize(15, 3), {})
    assert capsys.readouterr().err == ""
    lines.say("skipped a damaged checkpoint")
    assert capsys.readouterr().err == "skipped a damaged checkpoint\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_bar(monkeypatch, clock):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    bar = open_progress(10, 5, 8, shown=True)
    assert isinstance(bar, Bar)
    bar.start(at(0))
    clock.seconds += 1
    bar.step(at(7))
    bar.epoch(summarize(10, 2), {"validation": 20.0})
    bar.close()
    text = terminal.getvalue()
    assert "epoch 2/2" in text
    assert "loss 0.2500 · 56 img/s · 0:00 left" in text
    assert "validation error 20.00 %" in text
