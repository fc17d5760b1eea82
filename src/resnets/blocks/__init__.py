"""Floor 2: the grammar as modules."""

from .layers import convolution, letters
from .merge import Gated
from .transform import Transform
from .unit import Unit

__all__ = ["Gated", "Transform", "Unit", "convolution", "letters"]
