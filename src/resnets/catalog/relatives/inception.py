"""Inception-v3, Inception-v4 and Inception-ResNet, and forms of them for small pictures."""

from __future__ import annotations

from typing import Any

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import SZEGEDY2016, SZEGEDY2017
from resnets.spec.families import InceptionResNet, InceptionV3, InceptionV4

PURE, RESIDUAL = (2, 3, 1), (3, 5, 2)
"""Modules of the small forms; widths make the partners cost about the same."""


def inception_v3(name: Name) -> InceptionV3:
    """The released form; ``_table1`` is the paper's, ``_full_filters`` does not factorise."""
    filters: Any = name.get("filters").partition("_")[0] or "factorised"
    spec = InceptionV3(filters=filters, auxiliary=not name.get("side"))
    if name.get("table"):
        spec = spec.replace(form="table1", depths=(3, 5, 2))
    if name.get("small"):
        return spec.replace(stem="small", depths=PURE, width=0.12, num_classes=10)
    return spec


def inception_v4(name: Name) -> InceptionV4:
    """Inception-v4."""
    if name.get("small"):
        return InceptionV4(stem="small", depths=PURE, width=0.095, num_classes=10)
    return InceptionV4()


def inception_resnet_v1(name: Name) -> InceptionResNet:
    """The paper's form."""
    spec = InceptionResNet(form="v1")
    if name.get("small"):
        return spec.replace(stem="small", depths=RESIDUAL, width=0.12, num_classes=10)
    return spec


def inception_resnet_v2(name: Name) -> InceptionResNet:
    """The released form; ``_paper`` is the paper's."""
    spec = InceptionResNet(form="v2_released", depths=(10, 20, 10))
    if name.get("paper"):
        spec = InceptionResNet(form="v2")
    if name.get("small"):
        return spec.replace(stem="small", depths=RESIDUAL, width=0.1, num_classes=10)
    return spec


FAMILIES = (
    Family(
        "inception_v3",
        "inception_v3 or inception_v3_table1_small",
        SZEGEDY2016,
        "Table 1",
        inception_v3,
        ("table", "filters", "side", "small"),
        numbered=False,
    ),
    Family(
        "inception_v4",
        "inception_v4 or inception_v4_small",
        SZEGEDY2017,
        "Fig. 9",
        inception_v4,
        ("small",),
        numbered=False,
    ),
    Family(
        "inception_resnet_v1",
        "inception_resnet_v1 or inception_resnet_v1_small",
        SZEGEDY2017,
        "Fig. 15",
        inception_resnet_v1,
        ("small",),
        numbered=False,
    ),
    Family(
        "inception_resnet_v2",
        "inception_resnet_v2 or inception_resnet_v2_paper_small",
        SZEGEDY2017,
        "Fig. 15",
        inception_resnet_v2,
        ("paper", "small"),
        numbered=False,
    ),
)
