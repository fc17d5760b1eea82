"""Networks taken apart: what is analysed, and the folder that an analysis leaves."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from resnets.catalog import find_name
from resnets.errors import FileError
from resnets.spec import DataSpec, FamilySpec, Network, Spec, encode
from resnets.spec.request import slug

from .limits import check_count, check_seed
from .looking import find_device
from .machine import pick_device
from .outputs import check_free, check_place
from .pairing import open_for_own, pair
from .targets import is_own, refuse_weights

if TYPE_CHECKING:
    import torch
    from torch import nn

    from resnets.data import Dataset, Feeder

KEY = re.compile("[0-9a-f]{12}")


@dataclass(frozen=True)
class Subject:
    """A network and its data, both on their device and ready to be analysed.

    Args:
        name: of the run, folder or catalog entry, for titles.
        net: the network, with its weights.
        dataset: the data that it was trained on, or that was asked for.
        feeder: its batches, without augmentation.
        notes: sentences that belong to every figure.
    """

    name: str
    net: nn.Module
    dataset: Dataset
    feeder: Feeder
    notes: tuple[str, ...] = ()

    @property
    def device(self) -> torch.device:
        """Where both are."""
        return self.feeder.device

    def sample(self, split: str, count: int, seed: int) -> Feeder:
        """Return a feeder in which a split has random images only.

        Args:
            split: ``train``, ``validation`` or ``test``.
            count: how many; all, where there are no more.
            seed: of the choice.
        """
        from resnets.data import Feeder
        from resnets.data.randomness import make_key, sort_randomly

        whole = self.dataset.split(split)
        if count >= len(whole):
            return self.feeder
        chosen = sort_randomly(make_key(f"analysis/{split}", seed), len(whole))[:count]
        part = whole.select(chosen.sort().values)
        return Feeder(
            replace(self.dataset, **{split: part}),  # type: ignore[arg-type]
            min(self.feeder.batch_size, len(part)),
            device=self.device,
            seed=seed,
            augment=False,
            channels_last=self.device.type != "mps",
        )

    def describe(self) -> dict[str, Any]:
        """Return what was analysed, and with which versions, as JSON data."""
        from resnets.training import describe_environment

        return {
            "subject": self.name,
            "network": describe_network(self.net),
            "data": self.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "notes": list(self.notes),
            **describe_environment(self.device),
        }


def open_subject(
    target: str | Path | nn.Module,
    data: str | DataSpec | None = None,
    *,
    weights: str | Path | None = None,
    data_dir: str | Path | None = None,
    seed: int = 0,
    device: str | None = None,
    batch_size: int = 250,
) -> Subject:
    """Load a network and open its data.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network;
            one of the user's own class that is registered with ``walk`` needs ``data``.
        data: the source; None takes the one that the network was trained on, with its splits.
        weights: for a name: a model folder, or a file of weights in any known layout.
        data_dir: where the data's files are looked for first.
        seed: of the order in which training batches come.
        device: as in ``evaluate``; None takes the CPU, and for a network where it is.
        batch_size: images in a batch.

    Raises:
        ConfigError: a name or option is not allowed, or nothing says which data to take.
        DataError: the data is refused.
        FileError: the model is refused, or it is for other classes than the data has.
    """
    check_count("batch_size", batch_size)
    check_seed(seed)
    place = pick_device(device or find_device(target))
    net, dataset, notes = _open(target, data, weights, data_dir)
    from resnets.data import Feeder

    feeder = Feeder(
        dataset,
        min(batch_size, len(dataset.train)),
        device=place,
        seed=seed,
        augment=False,
        channels_last=place.type != "mps",
    )
    notes = (*notes, *dataset.notes)
    return Subject(name_subject(target), net.to(place), dataset, feeder, notes)


def _open(
    target: str | Path | nn.Module,
    data: str | DataSpec | None,
    weights: str | Path | None,
    data_dir: str | Path | None,
) -> tuple[nn.Module, Dataset, tuple[str, ...]]:
    """Return network, data and what has to be said of the weights."""
    if is_own(target):
        refuse_weights(weights)
        dataset = open_for_own(data, data_dir)
        _check_outputs(_count_outputs(cast(Any, target), dataset), dataset)
        return cast(Any, target), dataset, ()
    found = pair(target, weights, data, data_dir)
    dataset = replace(found.dataset, preprocessing=found.config.preprocessing)
    _check_outputs(found.config.network.num_classes, dataset)
    return found.net, dataset, found.notes


def _count_outputs(net: nn.Module, dataset: Dataset) -> int:
    """Return how many logits a network answers to a picture of the data."""
    import torch

    from resnets.evaluation import evaluating

    fed = dataset.preprocessing
    with evaluating(net), torch.no_grad():
        image = torch.zeros(1, fed.channels, fed.image_size, fed.image_size)
        return len(net(image.to(find_device(net)))[0])


def describe_network(net: nn.Module) -> dict[str, Any]:
    """Return a network as JSON data: its spec, or the name of a class of the user's own."""
    return {"class": type(net).__name__} if is_own(net) else encode(cast(Any, net).spec)


def name_subject(target: str | Path | nn.Module | Network) -> str:
    """Return what a subject is called: the last word of its path, its name, or its class.

    A study calls its runs by their keys; before one of those stands its network.
    """
    if isinstance(target, (Spec, FamilySpec)):
        return find_name(target) or type(target).__name__
    if not isinstance(target, (str, Path, os.PathLike)):
        return type(target).__name__
    if not Path(target).exists():
        return str(target)
    name = Path(target).resolve().name
    model = _read_model(Path(target)) if KEY.fullmatch(name) else ""
    return f"{model}-{name}" if model else name


def _read_model(folder: Path) -> str:
    from resnets.training.folder import CONFIG
    from resnets.training.sealed import parse_table
    from resnets.weights import read_file

    path = folder / CONFIG
    try:
        return str(parse_table(read_file(path), path).get("model", ""))
    except FileError:
        return ""


def name_output(analysis: str, *targets: str | Path) -> str:
    """Return the folder of an analysis that was given none: ``analysis/<subject>-<analysis>``."""
    return "analysis/" + "-".join([*(slug(name_subject(t)) for t in targets), analysis])


def check_output(path: str | Path) -> None:
    """Refuse a place for a folder before anything is computed for it.

    Raises:
        ConfigError: something is there, or a file stands where one of its parents should be.
    """
    check_place(check_free(path))


def _check_outputs(outputs: int, dataset: Dataset) -> None:
    if outputs != len(dataset.classes):
        raise FileError(
            "E4651",
            "network and data have different classes",
            what=f"outputs: {outputs}; classes: {len(dataset.classes)}",
            where={"dataset": dataset.name},
            do="analyse on the data that the network was made for",
        )
