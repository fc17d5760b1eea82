"""PolyNet: the Very Deep one, one kind of module throughout, and forms for small pictures."""

from __future__ import annotations

from itertools import cycle, islice

from resnets.catalog.family import Family
from resnets.catalog.names import Name
from resnets.catalog.papers import ZHANG2017
from resnets.spec.families import PolyNet
from resnets.spec.families.polynet import VERY_DEEP, Kind, Stage

KINDS: dict[str, tuple[Kind, ...]] = {
    "residual": ("residual",),
    "poly2": ("poly-2",),
    "mpoly2": ("mpoly-2",),
    "2way": ("2-way",),
    "poly3": ("poly-3",),
    "mpoly3": ("mpoly-3",),
    "3way": ("3-way",),
    "mixed": ("3-way", "mpoly-3", "poly-3"),
}
"""Modules that an ending names; those of ``mixed`` follow one another."""

SMALL: tuple[Stage, Stage, Stage] = (("2-way",) * 2, ("poly-3", "2-way"), ("poly-3", "2-way"))
LARGE_COUNTS, SMALL_COUNTS = (10, 20, 10), (2, 3, 2)


def polynet(name: Name) -> PolyNet:
    """The Very Deep PolyNet, or one kind of module in every stage, or in one stage of blocks."""
    small = bool(name.get("small"))
    stages = SMALL if small else VERY_DEEP
    if ending := name.get("modules"):
        *letter, word = ending.split("_")
        counts = SMALL_COUNTS if small else LARGE_COUNTS
        a, b, c = (
            _repeat(word if stage in (letter or stage) else "residual", count)
            for stage, count in zip("abc", counts, strict=True)
        )
        stages = (a, b, c)
    spec = PolyNet(stages=stages, keep=0.75 if name.get("stochastic") else 1.0)
    return spec.replace(stem="small", width=0.095, num_classes=10) if small else spec


def _repeat(word: str, count: int) -> Stage:
    return tuple(islice(cycle(KINDS[word]), count))


FAMILIES = (
    Family(
        "polynet",
        "polynet, polynet_small_mpoly3 or polynet_small_b_mpoly3",
        ZHANG2017,
        "Section 3",
        polynet,
        ("small", "modules", "stochastic"),
        numbered=False,
    ),
)
