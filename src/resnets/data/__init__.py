"""Floor 3: real images, from files in any state to batches that are ready for a network."""

from .augmentation import Augmentation
from .check import check
from .dataset import Dataset, Images, ResidentImages, Split
from .feeder import Feeder
from .findings import Finding, Findings
from .geometry import prepare
from .images import read_image
from .opening import open_dataset
from .wishes import apply_recipe

__all__ = [
    "Augmentation",
    "Dataset",
    "Feeder",
    "Finding",
    "Findings",
    "Images",
    "ResidentImages",
    "Split",
    "apply_recipe",
    "check",
    "open_dataset",
    "prepare",
    "read_image",
]
