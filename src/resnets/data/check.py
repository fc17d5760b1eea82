"""Everything that is wrong with a data set, found without training on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from .findings import Finding, Findings, sort_findings
from .index import count_notes, inspect
from .listing import check_root
from .parquet import find_splits, index_labels
from .survey import find_missing, judge, read_layout, survey_folder
from .threads import map_in_threads


def check(path: str | Path) -> Findings:
    """Check a folder of images, or of Parquet files, for everything that spoils a training.

    Every picture is read and decoded anew and, where the folder was indexed before, compared with
    the index; of over 100,000 files only the headers are read. Nothing is written, neither there
    nor into the cache.

    Args:
        path: the folder.

    Returns:
        Samples, classes, all findings, and what is normalised or ignored, by rule.

    Raises:
        DataError: there is nothing to check: no folder, no classes, a table that cannot be read.
        MachineError: something may not be read.
    """
    root = Path(path)
    check_root(root, "path")
    if any(root.glob("*.parquet")) or any(root.glob("*/*.parquet")):
        return _check_tables(root)
    layout = read_layout(root)
    survey = survey_folder(root, layout, trust=False)
    samples = {split: len(rows) for split, rows in layout.splits.items()}
    return _collect(root, samples, layout.classes, survey.findings, survey.counts)


def _check_tables(root: Path) -> Findings:
    splits, _ = find_splits(root)
    classes, labels = index_labels(splits)
    samples, records = [], []
    for name, split in splits.items():
        records += list(map_in_threads(inspect, split.read_images()))
        samples += [(name, split.locate(row), int(label)) for row, label in enumerate(labels[name])]
    findings = judge(samples, records, classes)
    held = {name: set(values.tolist()) for name, values in labels.items()}
    findings += find_missing(classes, held)
    sizes = {name: len(split) for name, split in splits.items()}
    return _collect(root, sizes, classes, findings, count_notes(records))


def _collect(
    root: Path,
    samples: Mapping[str, int],
    classes: tuple[str, ...],
    findings: Iterable[Finding],
    counts: Counter[str],
) -> Findings:
    return Findings(
        path=str(root),
        samples=samples,
        classes=classes,
        findings=sort_findings(list(findings)),
        counts=dict(sorted(counts.items())),
    )
