"""Densely Connected Convolutional Networks."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

from . import gross2016
from .he2015 import AUGMENTATION

CIFAR = Recipe(
    name="huang2017-cifar",
    source="Huang et al. 2017, Section 4.2: 300 epochs, rate divided by 10 at 50 % and 75 % of "
    "them, Nesterov. Without augmentation (augment = none) the paper adds dropout of 0.2: the "
    "networks named _dropout.",
    length="300ep",
    batch_size=64,
    lr=0.1,
    nesterov=True,
    weight_decay=1e-4,
    schedule=Steps(milestones=("50%", "75%")),
)

RECIPES = (
    CIFAR,
    gross2016.IMAGENET.replace(
        name="huang2017-imagenet",
        source="Huang et al. 2017, Section 4.2: 90 epochs, rate divided by 10 at 30 and 60, "
        f"Nesterov. {AUGMENTATION}",
    ),
)
