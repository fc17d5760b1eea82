"""VGG: 11, 13, 16 and 19 layers, with batch norm or without, and a form for CIFAR."""

from __future__ import annotations

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import SIMONYAN2015
from resnets.catalog.shapes import refuse
from resnets.spec.families import VGG

DEPTHS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""Convolutions in each stage: configurations A, B, D and E of Table 1."""


def vgg(name: Name) -> VGG:
    """Configurations A, B, D, E; with ``_cifar`` one fully connected layer on a 1×1 map."""
    if name.depth not in DEPTHS:
        raise refuse(name, "depth must be 11, 13, 16 or 19", [f"vgg{d}" for d in DEPTHS])
    spec = VGG(depths=DEPTHS[name.depth], norm=bool(name.get("norm")))
    if name.get("cifar"):
        return spec.replace(hidden=0, side=1, num_classes=10)
    return spec


FAMILIES = (Family("vgg", "vgg16 or vgg16_bn", SIMONYAN2015, "Table 1", vgg, ("norm", "cifar")),)
