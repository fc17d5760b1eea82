"""Floor 3: whole models."""

from .build import build, convert_form, count_parameters
from .features import FeatureExtractor, extract_features
from .initialize import RULES, initialize
from .residual import ResidualNetwork

__all__ = [
    "RULES",
    "FeatureExtractor",
    "ResidualNetwork",
    "build",
    "convert_form",
    "count_parameters",
    "extract_features",
    "initialize",
]
