"""A family: networks that differ in numbers only, and the rule that its names follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resnets.spec import Network

from .names import Name
from .papers import Paper


@dataclass(frozen=True)
class Family:
    """Networks that differ in numbers only.

    Args:
        name: what stands before the depth, or all that stands before the endings.
        looks: how the names look, for people.
        paper: where the rule comes from.
        rule: the place of the rule in the paper.
        build: from a name to a spec.
        endings: kinds of endings that it allows, see ``names.ENDINGS``.
        needs: kinds of endings that it cannot do without.
        numbered: whether a number follows the name; the papers' one-off networks have none.
    """

    name: str
    looks: str
    paper: Paper
    rule: str
    build: Callable[[Name], Network]
    endings: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    numbered: bool = True
