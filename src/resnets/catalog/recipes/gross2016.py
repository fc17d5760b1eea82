"""Training and Investigating Residual Nets: the code fb.resnet.torch."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

from .he2015 import AUGMENTATION

IMAGENET = Recipe(
    name="gross2016-imagenet",
    source=f"fb.resnet.torch: 90 epochs, rate divided by 10 every 30, Nesterov. {AUGMENTATION}",
    length="90ep",
    batch_size=256,
    lr=0.1,
    nesterov=True,
    weight_decay=1e-4,
    schedule=Steps(milestones=("30ep", "60ep")),
)

RECIPES = (IMAGENET,)
