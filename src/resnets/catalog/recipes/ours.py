"""Recipes of ours: a short training, and the last steps from weights that are good already."""

from __future__ import annotations

from resnets.spec import Cosine, Linear, Recipe, Warmup

RECIPES = (
    Recipe(
        name="quick",
        source="Ours: a few epochs, a rate that climbs for 30 % of them and falls to 0; chosen "
        "with ResNet-20 and 5 epochs on a 45,000/5,000 split of CIFAR-10's training images.",
        length="10ep",
        batch_size=128,
        lr=0.4,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Linear(),
        warmup=Warmup(length="30%", kind="linear", start=0.1),
    ),
    Recipe(
        name="fine-tune",
        source="Ours: a low rate along a cosine, from weights that are good already.",
        length="10ep",
        batch_size=64,
        lr=0.01,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Cosine(),
        warmup=Warmup(length="5%", kind="linear", start=0.1),
    ),
)
