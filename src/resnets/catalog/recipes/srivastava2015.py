"""Highway Networks, and Training Very Deep Networks by the same authors in the same year."""

from __future__ import annotations

from resnets.spec import Exponential, Recipe, Steps

from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="srivastava2015-mnist",
        source="Srivastava et al. 2015, Section 3.1: momentum and a rate that decays exponentially "
        "over the 400 epochs of Fig. 1. Rate, momentum and decay were searched at random for each "
        "network and are not printed; these are ours, and batches of 100 those of the release.",
        length="400ep",
        batch_size=100,
        lr=0.01,
        weight_decay=0.0,
        schedule=Exponential(factor=0.98, every="1ep"),
        augment="none",
    ),
    Recipe(
        name="srivastava2015-cifar",
        source="Of the authors' release for Caffe, 19 layers: 200,000 iterations, rate divided by "
        "10 at 100,000, 150,000 and 175,000, Nesterov. Biases are not decayed; there they also "
        "learn at twice the rate, and the last layer's decay is ten times as strong. The paper "
        f"normalises the contrast of each picture. {AUGMENTATION}",
        length="200000it",
        batch_size=100,
        lr=0.025,
        nesterov=True,
        weight_decay=1e-3,
        decay_norm_and_bias=False,
        schedule=Steps(milestones=("50%", "75%", "87.5%")),
    ),
)
