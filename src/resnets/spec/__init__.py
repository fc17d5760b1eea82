"""Floor 0: plain frozen data; imports no torch."""

from .architecture import NETWORKS, AnyNetwork, Network
from .codec import assign, decode, encode, read_config, to_json
from .data import SOURCES, DataSpec, Preprocessing
from .model import ModelConfig
from .network import ORDERS, Add, Gate, Keep, Order, Spec
from .plan import FamilySpec
from .recipe import (
    Constant,
    Cosine,
    Exponential,
    Linear,
    Plateau,
    Recipe,
    Steps,
    Warmup,
    count_steps,
)
from .run import Run
from .units import UnitSpec, expand, stem_letters

__all__ = [
    "NETWORKS",
    "ORDERS",
    "SOURCES",
    "Add",
    "AnyNetwork",
    "Constant",
    "Cosine",
    "DataSpec",
    "Exponential",
    "FamilySpec",
    "Gate",
    "Keep",
    "Linear",
    "ModelConfig",
    "Network",
    "Order",
    "Plateau",
    "Preprocessing",
    "Recipe",
    "Run",
    "Spec",
    "Steps",
    "UnitSpec",
    "Warmup",
    "assign",
    "count_steps",
    "decode",
    "encode",
    "expand",
    "read_config",
    "stem_letters",
    "to_json",
]
