"""``parquet:PATH``, and a named data set found as Parquet files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from resnets.data.cache import hash_file
from resnets.data.dataset import Images, ResidentImages, Source, Split, number
from resnets.data.encoded import EncodedImages
from resnets.data.files import unreadable
from resnets.data.findings import from_fault
from resnets.data.formats import ImageFault
from resnets.data.listing import check_root
from resnets.data.parquet import ParquetSplit, find_splits, index_labels
from resnets.data.rows import decode_rows, drop_rows, find_common_size, inspect_rows, pack_rows
from resnets.data.survey import find_missing, refuse_first, tolerate
from resnets.errors import DataError
from resnets.spec import DataSpec

from .folder import IMAGENET, choose_sizes
from .known import Known


def open_parquet(root: Path, spec: DataSpec, memory: int) -> Source:
    """Open a folder of Parquet files with encoded images and labels.

    Sizes and augmentation follow the rules of a folder of images.

    Args:
        root: the folder.
        spec: ``image_size`` and ``bad_images`` count here.
        memory: bytes up to which pictures are kept decoded in memory.

    Raises:
        DataError: a file, row, label or picture is refused.
        MachineError: a file may not be read, or pictures cannot be unpacked.
    """
    check_root(root, "data.name")
    splits, notes = find_splits(root)
    classes, labels = index_labels(splits)
    held = {name: set(values.tolist()) for name, values in labels.items()}
    accepted = tolerate(spec.bad_images, spec.allow_missing_classes)
    refuse_first(find_missing(classes, held), str(root), accepted)
    keys = {name: fingerprint_rows(split) for name, split in splits.items()}
    records = {name: inspect_rows(split, keys[name]) for name, split in splits.items()}
    faults = {
        name: {row: record.reason for row, record in enumerate(rows) if record.reason}
        for name, rows in records.items()
    }
    _refuse(splits, faults, str(root), spec)
    counts = Counter(note for rows in records.values() for r in rows for note in r.notes)
    sizes = find_common_size([record for rows in records.values() for record in rows])
    image_size, side, augmentation = choose_sizes(sizes, spec.image_size)
    fits = sum(map(len, splits.values())) * 3 * side**2 <= memory
    made = {}
    for name, split in splits.items():
        images: Images
        if fits:
            decoded = decode_rows(split, keys[name], 3, 255, side, exact=False)
            images = ResidentImages(torch.from_numpy(decoded.pixels))
        else:
            packed = pack_rows(split, keys[name], name)
            images = EncodedImages(packed, torch.arange(len(split)), 3, 255, side)
        made[name] = _keep(images, labels[name], name, faults[name])
    return Source(
        classes=classes,
        splits=made,
        augmentation=augmentation,
        image_size=image_size,
        stored_size=side,
        fingerprint=_join(keys, classes),
        constants=IMAGENET,
        notes=(*notes, *_remark(faults)),
        counts=_count(counts, faults),
    )


def open_known_parquet(root: Path, known: Known, spec: DataSpec) -> Source:
    """Open Parquet files that hold a named data set; every picture must have its size.

    Args:
        root: the folder.
        known: classes, size and augmentation.
        spec: ``bad_images`` counts here.

    Raises:
        DataError: the files hold something else, or a picture is refused.
    """
    splits, notes = find_splits(root, known.label)
    classes, labels = index_labels(splits)
    # Other spellings of a name are fine; the same names in another order are other labels.
    moved = sorted(classes) == sorted(known.classes) and classes != known.classes
    if set(splits) != {"train", "test"} or len(classes) != len(known.classes) or moved:
        order = ", classes in another order" if moved else ""
        raise DataError(
            "E3005",
            "the files hold another data set",
            what=root,
            where={"dataset": spec.name},
            why=f"{len(classes)} classes and the splits {', '.join(splits)}{order}",
            do=f"{len(known.classes)} classes, train and test, are needed; or open it as it is:"
            f" --data parquet:{root}",
        )
    keys = {name: fingerprint_rows(split) for name, split in splits.items()}
    decoded = {
        name: decode_rows(split, keys[name], known.channels, 255, known.size, exact=True)
        for name, split in splits.items()
    }
    faults = {name: rows.faults for name, rows in decoded.items()}
    _refuse(splits, faults, str(root), spec)
    return Source(
        classes=known.classes,
        splits={
            name: _keep(
                ResidentImages(torch.from_numpy(rows.pixels)), labels[name], name, faults[name]
            )
            for name, rows in decoded.items()
        },
        augmentation=known.augmentation,
        image_size=known.size,
        stored_size=known.size,
        fingerprint=_join(keys, known.classes),
        constants=known.constants,
        notes=(*notes, *_remark(faults)),
        counts=_count(sum((rows.counts for rows in decoded.values()), Counter()), faults),
    )


def fingerprint_rows(split: ParquetSplit) -> str:
    """Hash the files of a split, and which columns of them are used."""
    parts = [split.image, split.label]
    for file in split.files:
        try:
            parts += [file.name, hash_file(file)]
        except OSError as error:
            raise unreadable(file, error) from None
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _join(keys: Mapping[str, str], classes: tuple[str, ...]) -> str:
    parts = [f"{name}={key}" for name, key in sorted(keys.items())] + list(classes)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _keep(images: Images, labels: object, name: str, faults: Mapping[int, ImageFault]) -> Split:
    """Make a split of the rows that were not refused."""
    kept: Tensor = drop_rows(len(images), dict(faults))
    split = Split(images, torch.as_tensor(labels), number(name, len(images)))
    return split.select(kept) if faults else split


def _refuse(
    splits: Mapping[str, ParquetSplit],
    faults: Mapping[str, Mapping[int, ImageFault]],
    dataset: str,
    spec: DataSpec,
) -> None:
    if spec.bad_images == "skip":
        return
    for name, rows in faults.items():
        for row, fault in rows.items():
            finding = from_fault(fault, splits[name].locate(row))
            raise finding.to_error(dataset, len(rows), {"split": name})


def _remark(faults: Mapping[str, Mapping[int, ImageFault]]) -> list[str]:
    dropped = sum(map(len, faults.values()))
    return [f"{dropped:,} images are left out (bad_images=skip)"] if dropped else []


def _count(
    counts: Mapping[str, int], faults: Mapping[str, Mapping[int, ImageFault]]
) -> dict[str, int]:
    dropped = sum(map(len, faults.values()))
    return dict(counts) | ({"skipped": dropped} if dropped else {})
