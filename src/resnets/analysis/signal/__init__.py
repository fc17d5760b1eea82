"""The signal inside a network: what flows forward and back, layer by layer, against theory."""

from .direct import Direct, measure_direct
from .distribution import Counter, Distribution, describe
from .findings import Findings, Response, list_responses
from .growth import Growth, predict_growth
from .layers import KINDS, find_layers
from .measurement import Batch, LayerSignal, Signal, measure_signal
from .recorder import RECORDS, SignalRecorder, read_signal, record, summarize

__all__ = [
    "KINDS",
    "RECORDS",
    "Batch",
    "Counter",
    "Direct",
    "Distribution",
    "Findings",
    "Growth",
    "LayerSignal",
    "Response",
    "Signal",
    "SignalRecorder",
    "describe",
    "find_layers",
    "list_responses",
    "measure_direct",
    "measure_signal",
    "predict_growth",
    "read_signal",
    "record",
    "summarize",
]
