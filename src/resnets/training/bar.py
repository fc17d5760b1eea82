"""The progress bar of a terminal."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as RichProgress

from .loop import EpochSummary
from .progress import BAR_EVERY_SECONDS, LINE_EVERY_SECONDS, Clock, describe_epoch
from .state import State


class Bar:
    """A bar over the whole run, and above it a line an epoch, at most one every two seconds."""

    def __init__(self, clock: Clock, per_epoch: int) -> None:
        self._clock = clock
        self._per_epoch = per_epoch
        self._drawn = self._printed = 0.0
        self._rich = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[figures]}"),
            console=Console(stderr=True, highlight=False),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._rich.add_task("training", total=clock.total, figures="")

    def start(self, state: State) -> None:
        """Draw the bar at the state's step."""
        self._clock.start(state.step)
        self._rich.update(self._task, completed=state.step)
        self._rich.start()

    def step(self, state: State) -> None:
        """Draw the bar, at most four times a second: to know the loss is to wait for the device."""
        now = time.monotonic()
        if now - self._drawn < BAR_EVERY_SECONDS:
            return
        self._drawn = now
        loss = f"loss {state.tally.loss:.4f} · " if state.tally.n else ""
        epoch = state.step // self._per_epoch + 1
        last = -(-self._clock.total // self._per_epoch)
        self._rich.update(
            self._task,
            completed=state.step,
            description=f"epoch {min(epoch, last)}/{last}",
            figures=loss + self._clock.show(state.step),
        )
        self._rich.refresh()

    def epoch(self, summary: EpochSummary, errors: dict[str, float]) -> None:
        """Print a line above the bar."""
        now = time.monotonic()
        if now - self._printed >= LINE_EVERY_SECONDS or summary.step == self._clock.total:
            self._printed = now
            self.say(describe_epoch(summary, errors, self._clock, self._per_epoch))

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._rich.console.print(text, markup=False)

    def close(self) -> None:
        """Take the bar away."""
        self._rich.stop()
