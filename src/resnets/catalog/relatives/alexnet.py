"""AlexNet: for one graphics card as in torchvision, as in 2012, and a form for CIFAR."""

from __future__ import annotations

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import KRIZHEVSKY2014
from resnets.catalog.shapes import refuse
from resnets.spec.families import AlexNet


def alexnet(name: Name) -> AlexNet:
    """Torchvision's network; ``_original`` is split over two cards, ``_cifar`` has 2×2 pools."""
    if name.get("original") and name.get("cifar"):
        raise refuse(name, "the network of 2012 has no form for CIFAR", ["alexnet_cifar"])
    if name.get("original"):
        return AlexNet(widths=(96, 256, 384, 384, 256), groups=2, local_norm=True)
    if name.get("cifar"):
        return AlexNet(pool=2, hidden=0, side=1, num_classes=10)
    return AlexNet()


FAMILIES = (
    Family(
        "alexnet",
        "alexnet or alexnet_cifar",
        KRIZHEVSKY2014,
        "the network for one graphics card",
        alexnet,
        ("original", "cifar"),
        numbered=False,
    ),
)
