"""A trained network measured on data, fed as it was trained to be fed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import ConfigError, escape
from resnets.spec import DataSpec, ModelConfig, Preprocessing
from resnets.spec.frozen import reject

from .machine import pick_device
from .pairing import pair

if TYPE_CHECKING:
    from torch import nn

    from resnets.data import Dataset
    from resnets.evaluation import Evaluation

SPLITS = ("test", "validation", "train")


def evaluate(
    target: str | Path | nn.Module,
    data: str | DataSpec | None = None,
    *,
    data_dir: str | Path | None = None,
    weights: str | Path | None = None,
    split: str = "test",
    protocol: str = "single",
    precision: str = "fp32",
    device: str | None = None,
    batch_size: int = 256,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Evaluation:
    """Measure a network on a split, every image once.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network.
        data: the source; None takes the one that the network was trained on, with its splits.
        data_dir: where the data's files are looked for first; None takes where the run found them.
        weights: for a name: a model folder or a ``.safetensors`` file.
        split: ``test``, ``validation`` or ``train``.
        protocol: ``single``, or ``ten-crop``: the views are cut out of the whole stored square.
        precision: ``fp32``, or ``bf16`` for autocast.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``; None takes the CPU, and for a
            network the device that it is on.
        batch_size: images in a batch; the figures do not depend on it but for rounding.
        mean, std: of each channel, 0 … 1, instead of those that travel with the model.

    Returns:
        The figures. Its ``notes`` say how the data was split, and whether it is still the data
        that the network was trained on.

    Raises:
        ConfigError: a name, split or option is not allowed, or nothing says which data to take.
        DataError: the data is refused.
        FileError: the model is refused, or it is for other classes than the data has.
    """
    if split not in SPLITS:
        raise reject("split", split, list(SPLITS))
    if batch_size < 1:
        raise reject("batch_size", batch_size, "1 or more")
    place = pick_device(device or _find_device(target))
    found = pair(target, weights, data, data_dir)
    config, dataset = found.config, found.dataset
    preprocessing = _adjust(config.preprocessing, mean, std)
    notes = (*dataset.notes, *_compare(config, dataset))
    crop = None if protocol == "single" else preprocessing.image_size
    if crop is not None:
        preprocessing = _widen(preprocessing, protocol)
    dataset = replace(dataset, preprocessing=preprocessing)
    if split == "validation" and dataset.validation is None:
        raise ConfigError(
            "E2503",
            "there is no validation split",
            what=f"split = {split}",
            where={"dataset": dataset.name},
            why="the run held no samples out, and the source has no validation split",
            do="evaluate the test split",
        )
    from resnets import evaluation
    from resnets.data import Feeder

    feeder = Feeder(
        dataset,
        min(batch_size, len(dataset.train)),
        device=place,
        seed=0,
        augment=False,
        channels_last=place.type != "mps",
    )
    result = evaluation.evaluate(
        found.net.to(place),
        feeder.evaluating(split, batch_size),
        dataset.classes,
        precision=precision,
        protocol=protocol,
        crop=crop,
    )
    return replace(result, notes=notes, skipped=dataset.counts.get("skipped", 0))


def _find_device(target: str | Path | nn.Module) -> str:
    parameters = getattr(target, "parameters", None)
    return str(next(parameters()).device) if parameters else "cpu"


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
