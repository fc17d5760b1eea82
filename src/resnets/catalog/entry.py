"""What the catalog answers for a name, and how the files of the papers write it down."""

from __future__ import annotations

from dataclasses import dataclass

from resnets.spec import Network

from .papers import Paper


@dataclass(frozen=True)
class Publication:
    """A network of a paper, by name; its spec follows from the name.

    Args:
        name: the name, which a family can read.
        paper: the paper.
        table: where in it.
        published: figures by name: ``parameters``, ``macs``, and errors in per cent, for example
            ``cifar10_test_error`` or ``imagenet_10crop_top1``. A figure from another paper carries
            that paper's key, ``cifar10_test_error_in_abdi2016``; ``…_above`` is a lower bound.
        explanation: why our count or our network differs from the published one.
        aliases: other names of the same network.
    """

    name: str
    paper: Paper
    table: str
    published: dict[str, float]
    explanation: str = ""
    aliases: tuple[str, ...] = ()


def publish(
    paper: Paper,
    name: str,
    table: str,
    explanation: str = "",
    aliases: tuple[str, ...] = (),
    **published: float,
) -> Publication:
    """Return a publication with its figures as keywords, one row of a paper's file."""
    return Publication(name, paper, table, published, explanation, aliases)


@dataclass(frozen=True)
class Entry:
    """A network of the catalog.

    Args:
        name: its name.
        spec: its architecture.
        paper: authors, year, title and place of the paper.
        table: where in the paper; the rule of the family for a network that no paper prints.
        published: published figures by name, see ``Publication``.
        explanation: why our count or our network differs from the published one.
        recipe: name of the recipe that it is usually trained with.
        image_size: side in pixels of the pictures that it was published for.
        aliases: other names.
    """

    name: str
    spec: Network
    paper: str
    table: str
    published: dict[str, float]
    explanation: str
    recipe: str
    image_size: int
    aliases: tuple[str, ...]

    @property
    def source(self) -> str:
        """Paper and table on one line."""
        return f"{self.paper}, {self.table}"
