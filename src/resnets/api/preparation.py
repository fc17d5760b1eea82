"""From a run to everything that its training needs: data, batches, network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.analysis import count
from resnets.errors import ConfigError, DataError
from resnets.spec import FamilySpec, Preprocessing, Run, count_steps

from .models import read_model
from .recognition import recognise
from .targets import is_model

if TYPE_CHECKING:
    import torch

    from resnets.data import Dataset, Feeder
    from resnets.networks import Network
    from resnets.training import Execution, State


@dataclass(frozen=True)
class Material:
    """What a run is made of.

    Args:
        dataset: what is learnt.
        feeder: its batches.
        total: steps of the whole run.
        every: steps between two checkpoints.
    """

    dataset: Dataset
    feeder: Feeder
    total: int
    every: int


def check_fit(run: Run, dataset: Dataset) -> None:
    """Refuse a network whose classes or sizes are not the data's, or that needs larger pictures.

    Raises:
        ConfigError: both numbers are named.
    """
    size = dataset.preprocessing.image_size
    pairs = (
        ("num_classes", run.network.num_classes, len(dataset.classes), "classes"),
        ("in_chans", run.network.in_chans, dataset.preprocessing.channels, "channels"),
        ("dimensions", run.network.dimensions, 2, "dimensions"),
        ("image_size", getattr(run.network, "image_size", size), size, "pixels a side"),
    )
    for name, given, needed, word in pairs:
        if given != needed:
            raise ConfigError(
                "E2404",
                "the network does not fit the data",
                what=f"network.{name} = {given}",
                where={"field": f"network.{name}"},
                why=f"{dataset.name} has {needed} {word}",
                do=f"set network.{name} to {needed}",
            )
    if isinstance(run.network, FamilySpec):
        _check_room(run.network, dataset.preprocessing)


def _check_room(network: FamilySpec, rules: Preprocessing) -> None:
    """Refuse pictures that are too small for a network, and say which are not."""
    side, natural = rules.image_size, network.natural_size
    try:
        network.plan().check((rules.channels, side, side))
    except ConfigError as error:
        raise ConfigError(
            error.code,
            error.title,
            what=error.what,
            where={"pictures": f"{side}×{side}"},
            why=f"the network was designed for {natural}×{natural}",
            do=f"give larger pictures:  --image-size {natural}",
        ) from None


def count_work(run: Run, dataset: Dataset) -> int:
    """Count the multiply-adds of the forward pass over one batch."""
    size = dataset.preprocessing.image_size
    return count(run.network, size).macs * run.recipe.batch_size


def digest_splits(dataset: Dataset) -> dict[str, str]:
    """Return the sha256 of the labels of every split, in order; the fingerprint knows no splits."""
    splits = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    return {
        name: hashlib.sha256(split.labels.numpy().tobytes()).hexdigest()
        for name, split in splits.items()
        if split is not None
    }


def check_same(facts: Mapping[str, Any], dataset: Dataset, path: Path) -> None:
    """Refuse data that is not what a run began with.

    Args:
        facts: content of ``run.json``.
        dataset: what was opened now.
        path: the run folder.

    Raises:
        DataError: fingerprint or splits differ.
    """
    now = {"fingerprint": dataset.fingerprint, "splits": digest_splits(dataset)}
    different = [key for key, value in now.items() if facts.get(key) != value]
    if different:
        raise DataError(
            "E3901",
            "the data is not what the run began with",
            what=dataset.name,
            where={"run": path},
            why=f"its {different[0]} is {now[different[0]]}, not {facts.get(different[0])}"[:300],
            do=["give the folder of the original data:  --data-dir", "or start another run"],
        )


def prepare(
    run: Run,
    dataset: Dataset,
    device: torch.device,
    execution: Execution,
    workers: int,
    checkpoint_every: str,
) -> Material:
    """Return batches and lengths of a run.

    Raises:
        ConfigError: a length comes to no step, or the recipe changes colours that are not there.
    """
    from resnets.data import Feeder, apply_recipe
    from resnets.training import total_steps

    channels = dataset.preprocessing.channels
    augmentation = apply_recipe(dataset.augmentation, run.recipe, channels)
    feeder = Feeder(
        replace(dataset, augmentation=augmentation),
        run.recipe.batch_size,
        device=device,
        seed=run.seed,
        augment=run.recipe.augment == "source",
        channels_last=execution.channels_last,
        workers=workers,
    )
    total = total_steps(run.recipe, feeder.steps_per_epoch)
    every = count_steps(checkpoint_every, feeder.steps_per_epoch, total)
    if every < 1:
        raise ConfigError(
            "E2403",
            "checkpoints have no distance",
            what=f"checkpoint_every = {checkpoint_every!r}",
            where={"option": "--checkpoint-every"},
            why=f"an epoch has {feeder.steps_per_epoch:,} steps",
            do="give a length of one step or more, such as 1ep or 500it",
        )
    return Material(dataset, feeder, total, every)


def build_network(run: Run, dataset: Dataset) -> tuple[Network, tuple[str, ...]]:
    """Build the network of a run with the weights that training starts from.

    Returns:
        The network, and what has to be said of those weights.

    Raises:
        FileError: the weights of ``run.init`` are refused.
        MachineError: published weights are not to be had.
    """
    from resnets.networks import build

    net = build(run.network, seed=run.seed)
    return net, _load_init(net, run, dataset.classes) if run.init else ()


def _load_init(net: Network, run: Run, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Load weights to start from; the classifier is kept only if it is for the same classes.

    A bare weight file names no classes, so there the shape of the classifier decides. Weights for
    other input channels are made to fit, since nobody trains a stem for grey pictures anew.
    """
    from resnets.weights import adapt_channels, head_names, load_state

    notes: tuple[str, ...] = ()
    if is_model(run.init):
        config, state = read_model(run.init)
        fresh = config.classes != classes
    else:
        found = recognise(run.init, run.network)
        state, own, notes = found.state, net.state_dict(), (found.title, *found.notes)
        head = head_names(net)
        fresh = any(n not in state or state[n].shape != own[n].shape for n in head)
    state, note = adapt_channels(state, net)
    load_state(net, state, ignore_head=fresh)
    said = (*notes, note, "the classifier starts fresh" if fresh else "")
    return tuple(f"init: {text}" for text in said if text)


def start(run: Run, net: Network, device: torch.device, execution: Execution) -> State:
    """Return the state of a run before its first step, on its device."""
    from resnets.training import place, start_state

    return start_state(place(net, execution, device), run.recipe)


def count_bytes(state: State) -> int:
    """Return the size of one checkpoint, in bytes, a little too large rather than too small."""
    tensors = [*state.net.state_dict().values()]
    tensors += [buffer for kept in state.optimizer.state.values() for buffer in kept.values()]
    if state.average is not None:
        tensors += state.average.net.state_dict().values()
    return sum(t.numel() * t.element_size() for t in tensors) + 300 * len(tensors) + 65_536
