"""What a finished run leaves: its evaluation, its model, its report, and a digest of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import FileError
from resnets.spec import ModelConfig, to_json

if TYPE_CHECKING:
    from resnets.evaluation import Evaluation

    from .session import Session

EVALUATION, MISTAKES, NETWORK, REPORT = (
    "evaluation.json",
    "mistakes.safetensors",
    "network.json",
    "report.html",
)
OUTPUTS = (
    "run.json",
    "config.json",
    "metrics.jsonl",
    "events.jsonl",
    "summary.csv",
    "best.json",
    EVALUATION,
    MISTAKES,
    NETWORK,
    "model/config.json",
    "model/model.safetensors",
    "model/README.md",
    "model/MANIFEST.json",
    REPORT,
)


def finish(session: Session, license: str) -> None:
    """Evaluate the final network once on the test split, and write the outputs of the run.

    Everything is computed from the last checkpoint and overwritten as a whole, so a kill in the
    middle is repaired by doing it again.
    """
    from resnets.weights import save_folder, write_file

    folder = session.folder.path
    dataset, run = session.material.dataset, session.folder.run
    measured: dict[str, Evaluation] = {"test": session.evaluate("test", stoppable=True)}
    if dataset.validation is not None:
        measured["validation"] = session.evaluate("validation", stoppable=True)
    content = {split: evaluation.to_dict() for split, evaluation in measured.items()}
    write_file(folder / EVALUATION, to_json(content))
    _write_mistakes(session, measured["test"])
    _write_network(session)
    config = ModelConfig(
        model=run.model,
        network=run.network,
        classes=dataset.classes,
        preprocessing=dataset.preprocessing,
        data=run.data,
        fingerprint=dataset.fingerprint,
        recipe=run.recipe.name,
        measured=_figures(measured),
        license=license,
        source=f"run {run.key()}",
    )
    save_folder(folder / "model", session.state.result.state_dict(), config)
    session.check_stop()
    session.journal.note("finished", step=session.state.step, **_figures(measured))
    session.journal.sync()
    session.write_status("finished", exit=0, outputs=digest_outputs(folder, without=REPORT))
    write_report(folder)


def write_report(folder: Path) -> Path:
    """Write a run's ``report.html``, and enter it among the outputs of a finished run.

    Raises:
        FileError: the folder is no run, or a file of it is damaged.
    """
    from resnets.report import write_run_report
    from resnets.training import read_status, write_status

    path = write_run_report(folder)
    status = read_status(folder)
    if status is not None and status.state == "finished":
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        write_status(folder, replace(status, outputs={**status.outputs, REPORT: digest}))
    return path


def digest_outputs(folder: Path, without: str = "") -> dict[str, str]:
    """Return the sha256 of every output that is there, by its path in the folder."""
    from resnets.weights import read_file

    return {
        name: hashlib.sha256(read_file(folder / name)).hexdigest()
        for name in OUTPUTS
        if name != without and (folder / name).exists()
    }


def check_outputs(folder: Path, outputs: Mapping[str, str]) -> list[str]:
    """List the outputs of a finished run that are missing or changed."""
    found = digest_outputs(folder)
    return [name for name, digest in outputs.items() if found.get(name) != digest]


def refuse_outputs(folder: Path, names: list[str]) -> FileError:
    """Return the error for a finished run whose outputs were changed."""
    do = "restore it from a copy"
    if names == [REPORT]:
        do = f"write it again:  resnets report {folder}"
    return FileError(
        "E4010",
        "an output of the finished run is missing or changed",
        what=folder / names[0],
        why=f"{len(names)} of its files are not those that status.json lists",
        do=[do, "or delete status.json and resume: outputs are written again"],
    )


def _write_mistakes(session: Session, evaluation: Evaluation) -> None:
    import torch

    from resnets.weights import write_safetensors

    indices = torch.tensor([m.index for m in evaluation.mistakes], dtype=torch.int64)
    pictures = session.material.dataset.test.images.read(indices)
    write_safetensors(session.folder.path / MISTAKES, {"test": pictures})


def _write_network(session: Session) -> None:
    from resnets.analysis import count
    from resnets.weights import write_file

    size = session.material.dataset.preprocessing.image_size
    cost = count(session.folder.run.network, size)
    write_file(session.folder.path / NETWORK, to_json(cost.to_dict()))


def _figures(measured: dict[str, Evaluation]) -> dict[str, float]:
    return {
        f"{split}_{name}": float(getattr(evaluation, name))
        for split, evaluation in measured.items()
        for name in ("top1_error", "top5_error", "loss", "n")
    }
