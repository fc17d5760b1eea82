"""ImageNet Classification with Deep Convolutional Neural Networks."""

from __future__ import annotations

from resnets.spec import Plateau, Recipe, Steps

from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="krizhevsky2012-imagenet",
        source="Krizhevsky et al. 2012, Section 5: about 90 epochs, rate divided by 10 when the "
        f"error stops falling; the patience of 5 epochs is ours. {AUGMENTATION}",
        length="90ep",
        batch_size=128,
        lr=0.01,
        weight_decay=5e-4,
        schedule=Plateau(patience=5, factor=0.1),
    ),
    Recipe(
        name="krizhevsky2012-cifar",
        source="Of the repository bearpaw/pytorch-classification, which trains AlexNet on CIFAR: "
        "164 epochs, rate divided by 10 at 81 and 122, 0.01 where there is no batch norm.",
        length="164ep",
        batch_size=128,
        lr=0.01,
        weight_decay=5e-4,
        schedule=Steps(milestones=("81ep", "122ep")),
    ),
)
