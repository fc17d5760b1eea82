"""Going Deeper with Convolutions."""

from __future__ import annotations

from resnets.spec import Exponential, Recipe

from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="szegedy2015-imagenet",
        source="Szegedy et al. 2015, Section 6: rate times 0.96 every 8 epochs, auxiliary losses "
        "times 0.3, weights averaged for evaluation (Polyak), here as a moving average with a "
        "decay of 0.9999. Batch size, rate, weight decay and length, which the paper does not "
        f"print, are those of the replica in BVLC/caffe. {AUGMENTATION}",
        length="250ep",
        batch_size=32,
        lr=0.01,
        weight_decay=2e-4,
        schedule=Exponential(factor=0.96, every="8ep"),
        auxiliary=0.3,
        ema=0.9999,
    ),
)
