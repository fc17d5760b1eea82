"""From the data of a run, as written, to a data set that is ready to train on."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import torch

from resnets.errors import ConfigError, DataError
from resnets.spec import DataSpec, Preprocessing

from .dataset import Dataset, Images, ResidentImages, Source, Split
from .geometry import crop_center, to_square
from .sources.digits import open_digits
from .sources.folder import open_folder
from .sources.known import KNOWN
from .sources.named import open_named
from .sources.parquet import open_parquet
from .sources.shapeset import open_shapeset
from .splits import pick_part
from .threads import map_in_threads

MEMORY = 2 * 2**30
_TEST_SHARE = 0.2


def open_dataset(
    spec: DataSpec,
    data_dir: Path | None = None,
    normalize: str = "mean-std",
    memory: int = MEMORY,
) -> Dataset:
    """Open the data of a run: find it, decode it, split it, measure its mean and std.

    Args:
        spec: which data, and how it is split.
        data_dir: where to look before anything is downloaded; None takes the variable
            ``RESNETS_DATA``, if it is set.
        normalize: ``mean-std`` by channel, or ``pixel-mean``: the mean image is subtracted and
            values stay 0 … 1 (Deep Residual Learning, 4.2).
        memory: bytes up to which pictures of a folder or table are kept decoded in memory. Larger
            data is decoded while it is used; the pictures are the same.

    Returns:
        Training, test and perhaps validation split, with all that travels with a model.

    Raises:
        ConfigError: a part cannot be taken, or a field does not fit the source.
        DataError: the data is not there, damaged or not arranged as it must be.
        MachineError: a file may not be read.
    """
    if data_dir is None and os.environ.get("RESNETS_DATA"):
        data_dir = Path(os.environ["RESNETS_DATA"])
    source = _make_splits(_resize(_open_source(spec, data_dir, memory), spec), spec)
    splits = dict(source.splits)
    notes = source.notes
    if spec.holdout:
        if "validation" in splits:
            raise ConfigError(
                "E2303",
                "the data has a validation split of its own",
                what=f"holdout = {spec.holdout}",
                where={"field": "data.holdout", "dataset": spec.name},
                do="set holdout to 0",
            )
        train = splits["train"]
        rest, part = pick_part(
            train.labels, spec.holdout, spec.split_seed, source.classes, "data.holdout"
        )
        splits |= {"train": train.select(rest), "validation": train.select(part)}
        notes = (*notes, f"validation by seed {spec.split_seed}, stratified: {len(rest):,} / "
                         f"{len(part):,}")  # fmt: skip
    return Dataset(
        name=spec.name,
        classes=source.classes,
        train=splits["train"],
        validation=splits.get("validation"),
        test=splits["test"],
        preprocessing=_measure(source, splits["train"], normalize),
        augmentation=source.augmentation,
        fingerprint=source.fingerprint,
        notes=notes,
        counts=source.counts,
    )


def _open_source(spec: DataSpec, data_dir: Path | None, memory: int) -> Source:
    kind, _, path = spec.name.partition(":")
    if kind == "digits":
        return open_digits()
    if kind == "shapeset":
        return open_shapeset(spec.split_seed)
    if kind == "folder":
        return open_folder(Path(path).expanduser(), spec, memory)
    if kind == "parquet":
        return open_parquet(Path(path).expanduser(), spec, memory)
    if data_dir is not None and not data_dir.is_dir():
        raise DataError(
            "E3001",
            "no such data folder",
            what=data_dir,
            where={"option": "--data-dir", "variable": "RESNETS_DATA"},
            do="check the path",
        )
    if kind in KNOWN:
        return open_named(spec, data_dir)
    base = data_dir or Path()
    places = [base / "imagenet", base / "ILSVRC2012", base]
    root = next((place for place in places if (place / "train").is_dir()), None)
    if root is None:
        raise DataError(
            "E3007",
            "ImageNet is not there",
            what=base,
            where={"option": "--data-dir"},
            why="no train/ in it, nor in imagenet/; it may not be downloaded without an account",
            do="arrange it as train/<class>/*.JPEG and val/<class>/*.JPEG",
        )
    return open_folder(root, spec, memory)


def _resize(source: Source, spec: DataSpec) -> Source:
    """Give pictures of a fixed size the one that was asked for, once and for all."""
    size = spec.image_size
    if size is None or size == source.image_size:
        return source
    splits = {}
    for name, split in source.splits.items():
        pixels = split.images.read(torch.arange(len(split))).permute(0, 2, 3, 1).numpy()
        stored = torch.empty(len(pixels), size, size, pixels.shape[3], dtype=torch.uint8)
        for row, square in enumerate(map_in_threads(lambda image: to_square(image, size), pixels)):
            stored[row] = torch.from_numpy(square)
        splits[name] = Split(ResidentImages(stored), split.labels, split.names)
    pad = round(source.augmentation.pad * size / source.image_size)
    return replace(
        source,
        splits=splits,
        image_size=size,
        stored_size=size,
        augmentation=replace(source.augmentation, pad=pad),
    )


def _make_splits(source: Source, spec: DataSpec) -> Source:
    """Split a source that comes without splits: a fifth for the test, by seed, stratified."""
    if "all" not in source.splits:
        return source
    whole = source.splits["all"]
    count = math.ceil(len(whole) * _TEST_SHARE)
    # 1,797 digits become 1,437 and 360; a class keeps one image at least on each side.
    count = max(count, int((torch.bincount(whole.labels) > 0).sum()))
    rest, part = pick_part(whole.labels, count, spec.split_seed, source.classes, "data.split_seed")
    note = f"split by seed {spec.split_seed}, stratified: {len(rest):,} / {len(part):,}"
    return source.replace_splits({"train": whole.select(rest), "test": whole.select(part)}, note)


def _measure(source: Source, train: Split, normalize: str) -> Preprocessing:
    """Fill in mean and std: published ones, or those of the training split, counted exactly."""
    channels = train.images.shape[0]
    size, images = source.image_size, train.images
    if normalize not in ("mean-std", "pixel-mean"):
        raise ConfigError(
            "E2304",
            "value is not allowed",
            what=f"normalize = {normalize!r}",
            do="allowed: mean-std, pixel-mean",
        )
    if normalize == "pixel-mean":
        if not isinstance(images, ResidentImages):
            raise ConfigError(
                "E2305",
                "the mean image needs the data in memory",
                what="normalize = 'pixel-mean'",
                where={"field": "recipe.normalize"},
                do="use mean-std",
            )
        # In parts, which is a hundred times faster here than one sum; integers, so exact.
        parts = [part.sum(0, dtype=torch.int32) for part in images.stored.split(1000)]
        sums = torch.stack(parts).sum(0, dtype=torch.int64).permute(2, 0, 1)
        mean = (crop_center(sums, size).double() / (255 * len(images))).flatten()
        std = torch.ones(channels, dtype=torch.float64)
    elif source.constants is not None:
        mean, std = (torch.tensor(values, dtype=torch.float64) for values in source.constants)
    else:
        mean, std = _count_moments(images)
    return Preprocessing(
        channels=channels,
        image_size=size,
        resize=source.stored_size,
        mean=tuple(mean.tolist()),
        std=tuple(std.tolist()),
    )


def _count_moments(images: Images) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and std of each channel, 0 … 1, from exact integer counts of the 256 values."""
    values = torch.arange(256, dtype=torch.float64) / 255
    moments = []
    for channel in images.read(torch.arange(len(images))).transpose(0, 1).flatten(1):
        share = torch.bincount(channel, minlength=256).double() / len(channel)
        mean = (share * values).sum()
        moments.append((mean, ((values - mean) ** 2 * share).sum().sqrt()))
    mean, std = (torch.stack(column) for column in zip(*moments, strict=True))
    return mean, std.clamp_min(1 / 255)
