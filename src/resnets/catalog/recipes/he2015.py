"""Deep Residual Learning for Image Recognition."""

from __future__ import annotations

from resnets.spec import Plateau, Recipe, Steps, Warmup

DEEP = 110
"""Layers from which the recipe for CIFAR starts with a low rate."""

WARMUP = Warmup(length="400it", kind="constant", start=0.1)

AUGMENTATION = "Augmentation is the data source's."

CIFAR = Recipe(
    name="he2015-cifar",
    source="He et al. 2015, Section 4.2: 64,000 iterations, rate divided by 10 at 32,000 and "
    "48,000; with 110 layers and more 0.01 for the first 400, where the paper waits for a training "
    "error below 80 per cent. Weight decay spares batch norm and biases, as in the authors' "
    "release.",
    length="64000it",
    batch_size=128,
    lr=0.1,
    weight_decay=1e-4,
    decay_norm_and_bias=False,
    schedule=Steps(milestones=("50%", "75%")),
    normalize="pixel-mean",
)

IMAGENET = Recipe(
    name="he2015-imagenet",
    source="He et al. 2015, Section 3.4: up to 600,000 iterations, rate divided by 10 when the "
    "error stops falling; the patience of 5 epochs is ours. Weight decay spares batch norm and "
    f"biases, as in the authors' release. {AUGMENTATION}",
    length="600000it",
    batch_size=256,
    lr=0.1,
    weight_decay=1e-4,
    decay_norm_and_bias=False,
    schedule=Plateau(patience=5, factor=0.1),
)

RECIPES = (CIFAR, IMAGENET)
