"""``folder:PATH`` and ``imagenet``: a folder of images, read off its sub-folders or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from resnets.data.augmentation import Augmentation
from resnets.data.cache import load_array, make_name, save_array
from resnets.data.dataset import Images, ResidentImages, Source, Split, as_labels
from resnets.data.encoded import EncodedImages, FileBlobs
from resnets.data.findings import Finding
from resnets.data.geometry import scale_stored
from resnets.data.index import Index, compute_fingerprint
from resnets.data.layout import Layout
from resnets.data.listing import File
from resnets.data.survey import Survey, read_layout, refuse_first, survey_folder, tolerate
from resnets.spec import DataSpec

Rows = Mapping[str, Sequence[tuple[File, int]]]
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PHOTOGRAPH = 224
SMALL = 64


def open_folder(root: Path, spec: DataSpec, memory: int) -> Source:
    """Open a folder of images.

    Pictures that are all squares of one size up to 64 pixels are taken as they are, padded and
    cropped. All others are photographs: input 224, stored as the centre square of 8/7 of that
    after resizing the shorter side; training cuts random parts out of the stored square. That
    square is the same whether the pictures fit into memory or not, so results do not depend on it.

    Args:
        root: the folder.
        spec: ``image_size``, ``bad_images`` and ``allow_missing_classes`` count here.
        memory: bytes up to which pictures are kept decoded in memory.

    Raises:
        DataError: with the first fault that the spec does not accept.
        MachineError: a file may not be read.
    """
    accepted = tolerate(spec.bad_images, spec.allow_missing_classes)
    layout = read_layout(root)
    refuse_first(layout.findings, str(root), accepted)
    survey = survey_folder(root, layout)
    refuse_first(survey.findings, str(root), accepted)
    dropped = {
        name
        for finding in survey.findings
        if finding.kind in ("unreadable", "truncated", "conflicting")
        for name in finding.names
    }
    kept = {
        split: [(file, label) for file, label in rows if file.name not in dropped]
        for split, rows in layout.splits.items()
    }
    _check_left(layout, kept, str(root))
    records = survey.index.records
    files = [file for rows in kept.values() for file, _ in rows]
    sizes = {(records[file.name].width, records[file.name].height) for file in files}
    image_size, side, augmentation = choose_sizes(sizes, spec.image_size)
    fingerprint = compute_fingerprint(
        (split, file.name, file.size, records[file.name].sha256, layout.classes[label])
        for split, rows in kept.items()
        for file, label in rows
    )
    encoded = _encode(root, files, survey.index, side)
    images: Images = encoded
    if len(files) * 3 * side**2 <= memory:
        images = load_cached(encoded, fingerprint if survey.index.whole else "")
    splits, start = {}, 0
    for split, rows in kept.items():
        part = images.select(torch.arange(start, start + len(rows)))
        labels = as_labels([label for _, label in rows])
        splits[split] = Split(part, labels, tuple(str(root / file.name) for file, _ in rows))
        start += len(rows)
    return Source(
        classes=layout.classes,
        splits=splits,
        augmentation=augmentation,
        image_size=image_size,
        stored_size=side,
        fingerprint=fingerprint,
        constants=IMAGENET,
        notes=(*layout.notes, *_remark(survey, len(dropped))),
        counts=dict(survey.counts) | ({"skipped": len(dropped)} if dropped else {}),
    )


def _encode(root: Path, files: Sequence[File], index: Index, side: int) -> EncodedImages:
    names = tuple(file.name for file in files)
    hashes = tuple(index.records[name].sha256 for name in names)
    blobs = FileBlobs(str(root), names, hashes, index.made)
    return EncodedImages(blobs, torch.arange(len(files)), 3, 255, side)


def _check_left(layout: Layout, kept: Rows, dataset: str) -> None:
    """Refuse a class that lost its last image of a split."""
    before = {(split, label) for split, rows in layout.splits.items() for _, label in rows}
    after = {(split, label) for split, rows in kept.items() for _, label in rows}
    for split, label in sorted(before - after):
        name = f"{split}/{layout.classes[label]}"
        raise Finding("empty class", (name,), "all of its images are left out").to_error(dataset)


def choose_sizes(
    sizes: set[tuple[int, int]], image_size: int | None
) -> tuple[int, int, Augmentation]:
    """Choose input size, side of the stored square and augmentation for pictures of given sizes.

    Args:
        sizes: (width, height) of all pictures, pixels.
        image_size: what the user asked for.
    """
    width, height = next(iter(sizes)) if len(sizes) == 1 else (0, 1)
    if 0 < width == height <= SMALL:
        side = image_size or width
        return side, side, Augmentation(pad=round(side / 8), flip=True)
    size = image_size or PHOTOGRAPH
    return size, scale_stored(size), Augmentation(flip=True, resized_crop=True)


def load_cached(images: EncodedImages, fingerprint: str) -> ResidentImages:
    """Decode pictures into memory, or take them from the cache if they were decoded before.

    Args:
        images: encoded.
        fingerprint: of exactly these pictures in this order; empty if it does not cover contents.
    """
    shape = (len(images), images.side, images.side, images.channels)
    name = make_name("pixels", fingerprint, shape, images.background)
    stored = load_array(name) if fingerprint else None
    if stored is not None and stored[0].shape == shape and stored[0].dtype == "uint8":
        return ResidentImages(torch.from_numpy(stored[0]))
    loaded = images.load()
    if fingerprint:
        save_array(name, loaded.stored.numpy(), {})
    return loaded


def _remark(survey: Survey, dropped: int) -> list[str]:
    """Say in sentences what a reader of results must know about the folder."""
    kinds = [finding.kind for finding in survey.findings]
    notes = []
    if dropped:
        total = len(survey.index.records)
        notes.append(f"{dropped:,} of {total:,} images are left out (bad_images=skip)")
    sentences = {
        "missing class": "classes have no images in a split (allow_missing_classes)",
        "duplicate": "groups of identical images in one class and split",
        "leaking": "groups of identical images in more than one split",
        "misplaced": "images outside every class folder are not used",
        "changed": "images changed since the last index",
        "dangling link": "links point nowhere and are left out",
    }
    for kind, sentence in sentences.items():
        if count := kinds.count(kind):
            notes.append(f"{count:,} {sentence}")
    if not survey.index.whole:
        notes.append(
            "over 100,000 images: only headers were read, and the fingerprint covers names and "
            "sizes, not contents"
        )
    return notes
