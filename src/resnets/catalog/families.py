"""The families: what their names look like, where their rules stand, and who builds them."""

from __future__ import annotations

from resnets.spec import Network

from . import arithmetic, relatives
from .family import Family
from .names import Name, read_endings, split
from .papers import (
    ABDI2016,
    HE2015,
    HE2016,
    HUANG2016,
    SINGH2016,
    XIE2017,
    ZAGORUYKO2016,
)
from .shapes import refuse

_VARIATIONS = ("form", "block", "shortcut", "stride", "skip", "order", "merge")

FAMILIES = (
    Family("plain", "plain20", HE2015, "Section 4.2", arithmetic.plain, ("form",)),
    Family("resnet", "resnet20 or resnet50", HE2015, "Section 4.2", arithmetic.resnet, _VARIATIONS),
    Family(
        "preresnet",
        "preresnet110",
        HE2016,
        "appendix",
        arithmetic.preresnet,
        ("form", "block", "shortcut", "stride", "skip", "stem", "merge"),
    ),
    Family(
        "resnext",
        "resnext50_32x4d",
        XIE2017,
        "Section 3.1",
        arithmetic.resnext,
        ("paths", "form", "shortcut", "stride"),
        ("paths",),
    ),
    Family(
        "wrn",
        "wrn28_10",
        ZAGORUYKO2016,
        "Table 1",
        arithmetic.wrn,
        ("factor", "convolutions", "dropout"),
        ("factor",),
    ),
    Family(
        "wide_resnet",
        "wide_resnet50_2",
        ZAGORUYKO2016,
        "Section 3.3",
        arithmetic.wide_resnet,
        ("factor",),
        ("factor",),
    ),
    Family(
        "multi_resnet",
        "multi_resnet110_k2 or multi_resnet26_k4_w10",
        ABDI2016,
        "Section IV",
        arithmetic.multi_resnet,
        ("branches", "width", "form", "block", "shortcut", "stride"),
        ("branches",),
    ),
    Family(
        "stochastic_depth",
        "stochastic_depth110",
        HUANG2016,
        "Section 3",
        arithmetic.stochastic_depth,
    ),
    Family(
        "swapout",
        "swapout20_w2",
        SINGH2016,
        "Section 4",
        arithmetic.swapout,
        ("width",),
        ("width",),
    ),
    *relatives.FAMILIES,
)

BY_NAME = {family.name: family for family in FAMILIES}


def find(text: str) -> Family | None:
    """Return the family that a name begins like, or None."""
    parts = _split(text)
    return BY_NAME[parts[0]] if parts else None


def read(text: str) -> Network | None:
    """Return the spec that a name stands for, or None where no family has such names.

    Raises:
        ConfigError: the family has such names, but not with this depth or without an ending.
    """
    parts = _split(text)
    if parts is None:
        return None
    family = BY_NAME[parts[0]]
    words, left = read_endings(parts[2], family.endings)
    if left:
        return None
    name = Name(*parts, words)
    for kind in family.needs:
        if kind not in words:
            raise refuse(name, f"{family.name} needs more than a depth: {family.looks}")
    return family.build(name)


def _split(text: str) -> tuple[str, int, str] | None:
    """Split a name into family, number (0 where the family has none) and endings."""
    parts = split(text)
    if parts and parts[0] in BY_NAME and BY_NAME[parts[0]].numbered:
        return parts
    for family in FAMILIES:
        rest = text.removeprefix(family.name)
        if not family.numbered and rest != text and rest[:1] in ("", "_"):
            return family.name, 0, rest
    return None
