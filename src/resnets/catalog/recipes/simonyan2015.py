"""Very Deep Convolutional Networks for Large-Scale Image Recognition."""

from __future__ import annotations

from resnets.spec import Exponential, Plateau, Recipe

from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="simonyan2015-imagenet",
        source="Simonyan, Zisserman 2015, Section 3.1: 370,000 iterations (74 epochs), rate "
        "divided by 10 when the error stops falling, three times; the patience of 5 epochs is "
        "ours. The paper starts the first four convolutions and the fully connected layers of its "
        f"deep networks from those of vgg11; ours start from scratch. {AUGMENTATION}",
        length="370000it",
        batch_size=256,
        lr=0.01,
        weight_decay=5e-4,
        schedule=Plateau(patience=5, factor=0.1),
    ),
    Recipe(
        name="simonyan2015-cifar",
        source="Of the repository chengyangfu/pytorch-vgg-cifar10, which trains VGG on CIFAR: 300 "
        "epochs, rate halved every 30.",
        length="300ep",
        batch_size=128,
        lr=0.05,
        weight_decay=5e-4,
        schedule=Exponential(factor=0.5, every="30ep"),
    ),
)
