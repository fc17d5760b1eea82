"""Rethinking the Inception Architecture for Computer Vision."""

from __future__ import annotations

from resnets.spec import Exponential, Recipe

from .he2015 import AUGMENTATION

IMAGENET = Recipe(
    name="szegedy2016-imagenet",
    source="Szegedy et al. 2016, Section 8: 100 epochs on 50 replicas with batches of 32, RMSProp "
    "with decay 0.9 and ε = 1, rate 0.045 times 0.94 every two epochs, gradients clipped to a norm "
    "of 2, label smoothing 0.1, weights averaged for evaluation. One process stands for the "
    "replicas, which worked asynchronously. Momentum 0.9, weight decay, the weight 0.4 of the "
    "auxiliary loss and the decay of the average, which the paper does not print, are those of the "
    f"TensorFlow code. {AUGMENTATION}",
    length="100ep",
    batch_size=32,
    optimizer="rmsprop",
    lr=0.045,
    momentum=0.9,
    weight_decay=4e-5,
    decay=0.9,
    eps=1.0,
    clip=2.0,
    decay_norm_and_bias=False,
    schedule=Exponential(factor=0.94, every="2ep"),
    label_smoothing=0.1,
    auxiliary=0.4,
    ema=0.9999,
)

RECIPES = (
    IMAGENET,
    IMAGENET.replace(
        name="szegedy2016-cifar",
        source="Ours, after Szegedy et al. 2016, for small pictures: RMSProp, clipping, label "
        "smoothing and auxiliary loss as there; 60 epochs, batches of 128, rate times 0.94 every "
        "epoch, an average that forgets faster.",
        length="60ep",
        batch_size=128,
        schedule=Exponential(factor=0.94, every="1ep"),
        ema=0.995,
    ),
)
