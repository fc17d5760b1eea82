"""The named data sets of small pictures: found in any usual form, or downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from resnets.data.cache import cache_dir
from resnets.data.dataset import ResidentImages, Source, Split, as_labels, number
from resnets.spec import DataSpec

from .cifar import Arrays, read_batches, read_binary
from .download import download
from .idx import FILES, find_file, read_pairs
from .known import KNOWN, Known
from .parquet import open_known_parquet
from .svhn import read_matrices


@dataclass(frozen=True)
class Found:
    """Where a data set lies, and in which form.

    Args:
        kind: ``parquet``, ``batches``, ``binary``, ``idx`` or ``matrices``.
        place: folder or file.
    """

    kind: str
    place: Path


def open_named(spec: DataSpec, data_dir: Path | None) -> Source:
    """Open a named data set; download it only if it is found in no form.

    Args:
        spec: names it.
        data_dir: where to look; None looks into the cache, where downloads go.

    Raises:
        DataError: it is neither there nor to be had, or its files are damaged.
    """
    name, known = spec.name, KNOWN[spec.name]
    base = data_dir if data_dir is not None else cache_dir() / "data"
    found = next(_search(name, known, base), None)
    if found is None:
        download(name, base / known.folders[0])
        found = next(_search(name, known, base))
    if found.kind == "parquet":
        return open_known_parquet(found.place, known, spec)
    if found.kind == "batches":
        return _gather(known, read_batches(name, known, found.place))
    if found.kind == "binary":
        return _gather(known, read_binary(name, known, found.place))
    if found.kind == "idx":
        return _gather(known, read_pairs(known, found.place))
    return _gather(known, read_matrices(found.place))


def _search(name: str, known: Known, base: Path) -> Iterator[Found]:
    """Yield every form in which a data set is found, the best first.

    The folder itself counts as the data set's only if its contents or its name say so: the files
    of MNIST and Fashion-MNIST have the same names.
    """
    folders = [base / folder for folder in known.folders]
    if base.name in known.folders:
        folders.insert(0, base)
    for folder in [*folders, base]:
        if folder != base or base in folders:
            yield from _search_parquet(folder)
        elif any(base.glob("*.parquet")):
            yield Found("parquet", base)
        if name in ("cifar10", "cifar100"):
            short = "cifar-10" if name == "cifar10" else "cifar-100"
            batches = "cifar-10-batches-py" if name == "cifar10" else "cifar-100-python"
            binary = "cifar-10-batches-bin" if name == "cifar10" else "cifar-100-binary"
            for kind, place in (
                ("batches", folder / batches),
                ("binary", folder / binary),
                ("batches", folder / f"{short}-python.tar.gz"),
            ):
                if place.exists():
                    yield Found(kind, place)
        elif name == "svhn":
            if (folder / "train_32x32.mat").exists():
                yield Found("matrices", folder)
        elif folder in folders:
            for place in (folder / "raw", folder):
                if find_file(place, FILES["train"][0]):
                    yield Found("idx", place)


def _search_parquet(folder: Path) -> Iterator[Found]:
    # SVHN comes in two forms; the cropped figures are the classification data set.
    for place in (folder / "cropped_digits", folder):
        if place.is_dir() and next(place.rglob("*.parquet"), None) is not None:
            yield Found("parquet", place)


def _gather(known: Known, arrays: Mapping[str, Arrays]) -> Source:
    digest = hashlib.sha256()
    for split in sorted(arrays):
        pixels, labels = arrays[split]
        digest.update(f"{split}{pixels.shape}".encode())
        digest.update(pixels.data)
        digest.update(labels.astype("<i8").tobytes())
    return Source(
        classes=known.classes,
        splits={
            split: Split(
                ResidentImages(torch.from_numpy(pixels)),
                as_labels(labels),
                number(split, len(labels)),
            )
            for split, (pixels, labels) in arrays.items()
        },
        augmentation=known.augmentation,
        image_size=known.size,
        stored_size=known.size,
        fingerprint=digest.hexdigest(),
        constants=known.constants,
    )
