"""Splits and classes of a data folder, read off its sub-folders."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnets.errors import DataError

from .findings import Finding
from .listing import File, Listing

SPLITS = ("train", "val", "validation", "test")


@dataclass
class Layout:
    """Which file is a sample of which split and class.

    Args:
        root: the folder.
        classes: names in the order of the labels.
        splits: files and labels of each split; the only one is ``all`` if none is made on disk.
        ignored: what was passed over, counted by rule.
        findings: faults of the arrangement.
        notes: sentences for the report.
    """

    root: Path
    classes: tuple[str, ...] = ()
    splits: dict[str, list[tuple[File, int]]] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def arrange(listing: Listing) -> Layout:
    """Read ``train/<class>/*`` with ``val`` or ``test`` beside it, or ``<class>/*`` alone.

    The sorted names of the training split's class folders are the labels, in the order of their
    code points, whatever the locale. Files at any depth below a class folder belong to it. Beside
    ``train``, a single other split is the test split; with two, ``val`` is the validation split.

    Raises:
        DataError: the folder is empty, holds pictures but no class folders, or other splits
            without ``train``.
    """
    layout = Layout(listing.root, ignored=Counter(listing.ignored))
    layout.findings += listing.findings
    tops = {name for name in listing.folders if "/" not in name}
    made = [name for name in SPLITS if name in tops]
    if not listing.folders:
        raise _empty(listing)
    if not made:
        layout.classes = _name_classes(layout, tops, "")
        layout.splits["all"] = _sort_files(layout, listing.files, "", layout.classes)
        find_gaps(layout, "all")
        return layout
    names, layout.notes = assign_roles(made, listing.root)
    inner = {top: {f.split("/")[1] for f in listing.folders if f.startswith(top + "/")}
             for top in names}  # fmt: skip
    layout.classes = _name_classes(layout, inner["train"], "train/")
    for top, split in names.items():
        _name_classes(layout, inner[top] - inner["train"], f"{top}/")
        unknown = sorted({_normal(name) for name in inner[top]} - set(layout.classes))
        layout.findings += [Finding("unknown class", (f"{top}/{name}",)) for name in unknown]
        files = [file for file in listing.files if file.name.startswith(top + "/")]
        layout.splits[split] = _sort_files(layout, files, f"{top}/", layout.classes)
        find_gaps(layout, split, top, {_normal(name) for name in inner[top]})
    for file in listing.files:
        if "/" not in file.name:
            layout.findings.append(Finding("misplaced", (file.name,)))
        elif file.name.split("/")[0] not in names:
            layout.ignored["outside the splits"] += 1
    return layout


def assign_roles(made: Sequence[str], root: Path) -> tuple[dict[str, str], list[str]]:
    """Decide what the splits that someone made are used for.

    Args:
        made: some of ``train``, ``val``, ``validation``, ``test``.
        root: where they were found, for errors.

    Returns:
        Role by name, ``train``, ``validation`` and ``test``, or ``all`` for a training split that
        stands alone; and notes.

    Raises:
        DataError: there is no training split, or two validation splits.
    """
    others = [name for name in made if name != "train"]
    if "train" not in made or {"val", "validation"} <= set(made):
        raise DataError(
            "E3004",
            "the splits are not clear",
            what=root,
            why="found " + ", ".join(made),
            do="have train and test, with val (or validation) if you like",
        )
    if not others:
        return {"train": "all"}, []
    if len(others) == 2:
        return {"train": "train", others[0]: "validation", "test": "test"}, []
    notes = [] if others == ["test"] else [f"{others[0]} is the only other split: it is the test"]
    return {"train": "train", others[0]: "test"}, notes


def _empty(listing: Listing) -> DataError:
    if listing.files:
        why = f"{len(listing.files):,} pictures lie loose in it"
    elif listing.ignored:
        why = "it holds " + ", ".join(f"{n:,} × {rule}" for rule, n in listing.ignored.items())
    else:
        why = "the folder is empty"
    return DataError(
        "E3003",
        "no class folders",
        what=listing.root,
        why=why,
        do="make a folder for each class and put its images there: cats/1.jpg, dogs/1.jpg …",
    )


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _name_classes(layout: Layout, folders: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Sort class names; those that no reader can tell apart, or see, become findings."""
    layout.findings += check_names(sorted(folders), prefix)
    return tuple(sorted({_normal(name) for name in folders}))


def check_names(names: Sequence[str], prefix: str = "") -> list[Finding]:
    """Find class names that cannot travel with a model, or that look the same as another.

    A name must be UTF-8 with a visible character; two names look the same if only their Unicode
    normal form or the blanks around them differ.
    """
    findings, seen = [], dict[str, str]()
    for name in names:
        look = " ".join(_normal(name).split())
        shown = f"{prefix}{name}"
        if not look:
            findings.append(Finding("bad class name", (shown,), "it has no visible character"))
        elif any(0xD800 <= ord(char) < 0xE000 for char in name):
            findings.append(Finding("bad class name", (shown,), "it is not UTF-8"))
        elif look in seen:
            other = f"{prefix}{seen[look]}"
            spelt = " and ".join(n.encode().hex(" ") for n in (seen[look], name))
            findings.append(Finding("alike class names", (other, shown), f"in bytes: {spelt}"))
        seen.setdefault(look, name)
    return findings


def _sort_files(
    layout: Layout, files: Sequence[File], prefix: str, classes: Sequence[str]
) -> list[tuple[File, int]]:
    """Give every file of a split the label of its class folder."""
    labels = {name: label for label, name in enumerate(classes)}
    samples = []
    for file in files:
        parts = file.name.removeprefix(prefix).split("/")
        if len(parts) == 1:
            layout.findings.append(Finding("misplaced", (file.name,)))
        elif (label := labels.get(_normal(parts[0]))) is not None:
            samples.append((file, label))
    return samples


def find_gaps(layout: Layout, split: str, top: str = "", present: set[str] | None = None) -> None:
    """Find classes without images: an empty folder, or one that a split does not have."""
    held = {label for _, label in layout.splits[split]}
    prefix = f"{top}/" if top else ""
    for label, name in enumerate(layout.classes):
        if label in held:
            continue
        kind = "missing class" if present is not None and name not in present else "empty class"
        layout.findings.append(Finding(kind, (f"{prefix}{name}",)))
    if split in ("train", "all") and len(layout.classes) == 1:
        layout.findings.append(Finding("single class", layout.classes))
