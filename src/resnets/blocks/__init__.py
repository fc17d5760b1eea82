"""Floor 2: the grammar as modules."""

from .aggregation import Aggregated, neuron
from .layers import convolution, letters
from .merge import Gated, choose_units
from .transform import Transform
from .unit import Unit

__all__ = [
    "Aggregated",
    "Gated",
    "Transform",
    "Unit",
    "choose_units",
    "convolution",
    "letters",
    "neuron",
]
