"""Training, from the first step or from where a run stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import FileError, MachineError
from resnets.spec import Run

from .continuation import continue_run
from .machine import pick_device, pick_precision
from .resolution import name_output

if TYPE_CHECKING:
    import torch

    from resnets.training import RunFolder


@dataclass(frozen=True)
class TrainResult:
    """A finished run; it may stand wherever its folder's path may.

    Args:
        path: the run folder.
        evaluation: final evaluation of each split, the content of ``evaluation.json``.
        exact: whether it was computed in one environment from beginning to end.
    """

    path: Path
    evaluation: Mapping[str, Mapping[str, Any]]
    exact: bool

    def __fspath__(self) -> str:
        return str(self.path)


def train(
    run: Run,
    output: str | Path | None = None,
    *,
    data_dir: str | Path | None = None,
    workers: int = 0,
    checkpoint_every: str = "1ep",
    tune: bool = False,
    recompute: bool = False,
    progress: bool = True,
    command: str = "",
    license: str = "",
) -> TrainResult:
    """Train a network and leave a run folder.

    Args:
        run: network, recipe and data.
        output: the folder, which must not exist or be empty; None names it after the run.
        data_dir: where the data's files are looked for first.
        workers: processes that decode images, for data that does not fit in memory.
        checkpoint_every: distance of two checkpoints, for example ``1ep`` or ``500it``.
        tune: measure a few ways to execute the network first, and keep the fastest.
        recompute: compute feature maps again in the backward pass: less memory, more time, and the
            same result.
        progress: show on stderr how far it is.
        command: what was typed, for the report.
        license: licence of the weights, which is stored with them.

    Raises:
        ConfigError, DataError: something of the run is not allowed; no folder was created.
        MachineError: the disk, the memory or the device refused; the last checkpoint is whole.
        DivergedError: a number is not finite; the last checkpoint is from before.
        Interrupted: a signal arrived; the state was saved.

    Example:
        >>> result = train(Run(network=spec), "runs/demo")  # doctest: +SKIP
        >>> net = resnets.load(result)  # doctest: +SKIP
    """
    from resnets import training
    from resnets.data import open_dataset

    from . import preparation

    training.refuse_group("train")
    path = Path(output) if output is not None else Path(name_output(run))
    training.check_output(path)
    device = pick_device(run.device)
    pick_precision(run.precision, device)
    with contextlib.ExitStack() as stack:
        place = None if data_dir is None else Path(data_dir)
        dataset = open_dataset(run.data, place, run.recipe.normalize)
        preparation.check_fit(run, dataset)
        work = preparation.count_work(run, dataset)
        execution = training.choose(device, work, recompute=recompute)
        stack.enter_context(training.apply(execution))
        net, notes = preparation.build_network(run, dataset)
        if tune:
            size = dataset.preprocessing.image_size
            shape = (run.network.in_chans, size, size)
            execution = training.tune(
                net, run.recipe, shape, device, run.precision, recompute=recompute
            )
            stack.enter_context(training.apply(execution))
        material = preparation.prepare(run, dataset, device, execution, workers, checkpoint_every)
        state = preparation.start(run, net, device, execution)
        training.check_room(path, preparation.count_bytes(state))
        facts = {
            "command": command,
            "data_dir": None if place is None else str(place.absolute()),
            "fingerprint": dataset.fingerprint,
            "splits": preparation.digest_splits(dataset),
            "notes": [*dataset.notes, *notes],
            "counts": dict(dataset.counts),
            **training.describe_environment(device),
            "workers": workers,
            "checkpoint_every": checkpoint_every,
            "license": license,
        }
        folder = stack.enter_context(training.create_folder(path, run, execution, facts))
        store = training.Store(folder.checkpoints, folder.id)
        continue_run(folder, material, state, store, None, progress=progress)
    return _read_end(path)


def resume(
    output: str | Path,
    *,
    data_dir: str | Path | None = None,
    exact: bool = False,
    progress: bool = True,
) -> TrainResult:
    """Go on with a run that was stopped, by whatever; a finished one is left as it is.

    On a CPU with the same versions, the result is byte for byte that of a run that never stopped.

    Args:
        output: the run folder.
        data_dir: where the data's files are now; None for where they were.
        exact: refuse if the environment differs from the one the run began in, instead of going
            on and saying so.
        progress: show on stderr how far it is.

    Raises:
        FileError: the folder is no run, was changed, or every checkpoint is damaged.
        DataError: the data is not what the run began with.
        MachineError, DivergedError, Interrupted: as ``train``.
    """
    from resnets import training
    from resnets.data import open_dataset

    from . import preparation

    training.refuse_group("train --resume")
    path = Path(output)
    training.check_run(path)
    if (done := read_result(path)) is not None:
        return done
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(training.open_folder(path))
        run, facts = folder.run, folder.facts
        device = pick_device(run.device)
        changes = _find_changes(folder, device)
        if changes and exact:
            raise MachineError(
                "E5005",
                "the environment is not the one the run began in",
                what=changes[0],
                where={"run": path},
                why=f"{len(changes)} differences: {'; '.join(changes)}",
                do="go on without --exact: the result is then marked as not exact",
            )
        stack.enter_context(training.apply(folder.execution))
        place = facts["data_dir"] if data_dir is None else data_dir
        dataset = open_dataset(
            run.data, None if place is None else Path(place), run.recipe.normalize
        )
        preparation.check_same(folder.facts, dataset, path)
        preparation.check_fit(run, dataset)
        every, workers = str(facts["checkpoint_every"]), int(facts["workers"])
        material = preparation.prepare(run, dataset, device, folder.execution, workers, every)
        store = training.Store(folder.checkpoints, folder.id)
        skipped: list[FileError] = []
        generation = store.find_latest(skipped.append)
        fresh = generation is None
        net, _ = preparation.build_network(run if fresh else run.replace(init=""), dataset)
        state = preparation.start(run, net, device, folder.execution)
        notices = [f"skipped {error.what}: {error.why}" for error in skipped]
        if (path / training.STATUS).exists() and training.read_status(path) is None:
            notices.append("status.json was damaged; it is written anew")
        continue_run(
            folder,
            material,
            state,
            store,
            generation,
            changes=changes,
            notices=notices,
            progress=progress,
        )
    return _read_end(path)


def read_result(path: Path) -> TrainResult | None:
    """Return the result of a finished run; None for any other.

    Raises:
        FileError: an output of the finished run is missing or changed.
    """
    from resnets.training import read_status
    from resnets.training.outputs import EVALUATION, REPORT, check_outputs, refuse_outputs
    from resnets.training.sealed import parse_table
    from resnets.weights import read_file

    status = read_status(path)
    if status is None or status.state != "finished" or REPORT not in status.outputs:
        return None
    if changed := check_outputs(path, status.outputs):
        raise refuse_outputs(path, changed)
    file = path / EVALUATION
    return TrainResult(path, parse_table(read_file(file), file), status.exact)


def _read_end(path: Path) -> TrainResult:
    """Return the result of the run that has just finished, as its files tell it."""
    result = read_result(path)
    if result is None:
        raise MachineError(
            "E5006",
            "the outputs do not read back as they were written",
            what=path / "status.json",
            do="check the disk, then resume: outputs are written again",
        )
    return result


def _find_changes(folder: RunFolder, device: torch.device) -> list[str]:
    """List what differs from the environment that the run began in."""
    from resnets.training import compare_environments, describe_environment

    changes = compare_environments(folder.facts, describe_environment(device))
    return changes if folder.intact else [*changes, "run.json was changed after the start"]
