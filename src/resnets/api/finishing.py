"""The end of a run: its evaluation, its model, its report, and a digest of each."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.spec import ModelConfig, to_json

if TYPE_CHECKING:
    from resnets.evaluation import Evaluation

    from .session import Session


def finish(session: Session, license: str) -> None:
    """Evaluate the final network once on the test split, and write the outputs of the run.

    Everything is computed from the last checkpoint and overwritten as a whole, so a kill in the
    middle is repaired by doing it again.
    """
    from resnets.training.outputs import EVALUATION, OUTPUTS, REPORT, digest_outputs
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
    session.write_status("finished", exit=0, outputs=digest_outputs(folder, {*OUTPUTS} - {REPORT}))
    write_report(folder)


def write_report(folder: Path) -> Path:
    """Write a run's ``report.html``, and enter it among the outputs of a finished run.

    Raises:
        FileError: the folder is no run, or a file of it is damaged.
    """
    from resnets.report import write_run_report
    from resnets.training import read_status, write_status
    from resnets.training.outputs import REPORT

    path = write_run_report(folder)
    status = read_status(folder)
    if status is not None and status.state == "finished":
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        write_status(folder, replace(status, outputs={**status.outputs, REPORT: digest}))
    return path


def _write_mistakes(session: Session, evaluation: Evaluation) -> None:
    import torch

    from resnets.training.outputs import MISTAKES
    from resnets.weights import write_safetensors

    indices = torch.tensor([m.index for m in evaluation.mistakes], dtype=torch.int64)
    pictures = session.material.dataset.test.images.read(indices)
    write_safetensors(session.folder.path / MISTAKES, {"test": pictures})


def _write_network(session: Session) -> None:
    from resnets.analysis import count
    from resnets.training.outputs import NETWORK
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
