"""Floor 2: the grammar as modules."""

from .layers import SharedNorm, convolution, letters
from .merge import Gated
from .transform import Transform
from .unit import Unit

__all__ = ["Gated", "SharedNorm", "Transform", "Unit", "convolution", "letters"]
