"""The signal of one network as one table: what an analysis keeps, prints and draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .direct import Direct
from .growth import Growth
from .measurement import LayerSignal, Signal


@dataclass(frozen=True)
class Response:
    """The response of a layer: its output after batch norm and before any other non-linearity.

    Args:
        layer: path of the layer.
        unit: number of its unit, from 0; None outside of all.
        std: over samples, channels and positions.

    Source: He et al. 2015, Section 4.2, Fig. 7.
    """

    layer: str
    unit: int | None
    std: float


@dataclass(frozen=True)
class Findings:
    """What was found in one network.

    Args:
        about: what was analysed, and how, as JSON data; ``name`` among it.
        signal: every layer.
        growth: the expected output of every unit; empty for a trained network.
        direct: the direct term of the gradient at every unit with an identity shortcut.
        records: what a run has recorded, one table for each epoch; see ``SignalRecorder``.
    """

    about: Mapping[str, Any]
    signal: Signal
    growth: tuple[Growth, ...] = ()
    direct: tuple[Direct, ...] = ()
    records: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON data; units are numbered from 1, and 0 is the stem."""
        return {
            **self.about,
            **self.signal.to_dict(),
            "layers": [_number(layer.to_dict()) for layer in self.signal.layers],
            "responses": [_number(dict(vars(found))) for found in list_responses(self.signal)],
            "growth": [_number(part.to_dict()) for part in self.growth],
            "direct": [_number(part.to_dict()) for part in self.direct],
            "records": [
                {**record, "layers": [_number(dict(layer)) for layer in record["layers"]]}
                for record in self.records
            ],
        }


def list_responses(signal: Signal) -> list[Response]:
    """List the responses of all layers that look at neighbours, in order.

    In the paper's networks these are the 3×3 layers; a network without any answers those of its
    fully connected layers. Channels are pooled with samples and positions.
    """
    by_name = {(layer.name, layer.kind): layer for layer in signal.layers}
    chosen = [layer for layer in signal.layers if layer.kernel > 1] or signal.select("linear")
    return [Response(layer.name, layer.unit, _respond(layer, by_name)) for layer in chosen]


def _respond(layer: LayerSignal, by_name: Mapping[tuple[str, str], LayerSignal]) -> float:
    """Return the std behind the batch norm that reads a layer, or behind the layer itself."""
    return by_name.get((layer.response, "norm"), layer).activation.std


def _number(row: dict[str, Any]) -> dict[str, Any]:
    for key in ("unit", "end"):
        if row.get(key) is not None:
            row[key] += 1
    return row
