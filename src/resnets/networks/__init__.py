"""Floor 3: whole models."""

from .build import Network, build, convert_form, count_parameters
from .features import FeatureExtractor, extract_features
from .initialize import RULES, initialize
from .layered import LayeredNetwork, Outputs
from .residual import ResidualNetwork
from .spreading import gather_branches, spread_branches

__all__ = [
    "RULES",
    "FeatureExtractor",
    "LayeredNetwork",
    "Network",
    "Outputs",
    "ResidualNetwork",
    "build",
    "convert_form",
    "count_parameters",
    "extract_features",
    "gather_branches",
    "initialize",
    "spread_branches",
]
