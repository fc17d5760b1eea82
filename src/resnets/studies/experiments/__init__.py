"""Computations that cells of a study make instead of training runs, by name."""

from .experiment import Experiment
from .fitting import FitIdentity
from .unravelling import Aggregate, Unravel

EXPERIMENTS: dict[str, type[Experiment]] = {
    kind.name: kind for kind in (FitIdentity, Unravel, Aggregate)
}

__all__ = ["EXPERIMENTS", "Aggregate", "Experiment", "FitIdentity", "Unravel"]
