"""How far a run is, on stderr: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Protocol

from .loop import EpochSummary
from .state import State

LINE_EVERY_SECONDS = 2.0
BAR_EVERY_SECONDS = 0.25


class Progress(Protocol):
    """What shows how far a run is."""

    def start(self, state: State) -> None:
        """Begin at the state's step."""
        ...

    def step(self, state: State) -> None:
        """Show one more step."""
        ...

    def epoch(self, summary: EpochSummary, errors: dict[str, float]) -> None:
        """Show the end of an epoch, with the errors of other splits, per cent."""
        ...

    def say(self, text: str) -> None:
        """Print a line that must be read."""
        ...

    def close(self) -> None:
        """Give the terminal back."""
        ...


@dataclass
class Clock:
    """Rate and remaining time, from the steps of this process alone.

    Args:
        total: steps of the whole run.
        batch_size: images in a step.
    """

    total: int
    batch_size: int
    first: int = 0
    began: float = 0.0

    def start(self, step: int) -> None:
        """Begin to measure at a step."""
        self.first, self.began = step, time.monotonic()

    def show(self, step: int) -> str:
        """Return images a second and the time left, ``1,480 img/s · 0:42 left``."""
        passed = max(time.monotonic() - self.began, 1e-9)
        rate = (step - self.first) / passed
        if not rate:
            return ""
        minutes, seconds = divmod(round((self.total - step) / rate), 60)
        hours, minutes = divmod(minutes, 60)
        left = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
        return f"{rate * self.batch_size:,.0f} img/s · {left} left"


def open_progress(total: int, per_epoch: int, batch_size: int, shown: bool) -> Progress:
    """Return a bar for a terminal, lines for anything else, and silence where none is wanted.

    Args:
        total: steps of the whole run.
        per_epoch: steps of an epoch.
        batch_size: images in a step.
        shown: whether to show anything but what must be read.
    """
    clock = Clock(total, batch_size)
    if shown and sys.stderr.isatty():
        from .bar import Bar

        return Bar(clock, per_epoch)
    return Lines(clock, per_epoch, shown)


def describe_epoch(
    summary: EpochSummary, errors: dict[str, float], clock: Clock, per_epoch: int
) -> str:
    """Return one line about an epoch."""
    parts = [
        f"epoch {summary.epoch:g}/{round(clock.total / per_epoch, 4):g}",
        f"loss {summary.loss:.4f}",
    ]
    shown = {"train": summary.top1_error, **errors}
    parts += [f"{split} error {error:.2f} %" for split, error in shown.items()]
    return " · ".join([*parts, clock.show(summary.step)])


class Lines:
    """A line an epoch, at most one every two seconds; the last epoch always has one."""

    def __init__(self, clock: Clock, per_epoch: int, shown: bool) -> None:
        self._clock = clock
        self._per_epoch = per_epoch
        self._shown = shown
        self._printed = 0.0

    def start(self, state: State) -> None:
        """Begin at the state's step."""
        self._clock.start(state.step)

    def step(self, state: State) -> None:
        """Show nothing: a line for each step would be too many."""

    def epoch(self, summary: EpochSummary, errors: dict[str, float]) -> None:
        """Print a line about an epoch."""
        now = time.monotonic()
        due = now - self._printed >= LINE_EVERY_SECONDS or summary.step == self._clock.total
        if self._shown and due:
            self._printed = now
            self.say(describe_epoch(summary, errors, self._clock, self._per_epoch))

    def say(self, text: str) -> None:
        """Print a line."""
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave nothing open."""
