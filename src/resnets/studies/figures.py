"""Published figures of a row: those that the catalog has of its network, by their keys."""

from __future__ import annotations

import re

from resnets.catalog import Entry, look_up
from resnets.errors import ConfigError

from .declaration import Published, Row, Study
from .plan import fill


def find_published(study: Study, row: Row, measure: str) -> Published | None:
    """Return what the paper printed for a row, or None.

    A row that changes its network, and so is none of the catalog, has only figures that it names.

    Raises:
        ConfigError: the row names a figure that the catalog does not have.
    """
    wanted = row.published.get(measure)
    if isinstance(wanted, Published):
        return wanted
    model = fill(row.model, study.scales["paper"].values)
    if wanted is None:
        key = "" if _changes_network(row) else study.measures[measure]
        return read_figure(look_up(model), key) if key else None
    name, colon, key = wanted.rpartition(":")
    entry = look_up(name if colon else model)
    figure = read_figure(entry, key)
    if figure is None:
        raise ConfigError(
            "E2753",
            "a published figure is not in the catalog",
            what=wanted,
            where={"study": study.name, "row": row.name},
            do=f"figures of {entry.name}: {', '.join(entry.published) or 'none'}",
        )
    return figure


def _changes_network(row: Row) -> bool:
    assigned = row.request.get("set", ())
    return "network" in row.request or any(text.startswith("network.") for text in assigned)


def read_figure(entry: Entry, key: str) -> Published | None:
    """Return a figure of the catalog with its mean and deviation, or its lower bound; else None.

    Args:
        entry: the network.
        key: for example ``cifar10_test_error`` or ``imagenet_1crop_top1_in_xie2017``.
    """
    name, mark, paper = key.partition("_in_")

    def read(part: str) -> float | None:
        return entry.published.get(f"{name}{part}{mark}{paper}")

    source = _name_paper(paper) if paper else f"{shorten_paper(entry.paper)}, {entry.table}"
    value = read("")
    if value is not None:
        return Published(value=value, source=source, mean=read("_mean"), std=read("_std"))
    bound = read("_above")
    return None if bound is None else Published(value=bound, source=source, above=True)


def shorten_paper(paper: str) -> str:
    """Return first author and year, ``He 2015``."""
    found = re.match(r"([^,]+),.*?(\d{4})", paper)
    return f"{found[1]} {found[2]}" if found else paper


def _name_paper(key: str) -> str:
    """Return how a paper's key is read, ``Xie 2017`` for ``xie2017``."""
    found = re.fullmatch(r"([a-z]+)(\d{4})", key)
    return f"{found[1].title()} {found[2]}" if found else key
