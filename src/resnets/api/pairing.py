"""A trained network and the data that it is measured on, checked to belong together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import ConfigError, FileError
from resnets.spec import DataSpec, ModelConfig, Preprocessing

from .models import create_model, load, read_model_config

if TYPE_CHECKING:
    from torch import nn

    from resnets.data import Dataset

DirLike = str | Path | None


@dataclass(frozen=True)
class Pair:
    """A network with data of its classes, in the size that its preprocessing crops from.

    Args:
        net: the network, with its weights.
        config: what travels with the weights; the data's preprocessing for bare weights.
        dataset: the data.
    """

    net: nn.Module
    config: ModelConfig
    dataset: Dataset


def pair(
    target: str | Path | nn.Module,
    weights: str | Path | None,
    data: str | DataSpec | None,
    data_dir: DirLike,
) -> Pair:
    """Load a network and open the data that it is measured on.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network.
        weights: for a name: a model folder or a ``.safetensors`` file.
        data: the source; None takes the one that the network was trained on.
        data_dir: where the data's files are looked for first; None takes where the run found them.

    Raises:
        ConfigError: a name is unknown or has no weights, or nothing says which data to take.
        DataError: the data is refused.
        FileError: the model is refused, or it is for other pictures or classes than the data has.
    """
    if isinstance(target, (str, Path, os.PathLike)) and not _is_folder(target):
        found = _pair_name(str(target), weights, data, data_dir)
    elif weights is not None:
        raise ConfigError(
            "E2502",
            "the network has weights of its own",
            what=weights,
            where={"option": "--weights"},
            do="leave it out, or give a name of the catalog",
        )
    elif isinstance(target, (str, Path, os.PathLike)):
        config = read_model_config(target)
        wanted, data_dir = _choose_data(Path(target), config, data, data_dir)
        found = Pair(load(target), config, _open(wanted, data_dir, config.preprocessing))
    else:
        found = _pair_network(target, data, data_dir)
    _check_classes(found.config, found.dataset)
    return found


def _is_folder(target: str | Path) -> bool:
    """Say whether a target is meant as a path; a name of the catalog holds no separator."""
    return Path(target).exists() or os.sep in str(target) or isinstance(target, os.PathLike)


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


def _pair_network(net: nn.Module, data: str | DataSpec | None, data_dir: DirLike) -> Pair:
    """Open data for a network in memory; one that ``load`` answered knows its own."""
    config: ModelConfig | None = getattr(net, "config", None)
    wanted = _want(data, config, "the network does not say what it was trained on")
    dataset = _open(wanted, data_dir, config.preprocessing if config else None)
    bare = ModelConfig(network=net.spec, preprocessing=dataset.preprocessing)
    return Pair(net, config or bare, dataset)


def _pair_name(
    name: str,
    weights: str | Path | None,
    data: str | DataSpec | None,
    data_dir: DirLike,
) -> Pair:
    """Build a network of the catalog for data, and load weights into it."""
    from resnets.catalog import look_up

    spec = look_up(name).spec
    if weights is None:
        raise ConfigError(
            "E2504",
            "a name has no weights",
            what=name,
            do="give --weights FILE, or a run or model folder instead of the name",
        )
    config = read_model_config(weights) if Path(weights).is_dir() else None
    wanted = _want(
        data, config, f"{name} is a name, and {weights} does not say what it was trained on"
    )
    dataset = _open(wanted, data_dir, config.preprocessing if config else None)
    classes, channels = len(dataset.classes), dataset.preprocessing.channels
    net = create_model(name, weights=weights, num_classes=classes, in_chans=channels)
    if config is None:
        sizes = {"num_classes": classes, "in_chans": channels}
        config = ModelConfig(network=spec.replace(**sizes), preprocessing=dataset.preprocessing)
    return Pair(net, config, dataset)


def _open(
    data: DataSpec, data_dir: str | Path | None, preprocessing: Preprocessing | None
) -> Dataset:
    """Open data in the size that a model's preprocessing crops from."""
    from resnets.data import open_dataset

    place = None if data_dir is None else Path(data_dir)
    if preprocessing is None:
        return open_dataset(data, place)
    # Photographs are stored 8/7 larger than the input, small pictures in its very size.
    for size in (preprocessing.image_size, preprocessing.resize):
        dataset = open_dataset(data.replace(image_size=size), place)
        found = dataset.preprocessing
        if (found.channels, found.resize) == (preprocessing.channels, preprocessing.resize):
            return dataset
    raise FileError(
        "E4522",
        "the network is for other pictures than the data has",
        what=f"channels: {preprocessing.channels}; resized to {preprocessing.resize} pixels",
        where={"dataset": data.name},
        why=f"the data has channels: {found.channels}; stored with {found.resize} pixels",
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
