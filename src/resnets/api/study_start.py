"""The first moment of a study: its rows resolved, its settings fixed, its data opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from resnets.errors import ConfigError
from resnets.spec import Run
from resnets.studies import Row, Study
from resnets.studies.declaration import ScaleName
from resnets.studies.experiments import Experiment
from resnets.studies.measures import find_measure
from resnets.studies.plan import (
    find_length,
    pick_rows,
    shorten,
    vary,
    write_experiment,
    write_request,
)
from resnets.studies.start import (
    Start,
    describe_rows,
    list_changes,
    name_start,
    read_start,
    refuse_changes,
    write_start,
)
from resnets.weights.storage import report_write_errors, take_turns

from .machine import pick_device, pick_precision
from .outputs import check_place
from .resolution import resolve

Rows = Mapping[str, Run | Experiment]
"""What is done for each row."""


def resolve_rows(
    study: Study, scale: ScaleName, device: str, precision: str
) -> dict[str, Run | Experiment]:
    """Return the run, or the experiment, of each row at a scale, with the first seed.

    Raises:
        ConfigError: a row has an impossible field; the row is named.
    """
    runs: dict[str, Run | Experiment] = {}
    for row in pick_rows(study, scale):
        run = _resolve_row(study, scale, row)
        placed = isinstance(run, Run)
        runs[row.name] = run.replace(device=device, precision=precision) if placed else run
    return runs


def _resolve_row(study: Study, scale: ScaleName, row: Row) -> Run | Experiment:
    with _naming(study, scale, row.name):
        if study.experiment:
            return write_experiment(study, scale, row)
        request = write_request(study, scale, row)
        run = resolve(request.replace(device="cpu", precision="fp32"))
        run = run.replace(recipe=shorten(run.recipe, find_length(study, scale)))
        _check_recorded(study, run)
        return vary(study, run, 0)


def _check_recorded(study: Study, run: Run) -> None:
    missing = [text for text in study.measures if find_measure(text)[0].recorded]
    if missing and not run.record_signal:
        raise ConfigError(
            "E2758",
            "the run does not record what the study measures",
            what=missing[0],
            why="it is read from the signal of the layers, epoch by epoch",
            do="give the study's base a field  record_signal = 300",
        )


@contextmanager
def _naming(study: Study, scale: ScaleName, row: str) -> Iterator[None]:
    """Let an error of configuration name the row."""
    try:
        yield
    except ConfigError as error:
        where = {"study": study.name, "scale": scale, "row": row, **error.where}
        raise ConfigError(
            error.code, error.title, what=error.what, where=where, why=error.why, do=error.do
        ) from None


def begin(
    study: Study,
    scale: ScaleName,
    folder: Path,
    *,
    device: str | None,
    precision: str | None,
    data_dir: str | Path | None,
    update: bool,
    command: str,
) -> Start:
    """Begin a study, or go on with one that has begun.

    Raises:
        ConfigError: a setting is not the one that the study began with, or a row was changed.
        DataError: the data is refused; nothing was written.
        FileError: the study's own file is damaged.
        MachineError: the device is not there, or the disk refused.
    """
    check_place(folder)
    path = name_start(folder, study.name, scale)
    start = read_start(path)
    if start is None and study.experiment:
        device, precision = "cpu", "fp32"
    elif start is None:
        place = pick_device(device or "auto")
        first = pick_rows(study, scale)[0]
        with _naming(study, scale, first.name):
            wanted = precision or write_request(study, scale, first).precision
        device, precision = str(place), pick_precision(wanted, place)[0]
    else:
        _check_settings(start, {"device": device, "precision": precision})
        device, precision = start.device, start.precision
    runs = resolve_rows(study, scale, device, precision)
    rows = describe_rows(runs)
    if start is not None and not (changes := list_changes(start, rows)):
        return start
    if start is not None and not update:
        raise refuse_changes(path, changes)
    check_data(study, scale, runs, data_dir)
    with report_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    start = Start(study.name, scale, device, precision, rows, command)
    with take_turns(folder):
        write_start(path, start)
    return start


def _check_settings(start: Start, given: Mapping[str, str | None]) -> None:
    for name, value in given.items():
        began = getattr(start, name)
        if value not in (None, began):
            raise ConfigError(
                "E2755",
                "a study that has begun keeps its settings",
                what=f"--{name} {value}",
                where={"study": start.study, "scale": start.scale},
                why=f"it began with {name} {began}",
                do=["leave the option out", "or choose another folder with --output"],
            )


def check_data(study: Study, scale: ScaleName, runs: Rows, data_dir: str | Path | None) -> None:
    """Open all data of a study, and prepare its batches, before anything is written.

    Raises:
        DataError: it is missing or refused.
        ConfigError: a network does not fit its data, or a run has no step; the row is named.
    """
    import torch

    from resnets.data import open_dataset
    from resnets.training import Execution

    from . import preparation

    place = None if data_dir is None else Path(data_dir)
    opened = {}
    for name, run in runs.items():
        if not isinstance(run, Run):
            continue
        wanted = (run.data, run.recipe.normalize)
        with _naming(study, scale, name):
            if wanted not in opened:
                opened[wanted] = open_dataset(run.data, place, run.recipe.normalize)
            preparation.check_fit(run, opened[wanted])
            preparation.prepare(run, opened[wanted], torch.device("cpu"), Execution(), 0, "1ep")
