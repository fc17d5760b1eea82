"""How other libraries name, order and feed the networks that they share with us."""

from __future__ import annotations

from typing import Any

from resnets.errors import ConfigError, nearest
from resnets.spec import Add, Network, Spec

from .akamaster import AKAMASTER
from .alexnet import TORCHVISION_ALEXNET
from .chenyaofo import CHENYAOFO
from .densenet import PUBLISHED_DENSENET, TIMM_DENSENET, TORCHVISION_DENSENET
from .huggingface import HUGGINGFACE, describe, read_description
from .inception import (
    TIMM_RESIDUAL,
    TIMM_V3,
    TIMM_V4,
    TORCHVISION_GOOGLENET,
    TORCHVISION_V3,
)
from .kuangliu import KUANGLIU
from .layout import Layout, Shapes
from .names import refuse_network
from .timm import TIMM
from .torchvision import TORCHVISION, from_torchvision, to_torchvision
from .vgg import CHENYAOFO_VGG, KUANGLIU_VGG, TIMM_VGG, TORCHVISION_VGG

LAYOUTS: tuple[Layout[Any], ...] = (
    TORCHVISION,
    TIMM,
    HUGGINGFACE,
    AKAMASTER,
    KUANGLIU,
    CHENYAOFO,
    TORCHVISION_ALEXNET,
    TORCHVISION_VGG,
    TORCHVISION_DENSENET,
    PUBLISHED_DENSENET,
    TORCHVISION_GOOGLENET,
    TORCHVISION_V3,
    TIMM_VGG,
    TIMM_DENSENET,
    TIMM_V3,
    TIMM_V4,
    TIMM_RESIDUAL,
    KUANGLIU_VGG,
    CHENYAOFO_VGG,
)
"""Every layout, in the order in which a file is asked for it."""


def recognise(shapes: Shapes) -> tuple[Layout[Any], Network] | None:
    """Return the layout of a file and the network in it, from names and shapes alone.

    Args:
        shapes: of every tensor by name, without the prefixes of wrappers.
    """
    for layout in LAYOUTS:
        if (spec := layout.recognise(shapes)) is not None:
            return layout, spec
    return None


def find_layout(name: str, spec: Network) -> Layout[Any]:
    """Return the layout in which a library has a network.

    Raises:
        ConfigError: there is no such library, or its own code cannot build the network.
    """
    named = [layout for layout in LAYOUTS if layout.name == name]
    if not named:
        known = list(dict.fromkeys(layout.name for layout in LAYOUTS))
        guess = nearest(name, known, 1)
        raise ConfigError(
            "E2600",
            "unknown layout",
            what=name,
            do=[*(f"did you mean {word}?" for word in guess), f"layouts: {', '.join(known)}"],
        )
    for layout in named:
        if layout.family == spec.family:
            if why := _find_training_part(spec) or layout.refuse(spec):
                raise refuse_network(name, spec, why)
            return layout
    raise refuse_network(name, spec, f"there are no networks of the family {spec.family}")


def _find_training_part(spec: Network) -> str:
    """Say what no library's plain residual unit does, though no tensor tells it."""
    if isinstance(spec, Spec) and (spec.merge != Add() or spec.dropout):
        return "units add without constants, gates, masks or dropout"
    return ""


__all__ = [
    "HUGGINGFACE",
    "LAYOUTS",
    "Layout",
    "Shapes",
    "describe",
    "find_layout",
    "from_torchvision",
    "read_description",
    "recognise",
    "to_torchvision",
]
