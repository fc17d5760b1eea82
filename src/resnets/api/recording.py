"""What a run is asked to record about its network while it is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .samples import draw_samples

if TYPE_CHECKING:
    from resnets.training import Hooks, RunFolder

    from .preparation import Material


def watch(folder: RunFolder, material: Material) -> list[Hooks]:
    """Return the hooks of what a run records besides its measurements; most record nothing.

    Args:
        folder: of the run; records are written into it.
        material: its data.
    """
    if not folder.run.record_signal:
        return []
    from resnets.analysis.signal import RECORDS, SignalRecorder

    samples = draw_samples(
        material.dataset,
        "train",
        folder.run.record_signal,
        device=material.feeder.device,
        seed=folder.run.seed,
    )
    return [SignalRecorder(folder.path / RECORDS, tuple(samples)).hooks]
