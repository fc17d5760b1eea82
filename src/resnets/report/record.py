"""What a run folder says about its run, read strictly and changed by nothing here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from resnets.spec import Run
from resnets.training import Status, check_run, read_folder, read_status
from resnets.training.journal import METRICS, read_records
from resnets.training.sealed import parse_table, refuse_file
from resnets.weights import read_file, read_safetensors

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Record:
    """A run as its folder tells it, whether it has ended or not.

    Args:
        folder: the run folder.
        id: the run's own number.
        run: what was asked for (``config.json``).
        facts: where and how it ran (``run.json``).
        status: state and step (``status.json``); None where that cannot be read.
        metrics: measurements in the order of the file (``metrics.jsonl``).
        evaluation: final evaluation of each split (``evaluation.json``).
        network: totals and rows of the unit table (``network.json``).
        mistakes: pictures of the listed mistakes of the test split, uint8 (N, C, H, W).
    """

    folder: Path
    id: str
    run: Run
    facts: Mapping[str, Any]
    status: Status | None
    metrics: tuple[Mapping[str, Any], ...]
    evaluation: Mapping[str, Mapping[str, Any]]
    network: Mapping[str, Any]
    mistakes: Tensor | None = field(default=None, compare=False)

    def split(self, name: str) -> list[Mapping[str, Any]]:
        """List the measurements of one split, one for each epoch."""
        by_epoch = {m["epoch"]: m for m in self.metrics if m["split"] == name}
        return [by_epoch[epoch] for epoch in sorted(by_epoch)]

    @property
    def epochs(self) -> float:
        """Finished epochs; not whole where the run ended within one."""
        return max((m["epoch"] for m in self.metrics if m["split"] == "train"), default=0)


def read_record(folder: str | Path) -> Record:
    """Read a run folder; whatever a running or half-finished run has not written yet is empty.

    Raises:
        FileError: the folder is no run, or a file of it is damaged; it is named, with the line.
    """
    folder = Path(folder)
    check_run(folder)
    owned = read_folder(folder)
    pictures = folder / "mistakes.safetensors"
    return Record(
        folder=folder,
        id=owned.id,
        run=owned.run,
        facts=owned.facts,
        status=read_status(folder),
        metrics=_read_metrics(folder / METRICS),
        evaluation=_read_table(folder / "evaluation.json"),
        network=_read_table(folder / "network.json"),
        mistakes=read_safetensors(pictures).get("test") if pictures.exists() else None,
    )


def _read_table(path: Path) -> dict[str, Any]:
    return parse_table(read_file(path), path) if path.exists() else {}


def _read_metrics(path: Path) -> tuple[dict[str, Any], ...]:
    records = read_records(path)
    for number, record in enumerate(records, 1):
        if not _is_measurement(record):
            why = "a record needs split, epoch and step, and numbers for the rest"
            raise refuse_file(path, why, number)
    return tuple(records)


def _is_measurement(record: Mapping[str, Any]) -> bool:
    measured = ("loss", "top1_error", "top5_error", "lr", "images_per_second", "seconds", "n")
    values = [record.get("epoch"), record.get("step"), *(record.get(k, 0) for k in measured)]
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
    return numbers and record.get("split") in SPLITS
