"""How a network from foreign weights is fed."""

from __future__ import annotations

from collections.abc import Sequence

from resnets.errors import ConfigError
from resnets.spec import Network, Preprocessing

from .recognition import Recognition


def feed(
    found: Recognition,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Preprocessing:
    """Return how a recognised network is fed: as its library does, with changes from the user.

    Raises:
        ConfigError: nobody knows, and the user does not say it in full; or a value is not allowed.
    """
    given = {"mean": mean, "std": std}
    changes = {field: tuple(value) for field, value in given.items() if value is not None}
    if found.preprocessing is not None:
        return found.preprocessing.replace(**changes)
    if len(changes) < 2:
        raise ConfigError(
            "E2604",
            "nothing says how the network is fed",
            what=found.path,
            where={"layout": found.layout, "input channels": found.network.in_chans},
            do="give --mean and --std, each with a number for every channel",
        )
    return shape_input(found.network).replace(**changes)


def shape_input(network: Network) -> Preprocessing:
    """Return the channels and sizes of the pictures that a network was designed for."""
    size, channels = network.natural_size, network.in_chans
    return Preprocessing(
        channels=channels,
        image_size=size,
        resize=size * 8 // 7 if size >= 224 else size,
        mean=(0.5,) * channels,
        std=(0.5,) * channels,
    )


def leave_as_is(network: Network) -> Preprocessing:
    """Return the rules by which inputs are fed as they are, neither scaled nor shifted."""
    zeros, ones = (0.0,) * network.in_chans, (1.0,) * network.in_chans
    return shape_input(network).replace(mean=zeros, std=ones)


def describe_feed(rules: Preprocessing) -> str:
    """Say in one line how a network is fed."""
    whole = len(rules.mean) == rules.channels
    mean = " ".join(f"{value:.4g}" for value in rules.mean) if whole else "one for each pixel"
    std = " ".join(f"{value:.4g}" for value in rules.std)
    size = f"{rules.image_size}×{rules.image_size}"
    return f"{size} pixels, 0 to 1, mean {mean}, std {std}"
