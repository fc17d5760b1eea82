"""Layout and index of a data folder brought together: every sample, and every fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .findings import HARMLESS, SKIPPABLE, Finding, from_fault
from .index import Index, Record, build_index, count_notes
from .layout import Layout, arrange
from .listing import check_root, list_folder
from .table import NAME, read_table


@dataclass(frozen=True)
class Survey:
    """A data folder, known to the last file.

    Args:
        layout: splits, classes and labels.
        index: what every file is.
        findings: all faults, of the layout and of the files.
        counts: what is normalised or ignored, by rule.
    """

    layout: Layout
    index: Index
    findings: tuple[Finding, ...]
    counts: Counter[str]


def read_layout(root: Path) -> Layout:
    """Read splits and classes from ``labels.csv`` where there is one, else from the folders.

    Raises:
        DataError: the folder is not there, or neither way makes sense of it.
        MachineError: something may not be read.
    """
    check_root(root, "data.name")
    return read_table(root) if (root / NAME).is_file() else arrange(list_folder(root))


def survey_folder(root: Path, layout: Layout, *, trust: bool = True) -> Survey:
    """Inspect every sample of a layout.

    Args:
        root: the data folder.
        layout: from ``read_layout``.
        trust: as in ``build_index``.
    """
    samples = [
        (split, file.name, label) for split, rows in layout.splits.items() for file, label in rows
    ]
    files = [file for rows in layout.splits.values() for file, _ in rows]
    index = build_index(root, files, trust=trust)
    records = [index.records[name] for _, name, _ in samples]
    findings = [*layout.findings, *judge(samples, records, layout.classes)]
    findings += [Finding("changed", (name,), "its sha256 differs") for name in index.changed]
    return Survey(layout, index, tuple(findings), count_notes(records) + layout.ignored)


def judge(
    samples: Sequence[tuple[str, str, int]], records: Sequence[Record], classes: Sequence[str]
) -> list[Finding]:
    """Find pictures that cannot be read, and pictures whose bytes are identical.

    Args:
        samples: split, name and label of each.
        records: what is known about each.
        classes: class names.
    """
    findings = []
    groups: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for sample, record in zip(samples, records, strict=True):
        if record.reason:
            findings.append(from_fault(record.reason, sample[1]))
        elif record.sha256:
            groups[record.sha256].append(sample)
    for group in groups.values():
        if len(group) > 1:
            findings += _compare(group, classes)
    return findings


def _compare(group: Sequence[tuple[str, str, int]], classes: Sequence[str]) -> list[Finding]:
    names = tuple(name for _, name, _ in group)
    labels = sorted({label for _, _, label in group})
    if len(labels) > 1:
        why = "classes " + " and ".join(classes[label] for label in labels)
        return [Finding("conflicting", names, why)]
    findings = []
    by_split: dict[str, list[str]] = defaultdict(list)
    for split, name, _ in group:
        by_split[split].append(name)
    for split, held in by_split.items():
        if len(held) > 1:
            findings.append(Finding("duplicate", tuple(held), f"split {split}"))
    if len(by_split) > 1:
        findings.append(Finding("leaking", names, "splits " + " and ".join(by_split)))
    return findings


def find_missing(classes: Sequence[str], held: Mapping[str, Collection[int]]) -> list[Finding]:
    """Find classes without images in a split, and a data set of a single class.

    Args:
        classes: class names.
        held: by split, the labels that occur in it.
    """
    findings = [
        Finding(
            "empty class" if split in ("train", "all") else "missing class", (f"{split}/{name}",)
        )
        for split, labels in held.items()
        for label, name in enumerate(classes)
        if label not in labels
    ]
    return findings + ([Finding("single class", tuple(classes))] if len(classes) == 1 else [])


def refuse_first(findings: Collection[Finding], dataset: str, tolerated: Collection[str]) -> None:
    """Raise the error of the first finding that is neither harmless nor tolerated.

    Args:
        findings: of a layout or a survey.
        dataset: its name, for the error.
        tolerated: kinds that the user accepts.

    Raises:
        DataError: names the files, and says how many findings there are of the kind.
    """
    for finding in findings:
        if finding.kind not in HARMLESS and finding.kind not in tolerated:
            count = sum(other.kind == finding.kind for other in findings)
            raise finding.to_error(dataset, count)


def tolerate(bad_images: str, allow_missing_classes: bool) -> frozenset[str]:
    """Return the kinds of findings that two fields of ``DataSpec`` accept."""
    skipped = SKIPPABLE if bad_images == "skip" else frozenset()
    return skipped | ({"missing class"} if allow_missing_classes else set())
