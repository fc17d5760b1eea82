"""GoogLeNet: as in torchvision, as in the paper, for small pictures, and with fewer side heads."""

from __future__ import annotations

from typing import Any

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import SZEGEDY2015
from resnets.spec.families import GoogLeNet

AUXILIARY = {"upper_aux": ("upper",), "no_aux": ()}


def googlenet(name: Name) -> GoogLeNet:
    """Torchvision's network; ``_original`` has 5×5 filters and no batch norm, as the paper."""
    fields: dict[str, Any] = {}
    if ending := name.get("auxiliary"):
        fields["auxiliary"] = AUXILIARY[ending]
    if name.get("original"):
        fields |= {"norm": False, "kernel": 5, "dropout": 0.4}
    if name.get("small"):
        fields |= {"stem": "small", "num_classes": 10}
    return GoogLeNet(**fields)


FAMILIES = (
    Family(
        "googlenet",
        "googlenet or googlenet_upper_aux",
        SZEGEDY2015,
        "Table 1",
        googlenet,
        ("original", "small", "auxiliary"),
        numbered=False,
    ),
)
