"""Published figures in words, beside what the network here has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .screen import shorten

DATA = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "svhn": "SVHN",
    "mnist": "MNIST",
    "shapeset": "Shapeset",
    "imagenet": "ImageNet",
    "smallimagenet": "Small-ImageNet",
}
COUNTS = {"parameters": "parameters", "macs": "multiply-adds"}


@dataclass(frozen=True)
class Figure:
    """A published figure.

    Args:
        label: what it is, for example ``CIFAR-10 test error``.
        value: per cent for errors, else a count.
        source: key of the paper it stands in, where that is not the network's own; else empty.
        bound: whether the paper says only that it is more.
        count: name of the cost that it is compared with; empty for an error.
    """

    label: str
    value: float
    source: str
    bound: bool
    count: str

    @property
    def is_error(self) -> bool:
        """Whether it is an error in per cent."""
        return " error" in self.label

    @property
    def text(self) -> str:
        """The figure as it is printed, ``1.7 M`` or ``6.43 %``."""
        if self.count:
            text = shorten(self.value)
        else:
            text = f"{self.value:g}" + (" %" if self.is_error else "")
        return f"over {text}" if self.bound else text


def read_figure(key: str, value: float) -> Figure:
    """Read a figure's name, for example ``imagenet_1crop_top1_in_xie2017``."""
    key, _, source = key.partition("_in_")
    bound = key.endswith("_above")
    first, *words = key.removesuffix("_above").split("_")
    if first in COUNTS:
        return Figure(COUNTS[first], value, source, bound, first)
    text = " ".join([DATA.get(first, first), *words])
    text = re.sub(r"\b(\d+)crop(\d+)\b", r"\1-crop at \2", text)
    text = re.sub(r"\b(\d+)crop\b", r"\1-crop", text)
    text = re.sub(r"\btop([15])\b", r"top-\1 error", text)
    return Figure(text, value, source, bound, "")


def pick_error(published: dict[str, float]) -> Figure | None:
    """Return the first error that a network's own paper prints; it stands for the network."""
    figures = [read_figure(key, value) for key, value in published.items()]
    errors = [f for f in figures if f.is_error and not f.source and "std" not in f.label]
    return errors[0] if errors else None


def shorten_paper(paper: str) -> str:
    """Return first author and year, ``He 2015``."""
    found = re.match(r"([^,\d]+).*?(\d{4})", paper)
    return f"{found[1].strip()} {found[2]}" if found else paper
