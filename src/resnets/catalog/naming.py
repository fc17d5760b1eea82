"""From a network back to its name."""

from __future__ import annotations

from collections.abc import Iterator

from resnets.errors import ConfigError
from resnets.spec import Network, Spec

from .networks import list_names, look_up

ENDINGS = ("", "_b", "_c", "_small", "_imagenet", "_bottleneck", "_basic")


def find_name(network: Network) -> str:
    """Return the name of a network; classes, channels and first weights may be any.

    Args:
        network: its spec.

    Returns:
        The name that a paper prints or that the rule of a family allows; empty where there is none.
    """
    for name in (*list_names(), *_guess(network)):
        try:
            known = look_up(name).spec
            if known.family == network.family and _same(known, network):
                return name
        except ConfigError:  # a guess that no rule allows
            continue
    return ""


def _same(known: Network, network: Network) -> bool:
    free = ("num_classes", "in_chans", "init", "zero_init")
    given = {f: getattr(network, f) for f in free if f in type(known).model_fields}
    return known.replace(**given) == network


def _guess(network: Network) -> Iterator[str]:
    """Yield names that the families of the grammar might have for a network."""
    if not isinstance(network, Spec):
        return
    depth, paths = network.depth, network.cardinality
    for family in ("resnet", "preresnet", "plain"):
        yield from (f"{family}{depth}{ending}" for ending in ENDINGS)
    width = network.inner * 256 / paths
    yield from (f"resnext{depth}_{paths}x{width:.0f}d{ending}" for ending in ENDINGS)
    yield f"wide_resnet{depth}_{network.inner * 4:.0f}"
