"""DenseNet: 3n + 4 layers on CIFAR, 6n + 4 with bottlenecks, and the networks for ImageNet."""

from __future__ import annotations

from functools import partial

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import HUANG2017
from resnets.catalog.shapes import refuse, solve
from resnets.spec.families import DenseNet

IMAGENET = {
    121: ((6, 12, 24, 16), 32),
    161: ((6, 12, 36, 24), 48),
    169: ((6, 12, 32, 32), 32),
    201: ((6, 12, 48, 32), 32),
    264: ((6, 12, 64, 48), 32),
}
"""Layers in each block and growth rate k; all with bottlenecks and compression."""


def densenet(name: Name, letters: str = "") -> DenseNet:
    """Three blocks on CIFAR, where a growth rate is given; else the networks of ``IMAGENET``.

    Args:
        name: the name.
        letters: B for bottlenecks of 4k channels, C for a compression of 0.5.

    Source: Huang et al. 2017, Section 3; the stem has 2k channels with both, else 16 (Section 4.2).
    """
    dropout = 0.2 if name.get("dropout") else 0.0
    if name.get("growth"):
        growth = name.number("growth")
        return DenseNet(
            depths=(solve(name, 6 if "B" in letters else 3, 4),) * 3,
            growth=growth,
            bottleneck=4 if "B" in letters else 0,
            compression=0.5 if "C" in letters else 1.0,
            stem_width=2 * growth if letters == "BC" else 16,
            num_classes=10,
            dropout=dropout,
        )
    if letters or name.depth not in IMAGENET:
        rule = "a growth rate is missing"
        if not letters:
            rule += f"; without one depth must be one of {', '.join(map(str, IMAGENET))}"
        tries = [f"{name.family}40_k12"]
        raise refuse(name, rule, tries if letters else [*tries, "densenet121"])
    depths, growth = IMAGENET[name.depth]
    return DenseNet(
        depths=depths, growth=growth, stem="7x7", stem_width=2 * growth, dropout=dropout
    )


FAMILIES = tuple(
    Family(
        f"densenet{ending}",
        looks,
        HUANG2017,
        "Section 3",
        partial(densenet, letters=ending.lstrip("_").upper()),
        ("growth", "dropout"),
    )
    for ending, looks in (
        ("", "densenet40_k12 or densenet121"),
        ("_b", "densenet_b40_k12"),
        ("_c", "densenet_c40_k12"),
        ("_bc", "densenet_bc100_k12"),
    )
)
