"""A network beside the batches that it is measured on, cut and sized as a protocol wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import ConfigError, escape
from resnets.spec import DataSpec, ModelConfig, Preprocessing
from resnets.spec.frozen import reject

from .feeding import describe_feed
from .machine import pick_device
from .pairing import pair

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.data import Dataset
    from resnets.evaluation import Evaluation
    from resnets.evaluation.protocols import Protocol

SPLITS = ("test", "validation", "train")


@dataclass(frozen=True)
class Look:
    """How networks are looked at; the fields are options of ``evaluate``."""

    data: str | DataSpec | None = None
    data_dir: str | Path | None = None
    weights: str | Path | None = None
    split: str = "test"
    protocol: str = "single"
    precision: str = "fp32"
    device: str | None = None
    batch_size: int = 256
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None


@dataclass(frozen=True)
class Scene:
    """A network on its device, with a split of its data.

    Args:
        net: the network.
        dataset: the data, fed as the network was trained.
        look: what was asked for.
        crop: side of the views, pixels; None for the whole input.
        side: length of the shorter side of whole pictures; 0 where stored squares are looked at.
        fed: how the network is fed.
        notes: sentences that belong to the figures.
    """

    net: nn.Module
    dataset: Dataset
    look: Look
    crop: int | None
    side: int
    fed: Preprocessing
    notes: tuple[str, ...]

    def batches(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield the split once: images, labels and the samples' numbers."""
        from resnets.data import Feeder

        place, size = next(self.net.parameters()).device, self.look.batch_size
        feeder = Feeder(
            self.dataset,
            min(size, len(self.dataset.train)),
            device=place,
            seed=0,
            augment=False,
            channels_last=place.type != "mps",
        )
        if self.side:
            return feeder.evaluating_whole(self.look.split, size, self.side)
        return feeder.evaluating(self.look.split, size)

    def finish(self, result: Evaluation) -> Evaluation:
        """Say with the figures how the network was fed, and what was left out."""
        skipped = self.dataset.counts.get("skipped", 0)
        return replace(result, notes=self.notes, skipped=skipped, preprocessing=self.fed)


def check_look(look: Look) -> Protocol:
    """Return the protocol, once the options are known to be allowed.

    Raises:
        ConfigError: one is not.
    """
    from resnets.evaluation.protocols import find_protocol

    if look.split not in SPLITS:
        raise reject("split", look.split, list(SPLITS))
    if look.batch_size < 1:
        raise reject("batch_size", look.batch_size, "1 or more")
    return find_protocol(look.protocol)


def open_scene(target: str | Path | nn.Module, look: Look) -> Scene:
    """Load a network and open its data.

    Raises:
        ConfigError, DataError, FileError: as ``evaluate``.
    """
    from resnets.evaluation.views import fit_side

    protocol = check_look(look)
    place = pick_device(look.device or find_device(target))
    memory = 0 if protocol.resizes else None
    found = pair(target, look.weights, look.data, look.data_dir, memory=memory)
    fed = preprocessing = _adjust(found.config.preprocessing, look.mean, look.std)
    told = (*found.notes, f"fed with {describe_feed(fed)}") if found.notes else ()
    notes = (*told, *found.dataset.notes, *_compare(found.config, found.dataset))
    crop = None if look.protocol == "single" else fed.image_size
    if crop is not None:
        preprocessing = _widen(fed, look.protocol)
    dataset = replace(found.dataset, preprocessing=preprocessing)
    check_split(dataset, look.split)
    side = fit_side(protocol.largest, fed.image_size)
    return Scene(found.net.to(place), dataset, look, crop, side, fed, notes)


def check_split(dataset: Dataset, split: str) -> None:
    """Refuse a split that a data set does not have.

    Raises:
        ConfigError: it has no validation split.
    """
    if split == "validation" and dataset.validation is None:
        raise ConfigError(
            "E2503",
            "there is no validation split",
            what=f"split = {split}",
            where={"dataset": dataset.name},
            why="the run held no samples out, and the source has no validation split",
            do="take the test split",
        )


def find_device(target: str | Path | nn.Module) -> str:
    """Return the device that a network is on; the CPU for what is yet to be loaded."""
    parameters = getattr(target, "parameters", None)
    return str(next(parameters()).device) if callable(parameters) else "cpu"


def _compare(config: ModelConfig, dataset: Dataset) -> tuple[str, ...]:
    """Say whether the data is still what the network was trained on."""
    if not config.fingerprint or config.fingerprint == dataset.fingerprint:
        return ()
    return (
        f"not the data that the network was trained on: then {escape(config.trained_on)} with"
        f" fingerprint {config.fingerprint[:16]}, now {escape(dataset.name)} with"
        f" {dataset.fingerprint[:16]}",
    )


def _adjust(
    preprocessing: Preprocessing, mean: Sequence[float] | None, std: Sequence[float] | None
) -> Preprocessing:
    given = {"mean": mean, "std": std}
    return preprocessing.replace(**{k: tuple(v) for k, v in given.items() if v is not None})


def _widen(preprocessing: Preprocessing, protocol: str) -> Preprocessing:
    """Feed the whole stored square, from which the protocol cuts its views."""
    if preprocessing.resize == preprocessing.image_size:
        return preprocessing
    if len(preprocessing.mean) > preprocessing.channels:
        raise ConfigError(
            "E2505",
            "views cannot be cut where a mean belongs to each pixel",
            what=f"protocol = {protocol}",
            why=f"the mean image has {preprocessing.image_size} pixels a side, the stored square"
            f" {preprocessing.resize}",
            do="evaluate with the single protocol",
        )
    return preprocessing.replace(image_size=preprocessing.resize)
