"""Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning."""

from __future__ import annotations

from . import szegedy2016
from .he2015 import AUGMENTATION

RECIPES = (
    szegedy2016.IMAGENET.replace(
        name="szegedy2017-imagenet",
        source="Szegedy et al. 2017, Section 4: 20 replicas, RMSProp with decay 0.9 and ε = 1, "
        "rate 0.045 times 0.94 every two epochs, weights averaged for evaluation; gradient "
        "clipping as in the AAAI version, its norm of 2 as in Szegedy et al. 2016. Length and "
        "batch size, which the paper does not print, and all else are those of "
        f"szegedy2016-imagenet. {AUGMENTATION}",
    ),
)
