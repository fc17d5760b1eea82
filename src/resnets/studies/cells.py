"""What a cell's folder says: where the run stands and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from resnets.errors import FileError, escape
from resnets.report.record import Record, read_record
from resnets.spec import encode
from resnets.training import Status, describe_environment
from resnets.training.folder import RUN
from resnets.training.outputs import REPORT, check_outputs
from resnets.training.sealed import read_sealed, write_sealed

from .declaration import Study
from .experiments import Experiment
from .measures import Value, find_measure
from .plan import Cell

RESULT = "result.json"
"""What an experiment has come to, in its folder."""

Stage = Literal["missing", "running", "interrupted", "failed", "diverged", "finished", "damaged"]


@dataclass(frozen=True)
class Outcome:
    """A cell as its folder tells it.

    Args:
        cell: which one.
        stage: where it stands; ``running`` also stands for a process that was killed.
        text: what stopped it, or how far it is.
        values: by measure; a measure that is not there yet is left out.
        record: what the run folder holds; None where there is none, or it is damaged.
        machine: what it was computed on, for people.
    """

    cell: Cell
    stage: Stage
    text: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    record: Record | None = None
    machine: str = ""


def read_outcome(study: Study, cell: Cell) -> Outcome:
    """Read the folder of a cell; a run that has not begun, or is damaged, is an answer too."""
    if isinstance(cell.run, Experiment):
        return _read_experiment(study, cell)
    if not (cell.folder / RUN).exists():
        return Outcome(cell, "missing")
    try:
        record = read_record(cell.folder)
        values = dict(_read_values(study, cell, record))
    except FileError as error:
        return Outcome(cell, "damaged", f"{error.title}: {error.what}")
    machine, status = _describe_machine(record), record.status
    if status is None:
        text = "its status.json is missing or damaged"
        return Outcome(cell, "running", text, values, record, machine)
    if status.state == "finished" and (changed := _find_changed(cell.folder, status)):
        text = f"{changed[0]} is missing or not what the run wrote"
        return Outcome(cell, "damaged", text, machine=machine)
    text = f"{record.epochs:g} epochs" if status.state != "finished" else ""
    if status.error:
        text = f"{status.error['title']} ({status.error['code']}) after {text}"
    values = values if status.state == "finished" else {}
    return Outcome(cell, status.state, text, values, record, machine)


def _find_changed(folder: Path, status: Status) -> list[str]:
    """List the outputs of a finished run that are not what it wrote; its report may be."""
    outputs = {name: digest for name, digest in status.outputs.items() if name != REPORT}
    return check_outputs(folder, outputs)


def _describe_machine(record: Record) -> str:
    facts, run = record.facts, record.run
    threads = facts.get("threads", 0)
    where = f", {threads} thread" + "s" * (threads != 1) if run.device == "cpu" else ""
    return escape(f"{_name_processor(facts, run.device)}{where}, {run.precision}, {_torch(facts)}")


def _name_processor(facts: Mapping[str, Any], device: str) -> str:
    return facts.get("cpu" if device == "cpu" else "device_name") or device


def _torch(facts: Mapping[str, Any]) -> str:
    return f"torch {facts.get('versions', {}).get('torch', 'unknown')}"


def _read_experiment(study: Study, cell: Cell) -> Outcome:
    found = read_result(cell.folder)
    if found is None:
        return Outcome(cell, "missing")
    figures, facts = found["figures"], found["environment"]
    values = {text: Value(figures[text]) for text in study.measures if text in figures}
    machine = escape(f"{_name_processor(facts, 'cpu')}, {_torch(facts)}")
    return Outcome(cell, "finished", values=values, machine=machine)


def read_result(folder: Path) -> dict[str, Any] | None:
    """Return what an experiment left; None where it was not made, or the file is damaged."""
    if not (folder / RESULT).exists():
        return None
    try:
        content, intact = read_sealed(folder / RESULT)
    except FileError:
        return None
    return content if intact and "environment" in content else None


def write_result(folder: Path, experiment: Experiment, figures: dict[str, float]) -> None:
    """Write down what an experiment has come to, with its settings and the versions."""
    content = {
        "experiment": experiment.name,
        **encode(experiment),
        "figures": figures,
        "environment": describe_environment(torch.device("cpu")),
    }
    write_sealed(folder / RESULT, content)


def _read_values(study: Study, cell: Cell, record: Record) -> Iterable[tuple[str, Value]]:
    for text in study.measures:
        measure, _, argument = find_measure(text)
        if measure.read is not None:
            value = measure.read(record, argument)
        else:
            value = read_computed(cell.folder, text)
        if value is not None:
            yield text, value


def name_computed(folder: Path, measure: str) -> Path:
    """Return the file of a computed measure of a run: beside the runs, which never change."""
    slug = measure.replace(":", "-")
    return folder.parent.parent / "measured" / f"{folder.name}-{slug}.json"


def read_computed(folder: Path, measure: str) -> Value | None:
    """Return what was computed of a run, or None where it was not, or the file is damaged."""
    path = name_computed(folder, measure)
    if not path.exists():
        return None
    try:
        content, intact = read_sealed(path)
    except FileError:
        return None
    return Value(content["value"], content["n"]) if intact else None


def write_computed(folder: Path, measure: str, value: Value, **facts: Any) -> None:
    """Write down what was computed of a run."""
    path = name_computed(folder, measure)
    path.parent.mkdir(exist_ok=True)
    write_sealed(path, {"measure": measure, "run": folder.name, **vars(value), **facts})
