"""Names to networks: those that the papers print, and all others that a family's rule allows."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from resnets.errors import ConfigError, nearest
from resnets.spec import Network

from .entry import Entry, Publication
from .families import find, read
from .names import ENDINGS
from .published import PUBLICATIONS

_BY_NAME = {publication.name: publication for publication in PUBLICATIONS}
_BY_ALIAS = {alias: p.name for p in PUBLICATIONS for alias in p.aliases}


def list_names(pattern: str = "*") -> list[str]:
    """List the networks that the papers print, by family, depth and endings.

    Args:
        pattern: shell wildcards, for example ``*resnext*``; aliases count as well.
    """
    names = [
        publication.name
        for publication in PUBLICATIONS
        if any(fnmatchcase(n, pattern) for n in (publication.name, *publication.aliases))
    ]
    return sorted(names, key=_natural)


def look_up(name: str) -> Entry:
    """Return the network of a name.

    Args:
        name: a listed name, an alias, or any other name that the rule of a family allows, for
            example ``resnet74`` or ``multi_resnet20_k3``.

    Raises:
        ConfigError: the name is unknown, and the nearest ones are listed; or the rule of its family
            forbids its depth ("depth must be 6n+2, try 20 or 26").
    """
    name = _BY_ALIAS.get(name, name)
    spec = read(name)
    if spec is None:
        raise _unknown(name)
    return _describe(_BY_NAME.get(name) or _derive(name), spec)


def _describe(publication: Publication, spec: Network) -> Entry:
    paper = publication.paper
    return Entry(
        name=publication.name,
        spec=spec,
        paper=str(paper),
        table=publication.table,
        published=dict(publication.published),
        explanation=publication.explanation,
        recipe=paper.cifar if spec.natural_size <= 32 else paper.imagenet,
        image_size=spec.natural_size,
        aliases=publication.aliases,
    )


def _derive(name: str) -> Publication:
    family = find(name)
    if family is None:
        raise _unknown(name)
    return Publication(name, family.paper, f"{family.rule} (the rule of {family.name})", {})


def _unknown(name: str) -> ConfigError:
    family = find(name)
    guesses = nearest(name, [*_BY_NAME, *_BY_ALIAS])
    do = [f"did you mean {', '.join(guesses)}?"] if guesses else []
    if family is not None:
        endings = ", ".join(ENDINGS[kind][1] for kind in family.endings)
        do.append(f"names of this family look like {family.looks}")
        do.append(f"its endings: {endings or 'none'}")
    return ConfigError(
        "E2201", "unknown network", what=name, do=[*do, "list all names with  resnets list"]
    )


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)
