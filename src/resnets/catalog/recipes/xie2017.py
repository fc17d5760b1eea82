"""Aggregated Residual Transformations for Deep Neural Networks."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

from . import gross2016
from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="xie2017-cifar",
        source="Xie et al. 2017, appendix A: 300 epochs, rate divided by 10 at 150 and 225; "
        "Nesterov as in the authors' code.",
        length="300ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Steps(milestones=("150ep", "225ep")),
    ),
    gross2016.IMAGENET.replace(
        name="xie2017-imagenet",
        source="Xie et al. 2017, Section 4: rate divided by 10 three times, every 30 epochs; 100 "
        f"epochs and Nesterov as in the authors' code. {AUGMENTATION}",
        length="100ep",
        schedule=Steps(milestones=("30ep", "60ep", "90ep")),
    ),
)
