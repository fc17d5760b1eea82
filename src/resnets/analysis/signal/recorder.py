"""The signal by epoch: a training hook that writes a line for each, and the lines read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from resnets.errors import FileError
from resnets.training import EpochSummary, Hooks, State
from resnets.training.journal import append_record, read_records
from resnets.weights import write_file

from .layers import KINDS
from .measurement import Batch, LayerSignal, Signal, measure_signal

RECORDS = "signal.jsonl"
"""Name of the records in a run folder."""


class SignalRecorder:
    """Writes mean, std, quantile and norms of every layer before training and after every epoch.

    Nothing of the run changes by being watched: not its weights, statistics, gradients or random
    numbers.

    Args:
        path: the file, one JSON object a line; a run that is resumed goes on with it.
        batches: images and labels that stay the same, on the network's device.
        kinds: which layers, names of ``KINDS``.
        statistics: what batch norm goes by; ``batch`` is what training sees.

    Example:
        >>> recorder = SignalRecorder(path, [(images, labels)])  # doctest: +SKIP
        >>> fit(state, recipe, batches, total, seed=0, hooks=recorder.hooks)  # doctest: +SKIP

    Source: Glorot & Bengio 2010, Section 3: 300 fixed test samples.
    """

    def __init__(
        self,
        path: str | Path,
        batches: Sequence[Batch],
        *,
        kinds: Sequence[str] = KINDS,
        statistics: str = "batch",
    ) -> None:
        self.path = Path(path)
        self.batches, self.kinds, self.statistics = tuple(batches), tuple(kinds), statistics

    @property
    def hooks(self) -> Hooks:
        """What the training loop calls; ``join_hooks`` puts it beside others."""
        return Hooks(on_start=self._start, on_epoch=self._end_epoch)

    def _start(self, state: State) -> None:
        """Drop what was recorded behind the step that training goes on from."""
        kept = [line for line in read_signal(self.path) if line["step"] <= state.step]
        if self.path.exists():  # written anew, so that a torn last line goes as well
            write_file(self.path, "".join(json.dumps(line) + "\n" for line in kept))
        if not state.step and not kept:
            self._record(state.net, 0, 0.0)

    def _end_epoch(self, state: State, summary: EpochSummary) -> None:
        self._record(state.net, summary.step, summary.epoch)

    def _record(self, net: nn.Module, step: int, epoch: float) -> None:
        found = measure_signal(net, self.batches, kinds=self.kinds, statistics=self.statistics)
        append_record(self.path, record(found, step, epoch))


def record(signal: Signal, step: int, epoch: float) -> dict[str, Any]:
    """Return a line of the records: a network after some steps, without histograms."""
    layers = [summarize(layer) for layer in signal.layers]
    return {"step": step, "epoch": epoch, "n": signal.n, "loss": signal.loss, "layers": layers}


def read_signal(path: Path) -> list[dict[str, Any]]:
    """Read what was recorded, by epoch; a file that is not there has nothing.

    Raises:
        FileError: a line is no record of ours.
    """
    records = read_records(path)
    for number, found in enumerate(records, 1):
        if type(found.get("step")) is not int or not isinstance(found.get("layers"), list):
            raise FileError(
                "E4700",
                "a record of the signal was changed",
                what=path,
                where={"line": number},
                why="it has no whole step, or no list of layers",
                do="restore the file from a copy, or remove it: it is only a log",
            )
    return records


def summarize(layer: LayerSignal) -> dict[str, Any]:
    """Return a layer as JSON data without its histograms."""
    values = layer.activation
    return {
        "name": layer.name,
        "kind": layer.kind,
        "unit": layer.unit,
        "mean": values.mean,
        "std": values.std,
        "quantile": values.quantile,
        "flat": layer.flat,
        "gradient_norm": layer.gradient_norm,
        "gradient_std": layer.gradient and layer.gradient.std,
        "weight_gradient_norm": layer.weight_gradient_norm,
        "weight_gradient_std": layer.weight_gradient and layer.weight_gradient.std,
    }
