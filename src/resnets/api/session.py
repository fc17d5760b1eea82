"""One process's part of a run: the loop's hooks, and what is written on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from resnets.errors import DivergedError, FileError

if TYPE_CHECKING:
    from resnets.evaluation import Evaluation
    from resnets.training import (
        EpochSummary,
        Generation,
        Guard,
        Hooks,
        Journal,
        Progress,
        RunFolder,
        State,
        StopRequest,
        Store,
    )

    from .preparation import Material

KEPT = 2

Item = TypeVar("Item")


@dataclass
class Session:
    """A run in the hands of this process.

    Args:
        folder: the run folder.
        material: data, batches and lengths.
        state: where the run stands.
        store, journal, progress: where it is written and shown.
        stop: whether a signal arrived.
        exact: whether all steps so far were computed in one environment.
        saved: step of the newest checkpoint; -1 for none.
        best_steps: steps named as the best by the newest checkpoints.
        improved: whether the newest epoch was the best, and is not saved yet.
    """

    folder: RunFolder
    material: Material
    state: State
    store: Store
    journal: Journal
    progress: Progress
    stop: StopRequest
    exact: bool = True
    saved: int = -1
    best_steps: list[int] = field(default_factory=list)
    improved: bool = False

    def restore(self, generation: Generation | None) -> list[str]:
        """Put a checkpoint into the state, and the journal back to where it was then.

        Returns:
            What must be said.

        Raises:
            FileError: the checkpoint or the measurements are not this run's.
        """
        from resnets.training import START_MARK

        if generation is None:
            self.journal.rewind(START_MARK)
            return []
        content = generation.read_state()
        try:
            changed = self.journal.rewind(content["journal"])
            self.state.load(generation.files, content, generation.path)
            self.exact = content["exact"]
        except (KeyError, TypeError) as error:
            raise FileError(
                "E4002",
                "the checkpoint belongs to another run",
                what=generation.path / "state.json",
                why=f"a field is missing or unknown: {error}",
                do="restore the checkpoint from a copy",
            ) from None
        self.saved = generation.step
        self.best_steps = [] if self.state.best is None else [self.state.best.step]
        return [f"{name} was changed since the last checkpoint" for name in changed]

    @property
    def hooks(self) -> Hooks:
        """What the training loop calls."""
        from resnets.training import Hooks

        return Hooks(on_start=self.on_start, on_step=self.on_step, on_epoch=self.on_epoch)

    def on_start(self, state: State) -> None:
        """Make sure that a checkpoint exists before the first step."""
        if self.saved < 0:
            self.save(state)
        self.progress.start(state)

    def on_epoch(self, state: State, summary: EpochSummary) -> float | None:
        """Measure and record; answer the validation error, per cent, or None without one."""
        from resnets.training import Best

        self.journal.record(
            {
                "split": "train",
                "step": summary.step,
                "epoch": summary.epoch,
                "loss": summary.loss,
                "top1_error": summary.top1_error,
                "lr": summary.lr,
                "images_per_second": round(summary.n / max(summary.seconds, 1e-9), 1),
                "seconds": round(summary.seconds, 3),
                "n": summary.n,
                "order": self.material.feeder.order_digest(summary.index),
            }
        )
        errors: dict[str, float] = {}
        dataset = self.material.dataset
        if dataset.validation is not None:
            self._measure("validation", summary, errors)
        if self.folder.run.test_curve:
            self._measure("test", summary, errors)
        error = errors.get("validation")
        if error is not None and (state.best is None or error < state.best.top1_error):
            state.best = Best(state.step, error)
            self.improved = True
        self.progress.epoch(summary, errors)
        return error

    def on_step(self, state: State, guard: Guard) -> None:
        """Save where a checkpoint is due; stop where a signal asked for it."""
        self.progress.step(state)
        due = state.step % self.material.every == 0 or state.step == self.material.total
        if due or self.improved or self.stop.number is not None:
            guard.confirm()
            self.save(state)
        self.check_stop()

    def save(self, state: State) -> None:
        """Store a checkpoint, and only then remove older ones."""
        from resnets.training import name_generation

        self.journal.sync()
        files = state.to_files({"exact": self.exact, "journal": self.journal.mark()})
        self.store.save(state.step, files)
        self.saved, self.improved = state.step, False
        best = [] if state.best is None else [state.best.step]
        self.best_steps = [*best, *self.best_steps][:KEPT]
        if state.best is not None:
            self._publish_best(name_generation(state.best.step), state.best.top1_error)
        self.store.retain(KEPT, self.best_steps, state.step)
        self.write_status("running")

    def check_stop(self) -> None:
        """Stop where a signal asked for it; everything is saved.

        Raises:
            Interrupted: with the exit code of the signal.
        """
        if self.stop.number is not None:
            do = f"go on:  resnets train --resume {self.folder.path}"
            raise self.stop.error(f"{self.folder.path}, saved after step {self.saved:,}", do)

    def evaluate(self, split: str, *, stoppable: bool = False) -> Evaluation:
        """Measure the run's network on a split, in fp32.

        Args:
            split: ``train``, ``validation`` or ``test``.
            stoppable: stop between two batches where a signal asks for it; only where everything
                is saved.
        """
        from resnets.evaluation import evaluate

        batches = self.material.feeder.evaluating(split)
        watched = self._watch(batches) if stoppable else batches
        return evaluate(self.state.result, watched, self.material.dataset.classes)

    def _watch(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self.check_stop()
            yield item

    def write_status(self, state: Any, **details: Any) -> None:
        """Replace ``status.json``."""
        from resnets.training import Status, write_status

        step, journal = max(self.saved, 0), self.journal.mark()
        status = Status(state=state, step=step, exact=self.exact, journal=journal, **details)
        write_status(self.folder.path, status)

    def _measure(self, split: str, summary: EpochSummary, errors: dict[str, float]) -> None:
        try:
            measured = self.evaluate(split)
        except DivergedError as error:
            # The weights are finite; only what they answer here is not. It can be no best.
            self.journal.note("not finite", split=split, step=summary.step, what=error.what)
            self.progress.say(f"{split} outputs of step {summary.step:,} are not finite")
            return
        self.journal.record(
            {
                "split": split,
                "step": summary.step,
                "epoch": summary.epoch,
                "loss": measured.loss,
                "top1_error": measured.top1_error,
                "top5_error": measured.top5_error,
                "n": measured.n,
            }
        )
        errors[split] = measured.top1_error

    def _publish_best(self, generation: str, error: float) -> None:
        from resnets.training import BEST
        from resnets.training.sealed import write_sealed

        content = {"generation": generation, "split": "validation", "top1_error": error}
        write_sealed(self.folder.path / BEST, content)
