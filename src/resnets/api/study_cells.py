"""The cells of a study, each brought to its end by one process."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import ConfigError, DivergedError, FileError, Interrupted, MachineError
from resnets.spec import Run
from resnets.studies import Study
from resnets.studies.experiments import Experiment
from resnets.studies.plan import Cell
from resnets.weights.storage import report_write_errors

if TYPE_CHECKING:
    from resnets.training import StopRequest

POLL_SECONDS = 1.0
FULL_MEMORY, IN_USE, OCCUPIED = "E5001", "E5004", "E2402"


@dataclass(frozen=True)
class Options:
    """What all cells of a call have in common; see ``run_study``."""

    data_dir: str | Path | None
    workers: int
    progress: bool
    command: str


def settle_all(study: Study, cells: Sequence[Cell], options: Options) -> None:
    """Bring cells to their ends; those that other processes work on are awaited last.

    A cell that diverges, is damaged or does not fit in memory stops no other.

    Raises:
        Interrupted: a signal arrived; the run that was under way is saved.
        MachineError, DataError: nothing can go on.
    """
    from resnets.training import watch_signals

    waiting = list({cell.folder: cell for cell in cells}.values())
    number = {cell.folder: i for i, cell in enumerate(waiting, 1)}
    with watch_signals() as stop:
        while waiting:
            busy = []
            for cell in waiting:
                _check_stop(stop, study)
                text = f"{number[cell.folder]}/{len(number)} {cell.row}, seed {cell.run.seed}"
                if not _settle(study, cell, options, text):
                    busy.append(cell)
            if len(busy) == len(waiting):
                time.sleep(POLL_SECONDS)
            waiting = busy


def _settle(study: Study, cell: Cell, options: Options, text: str) -> bool:
    """Bring a cell to its end; answer whether that was possible, or another process has it."""
    from .measuring import measure

    try:
        if isinstance(cell.run, Experiment):
            _perform(cell.run, cell.folder, options, text)
        else:
            _train(cell.run, cell.folder, options, text)
            measure(study, cell, options.data_dir)
    except Interrupted as error:
        error.do = ("go on with the same command, or only with this run", *error.do)
        raise
    except (DivergedError, FileError) as error:
        _say(options, f"{text}: {error.title}")
    except MachineError as error:
        if error.code == IN_USE:
            return False
        if error.code != FULL_MEMORY:
            raise
        _say(options, f"{text}: {error.title}")
    except ConfigError as error:
        if error.code != OCCUPIED or not _is_owned(cell.folder):
            raise
        return False
    return True


def _perform(experiment: Experiment, folder: Path, options: Options, text: str) -> None:
    """Make an experiment that was not made yet, by one process."""
    from resnets.studies.cells import read_result, write_result
    from resnets.training.lock import hold_lock

    if read_result(folder) is None:
        with report_write_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with hold_lock(folder):
            if read_result(folder) is None:
                _say(options, text)
                write_result(folder, experiment, experiment.perform())


def _train(run: Run, folder: Path, options: Options, text: str) -> None:
    """Train a cell, or go on with it; one that has ended is left as it is."""
    from resnets.training import read_status
    from resnets.training.folder import RUN
    from resnets.training.lock import hold_lock

    from .training import read_result, resume, train

    if not (folder / RUN).exists():
        _say(options, f"{text}: {folder}")
        train(
            run,
            folder,
            data_dir=options.data_dir,
            workers=options.workers,
            progress=options.progress,
            command=options.command,
        )
        return
    status = read_status(folder)
    if (status is not None and status.state == "diverged") or read_result(folder):
        return
    with hold_lock(folder):  # another process that trains it is found before anything is said
        _say(options, f"{text}, from its last checkpoint: {folder}")
    resume(folder, data_dir=options.data_dir, progress=options.progress)


def _is_owned(folder: Path) -> bool:
    """Whether another process has begun a run in a folder, or is about to."""
    from resnets.training.folder import RUN
    from resnets.training.lock import hold_lock

    if (folder / RUN).exists():
        return True
    try:
        with hold_lock(folder):
            return False
    except MachineError as error:
        return error.code == IN_USE


def _check_stop(stop: StopRequest, study: Study) -> None:
    if stop.number is not None:
        raise stop.error(f"study {study.name}, between two runs", "go on with the same command")


def _say(options: Options, text: str) -> None:
    if options.progress:
        print(text, file=sys.stderr, flush=True)
