"""Swapout: Learning an Ensemble of Deep Architectures."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

RECIPES = (
    Recipe(
        name="singh2016-cifar",
        source="Singh et al. 2016 (unconfirmed): 256 epochs, rate divided by 10 at 192 and 224.",
        length="256ep",
        batch_size=128,
        lr=0.1,
        weight_decay=1e-4,
        schedule=Steps(milestones=("192ep", "224ep")),
    ),
)
