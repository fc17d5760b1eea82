"""What a verb is pointed at: a run, a model folder, or a name of the catalog with weights."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from resnets.catalog import look_up
from resnets.errors import ConfigError, FileError
from resnets.spec import FamilySpec, ModelConfig, Network, Spec

from .feeding import feed
from .models import is_model, read_model
from .recognition import check_network, recognise

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Target:
    """A trained network as it was read.

    Args:
        config: architecture, classes and preprocessing.
        state: the weights by our names, on the CPU.
        notes: what was recognised and assumed, for weights in a foreign file.
    """

    config: ModelConfig
    state: dict[str, Tensor]
    notes: tuple[str, ...] = ()


def read_target(
    target: str | Path,
    weights: str | Path | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Target:
    """Read a trained network, wherever its weights are.

    Args:
        target: a run folder, a model folder, or a name of the catalog with ``weights``.
        weights: for a name: a model folder, a file of weights in any known layout, or
            ``pretrained``, see ``recognise``.
        mean, std: of each channel, instead of those that travel with the model.

    Raises:
        ConfigError: a name is unknown or has no weights, or nothing says how the network is fed.
        FileError: the model is refused, or it is for another network than the name says.
    """
    given = {"mean": mean, "std": std}
    changes = {field: tuple(value) for field, value in given.items() if value is not None}
    if is_place(target):
        refuse_weights(weights)
        config, state = read_model(target)
        notes: tuple[str, ...] = ()
    else:
        asked = look_up_target(str(target))
        place = need_weights(str(target), weights)
        if not is_model(place):
            found = recognise(place, asked)
            bare = ModelConfig(
                model=str(target),
                network=found.network,
                classes=found.classes,
                preprocessing=feed(found, mean, std),
                license=found.license,
            )
            return Target(bare, found.state, (found.title, *found.notes))
        config, state = read_model(place)
        check_network(config.network, asked, Path(place))
        notes = ()
    preprocessing = config.preprocessing.replace(**changes)
    return Target(config.replace(preprocessing=preprocessing), state, notes)


def is_place(target: str | Path) -> bool:
    """Say whether a target is meant as a path; a name of the catalog holds no separator."""
    return Path(target).exists() or os.sep in str(target) or isinstance(target, os.PathLike)


def look_up_target(name: str) -> Network:
    """Return the architecture that a target names.

    Raises:
        ConfigError: it is no name, and no folder either.
    """
    try:
        return look_up(name).spec
    except ConfigError as error:
        error.do = (*error.do, "or give a run or model folder; none is there of that name")
        raise


def need_weights(name: str, weights: str | Path | None) -> str | Path:
    """Return the weights for a name.

    Raises:
        ConfigError: there are none.
        FileError: nothing is where they should be.
    """
    from .published import is_published

    if weights is None:
        raise ConfigError(
            "E2504",
            "a name has no weights",
            what=name,
            do=[
                "give --weights FILE, or a run or model folder instead of the name",
                "or --weights pretrained, where torchvision or timm publish some",
            ],
        )
    if not (is_model(weights) or is_published(weights) or Path(weights).exists()):
        raise FileError(
            "E4501",
            "file cannot be opened",
            what=weights,
            where={"option": "--weights"},
            why="no such file or folder",
            do="check the path",
        )
    return weights


def refuse_weights(weights: str | Path | None) -> None:
    """Refuse weights for what has its own.

    Raises:
        ConfigError: there are some.
    """
    if weights is not None:
        raise ConfigError(
            "E2502",
            "the network has weights of its own",
            what=weights,
            where={"option": "--weights"},
            do="leave it out, or give a name of the catalog",
        )


def need_pictures(network: Network) -> None:
    """Refuse a network that does not read pictures where there is nothing else to feed it.

    Raises:
        ConfigError: it reads signals in time or vectors.
    """
    if network.dimensions != 2:
        raise ConfigError(
            "E2661",
            "the network does not read pictures",
            what=f"dimensions = {network.dimensions}",
            where={"field": "network.dimensions"},
            why="data sources and picture files have height and width",
            do="in Python, give the network tensors:  resnets.fit, or net(x)",
        )


def need_spec(net: nn.Module) -> Network:
    """Return the architecture of a network in memory.

    Raises:
        ConfigError: it is not one of ours.
    """
    if isinstance(net, (Spec, FamilySpec)):
        raise ConfigError(
            "E2656",
            "a spec has no weights",
            what=net,
            why="it is a network as data, which can be counted and no more",
            do="build the network:  resnets.build(spec)",
        )
    spec = getattr(net, "spec", None)
    if spec is None:
        raise ConfigError(
            "E2650",
            "the network does not say what it is built of",
            what=type(net).__name__,
            why="it has no spec, which says how many classes and units it has",
            do=[
                "build it with resnets.build or resnets.create_model",
                "or register how its class is walked, and give data:  resnets.analysis.walk",
                "or call the functions of resnets.analysis, which take any module and batches",
            ],
        )
    return cast(Network, spec)


def is_own(net: object) -> bool:
    """Say whether a network without a spec is of a class that has registered how it is walked."""
    if not callable(getattr(net, "parameters", None)) or getattr(net, "spec", None) is not None:
        return False
    from resnets.analysis.walk import walk

    return walk.dispatch(type(net)) is not walk.dispatch(object)
