"""A trained network and the data that it is measured on, checked to belong together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ConfigError, FileError
from resnets.spec import DataSpec, ModelConfig, Network, Preprocessing

from .models import build, create_model, load, read_model_config
from .recognition import check_network, recognise
from .targets import (
    is_model,
    is_place,
    look_up_target,
    need_pictures,
    need_spec,
    need_weights,
    refuse_weights,
)

if TYPE_CHECKING:
    from torch import nn

    from resnets.data import Dataset

DirLike = str | Path | None


@dataclass(frozen=True)
class Pair:
    """A network with data of its classes, in the size that its preprocessing crops from.

    Args:
        net: the network, with its weights.
        config: what travels with the weights; for a file the preprocessing of its layout, and
            where nobody knows that, the data's.
        dataset: the data.
        notes: what was recognised and assumed, for weights in a foreign file.
    """

    net: nn.Module
    config: ModelConfig
    dataset: Dataset
    notes: tuple[str, ...] = ()


def pair(
    target: str | Path | nn.Module,
    weights: str | Path | None,
    data: str | DataSpec | None,
    data_dir: DirLike,
    *,
    memory: int | None = None,
) -> Pair:
    """Load a network and open the data that it is measured on.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network.
        weights: for a name: a model folder, or a file of weights in any known layout.
        data: the source; None takes the one that the network was trained on.
        data_dir: where the data's files are looked for first; None takes where the run found them.
        memory: bytes up to which pictures are kept in memory, as the squares that the network is
            trained on; 0 keeps files as they are, None takes the default.

    Raises:
        ConfigError: a name is unknown or has no weights, or nothing says which data to take.
        DataError: the data is refused.
        FileError: the model is refused, or it is for other pictures or classes than the data has.
    """
    if isinstance(target, (str, Path, os.PathLike)) and not is_place(target):
        found = _pair_name(str(target), weights, data, data_dir, memory)
        _check_classes(found.config, found.dataset)
        return found
    refuse_weights(weights)
    if isinstance(target, (str, Path, os.PathLike)):
        config = read_model_config(target)
        need_pictures(config.network)
        wanted, data_dir = _choose_data(Path(target), config, data, data_dir)
        dataset = _open(wanted, data_dir, config.preprocessing, memory)
        found = Pair(load(target), config, dataset)
    else:
        found = _pair_network(target, data, data_dir, memory)
    _check_classes(found.config, found.dataset)
    return found


def _choose_data(
    target: Path, config: ModelConfig, data: str | DataSpec | None, data_dir: str | Path | None
) -> tuple[DataSpec, str | Path | None]:
    """Return the data that was asked for, or that of the run, or that the model names."""
    if data is not None:
        return _want(data, None, ""), data_dir
    if (target / "run.json").exists():
        from resnets.training import read_folder

        found = read_folder(target)
        return found.run.data, data_dir if data_dir is not None else found.facts.get("data_dir")
    return _want(None, config, f"{target} does not say what it was trained on"), data_dir


def _want(data: str | DataSpec | None, config: ModelConfig | None, why: str) -> DataSpec:
    """Return the data that was asked for, or what the network was trained on, split alike."""
    wanted = data if data is not None else config.data if config else None
    if wanted is None:
        raise _no_data(why)
    return DataSpec(name=wanted) if isinstance(wanted, str) else wanted


def _pair_network(
    net: nn.Module, data: str | DataSpec | None, data_dir: DirLike, memory: int | None
) -> Pair:
    """Open data for a network in memory; one that ``load`` answered knows its own."""
    config: ModelConfig | None = getattr(net, "config", None)
    spec = need_spec(net)
    need_pictures(spec)
    wanted = _want(data, config, "the network does not say what it was trained on")
    dataset = _open(wanted, data_dir, config.preprocessing if config else None, memory)
    bare = ModelConfig(network=spec, preprocessing=dataset.preprocessing)
    return Pair(net, config or bare, dataset)


def _pair_name(
    name: str,
    weights: str | Path | None,
    data: str | DataSpec | None,
    data_dir: DirLike,
    memory: int | None,
) -> Pair:
    """Build a network of the catalog for data, and load weights into it."""
    from resnets.weights import load_state

    spec = look_up_target(name)
    place = need_weights(name, weights)
    config = read_model_config(place) if is_model(place) else None
    why = f"{name} is a name, and {place} does not say what it was trained on"
    wanted = _want(data, config, why)
    if config is not None:
        check_network(config.network, spec, Path(place))
        dataset = _open(wanted, data_dir, config.preprocessing, memory)
        _check_classes(config, dataset)
        net = create_model(name, weights=place, **_sizes(spec, dataset))
        return Pair(net, config, dataset)
    found = recognise(place, spec)
    dataset = _open(wanted, data_dir, found.preprocessing, memory)
    net = build(found.network.replace(**_sizes(found.network, dataset)))
    load_state(net, found.state)
    preprocessing = found.preprocessing or dataset.preprocessing
    config = ModelConfig(model=name, network=net.spec, preprocessing=preprocessing)
    return Pair(net, config, dataset, (found.title, *found.notes))


def open_for_own(data: str | DataSpec | None, data_dir: DirLike) -> Dataset:
    """Open data for a network that says nothing about itself, in the data's own size.

    Raises:
        ConfigError: no data was asked for.
        DataError: the data is refused.
    """
    wanted = _want(data, None, "the network does not say what it was trained on")
    return _open(wanted, data_dir, None, None)


def _sizes(spec: Network, dataset: Dataset) -> dict[str, Any]:
    """Return the sizes of a network that its data decides."""
    known = {
        "num_classes": len(dataset.classes),
        "in_chans": dataset.preprocessing.channels,
        "image_size": dataset.preprocessing.image_size,
    }
    return {field: known[field] for field in known.keys() & type(spec).model_fields.keys()}


def _open(
    data: DataSpec,
    data_dir: str | Path | None,
    preprocessing: Preprocessing | None,
    memory: int | None,
) -> Dataset:
    """Open data in the size that a model's preprocessing crops from."""
    from resnets.data import open_dataset
    from resnets.data.opening import MEMORY

    place = None if data_dir is None else Path(data_dir)
    limit = MEMORY if memory is None else memory
    if preprocessing is None:
        return open_dataset(data, place, memory=limit)
    # Photographs are stored 8/7 larger than the input, small pictures in its very size; others
    # resize to what they like.
    wanted = preprocessing.image_size, preprocessing.resize, round(preprocessing.resize * 7 / 8)
    stored = []
    for size in wanted:
        dataset = open_dataset(data.replace(image_size=size), place, memory=limit)
        found = dataset.preprocessing
        if (found.channels, found.resize) == (preprocessing.channels, preprocessing.resize):
            return dataset
        stored.append(found)
    raise FileError(
        "E4522",
        "the network is for other pictures than the data has",
        what=f"channels: {preprocessing.channels}; resized to {preprocessing.resize} pixels",
        where={"dataset": data.name},
        why=f"the data has channels: {stored[0].channels}; stored with {stored[0].resize} pixels",
        do="evaluate on the data that the network was made for",
    )


def _check_classes(config: ModelConfig, dataset: Dataset) -> None:
    if not config.classes or config.classes == dataset.classes:
        return
    pairs = zip(config.classes, dataset.classes, strict=False)
    first = next((f"{a!r} there, {b!r} here" for a, b in pairs if a != b), "one ends earlier")
    raise FileError(
        "E4521",
        "the network is for other classes than the data has",
        what=f"{len(config.classes)} classes of the network, {len(dataset.classes)} of the data",
        where={"trained on": config.trained_on, "evaluated on": dataset.name},
        why=f"first difference: {first}",
        do="evaluate on data with the network's classes, in the same order",
    )


def _no_data(why: str) -> ConfigError:
    do = "give --data, for example --data cifar10"
    return ConfigError(
        "E2506", "nothing says which data", where={"option": "--data"}, why=why, do=do
    )
