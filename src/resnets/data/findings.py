"""What is wrong with a data set, one finding for each fault, and which faults stop a training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from resnets.errors import DataError, escape

from .formats import ImageFault

# kind: code, title, what to do. The code of an unreadable picture is that of its own fault.
_KINDS = {
    "unreadable": ("E3102", "image cannot be read", "replace the file"),
    "truncated": ("E3103", "image is truncated", "replace the file"),
    "changed": ("E3202", "image file changed since it was indexed", "restore the file"),
    "dangling link": ("E3203", "a link points nowhere", "repair or remove the link"),
    "alike class names": ("E3204", "two class names look the same", "rename or merge one of them"),
    "bad class name": ("E3205", "class name cannot be used", "rename the folder"),
    "empty class": ("E3206", "class has no images", "add images to the folder, or remove it"),
    "missing class": (
        "E3207",
        "class of the training split has no images in another split",
        "add images, or accept it with allow_missing_classes",
    ),
    "unknown class": (
        "E3208",
        "class is not in the training split",
        "add it to the training split, or remove it",
    ),
    "single class": ("E3209", "a classifier needs two classes or more", "add another class"),
    "conflicting": (
        "E3211",
        "identical images are in two classes",
        "keep the one whose class is right",
    ),
    "duplicate": ("E3212", "identical images in one class", "keep one of them"),
    "leaking": ("E3213", "identical images in two splits", "remove one of them"),
    "misplaced": ("E3214", "image outside every class folder", "move it into a class folder"),
}
# Listed and counted, but no reason to stop.
HARMLESS = frozenset({"duplicate", "leaking", "misplaced", "changed"})
# Left out and counted with bad_images="skip".
SKIPPABLE = frozenset({"unreadable", "truncated", "dangling link", "conflicting"})


@dataclass(frozen=True)
class Finding:
    """One fault of a data set.

    Args:
        kind: what sort of fault.
        names: the files, folders or classes, usually one or two.
        why: what is known about it.
        fault: of an unreadable picture, its own code and sentences.
    """

    kind: str
    names: tuple[str, ...]
    why: str = ""
    fault: tuple[str, str, str, str] | None = None

    def to_error(self, dataset: str, count: int = 1, where: Mapping[str, object] = {}) -> DataError:
        """Return the error for this finding, which also says how many there are of its kind."""
        code, title, do = _KINDS[self.kind]
        what = " and ".join(self.names)
        why = self.why
        if self.fault:
            code, title, words, own = self.fault
            what, do = f"{what}  {words}", own or do
        place: dict[str, object] = {"dataset": dataset, **where}
        if count > 1:
            place["found"] = f"{count:,} of this kind"
        steps = [do, "list everything with  resnets data check PATH"]
        if self.kind in SKIPPABLE:
            steps.append("or leave them out and count them: bad_images=skip")
        return DataError(code, title, what=what, where=place, why=why, do=steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON data, names escaped."""
        code, title, _ = _KINDS[self.kind]
        if self.fault:
            code, title = self.fault[:2]
        details = "; ".join(p for p in (self.fault[2] if self.fault else "", self.why) if p)
        return {
            "kind": self.kind,
            "code": code,
            "title": title,
            "names": [escape(name) for name in self.names],
            "why": escape(details),
        }


def from_fault(fault: ImageFault, name: str) -> Finding:
    """Return the finding for a picture that the decoder refused."""
    kind = "truncated" if fault.code == "E3103" else "unreadable"
    return Finding(kind, (name,), fault.why, (fault.code, fault.title, fault.what, fault.do))


@dataclass(frozen=True)
class Findings:
    """All that a check of a data set found.

    Args:
        path: what was checked.
        samples: images by split.
        classes: class names in the order of the labels.
        findings: every fault, in the order of kinds and names.
        counts: what is normalised or ignored, by the name of the rule.
    """

    path: str
    samples: Mapping[str, int]
    classes: tuple[str, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        return dict(Counter(finding.kind for finding in self.findings))

    @property
    def ok(self) -> bool:
        """Whether a training would accept the data as it is."""
        return all(finding.kind in HARMLESS for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON data, names escaped."""
        return {
            "path": escape(self.path),
            "ok": self.ok,
            "samples": dict(self.samples),
            "classes": [escape(name) for name in self.classes],
            "kinds": self.kinds,
            "counts": {escape(key): value for key, value in self.counts.items()},
            "findings": [finding.to_dict() for finding in self.findings],
        }


def sort_findings(findings: list[Finding]) -> tuple[Finding, ...]:
    """Order findings by kind, gravest first, then by name."""
    rank = {kind: number for number, kind in enumerate(_KINDS)}
    return tuple(sorted(findings, key=lambda finding: (rank[finding.kind], finding.names)))
