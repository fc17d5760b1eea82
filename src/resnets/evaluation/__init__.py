"""Floor 4: what a network answers, and how often it is wrong."""

from .ensemble import Ensemble
from .evaluate import evaluate
from .metrics import Evaluation, Mistake, interval
from .prediction import Prediction, Predictions
from .protocols import PROTOCOLS, evaluating, predict

__all__ = [
    "PROTOCOLS",
    "Ensemble",
    "Evaluation",
    "Mistake",
    "Prediction",
    "Predictions",
    "evaluate",
    "evaluating",
    "interval",
    "predict",
]
