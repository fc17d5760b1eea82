"""Options of analyses in their form: whole numbers in a range, and lists."""

from __future__ import annotations

from collections.abc import Sequence

from resnets.spec.frozen import reject

SEEDS = range(2**63)
"""The seeds that a run takes, too."""


def check_count(name: str, value: object, least: int = 1, why: str = "") -> None:
    """Refuse what is no whole number, or too small a one.

    Args:
        name: of the option.
        value: what was given.
        least: the smallest that is allowed.
        why: the reason, where the limit does not say it.

    Raises:
        ConfigError: it is not allowed.
    """
    if type(value) is not int or value < least:
        raise reject(name, value, f"{least} or more", why)


def check_list(name: str, value: object) -> None:
    """Refuse a single value where several are asked for.

    Raises:
        ConfigError: it is no list or tuple.
    """
    if isinstance(value, str) or not isinstance(value, Sequence):
        given = value if isinstance(value, str) else type(value).__name__
        raise reject(name, given, "a list")


def check_seed(seed: object) -> None:
    """Refuse a seed that a run would not take either.

    Raises:
        ConfigError: it is no whole number from 0 to 2^63 - 1.
    """
    if type(seed) is not int or seed not in SEEDS:
        raise reject("seed", seed, "a whole number, 0 to 2^63 - 1")
