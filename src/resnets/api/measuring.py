"""Measures that are computed from a trained network; a function here, its label in ``studies``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resnets.studies import Study
from resnets.studies.measures import Value, find_measure
from resnets.studies.plan import Cell

from . import measured_errors as errors
from . import measured_signals as signals

DirLike = str | Path | None
Compute = Callable[[Path, str, DirLike], dict[str, Value]]
"""From a finished run's folder, the measure's argument and where data lies to values by measure."""


def measure(study: Study, cell: Cell, data_dir: DirLike) -> None:
    """Compute what a study measures of a finished run and no run folder has, each once.

    Raises:
        MachineError: another process is at it, or the disk refused.
    """
    from resnets.studies.cells import read_computed, write_computed
    from resnets.training import apply, read_folder, read_status
    from resnets.training.lock import hold_lock

    status = read_status(cell.folder)
    if status is None or status.state != "finished":
        return
    for text in study.measures:
        found, name, argument = find_measure(text)
        if found.read is None and read_computed(cell.folder, text) is None:
            with hold_lock(cell.folder), apply(read_folder(cell.folder).execution):
                for each, value in COMPUTED[name](cell.folder, argument, data_dir).items():
                    write_computed(cell.folder, each, value)


COMPUTED: dict[str, Compute] = {
    "ten_crop_error": errors.compute_ten_crop_errors,
    "ten_crop_top5_error": errors.compute_ten_crop_errors,
    "stochastic_test_error": errors.compute_stochastic_test_error,
    "final_train_loss": errors.compute_final_train_loss,
    "extension_change": errors.compute_extension_change,
    "lesion_test_error": errors.compute_lesion_test_error,
    "reordered_test_error": errors.compute_reordered_test_error,
    "mean_response": signals.compute_mean_response,
    "mean_activation": signals.compute_mean_activation,
    "saturation": signals.compute_saturation,
    "activation_ratio": signals.compute_initial_ratios,
    "gradient_ratio": signals.compute_initial_ratios,
    "dead_channels": signals.compute_dead_channels,
}
