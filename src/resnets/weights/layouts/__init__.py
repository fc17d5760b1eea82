"""Names of tensors in the layouts of other libraries."""

from .torchvision import from_torchvision, to_torchvision

__all__ = ["from_torchvision", "to_torchvision"]
