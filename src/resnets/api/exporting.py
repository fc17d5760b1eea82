"""A trained network in the files of other programs: one writer for each format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ConfigError, nearest
from resnets.spec import ModelConfig

from .feeding import describe_feed
from .outputs import check_free
from .targets import read_target

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Subject:
    """What is exported.

    Args:
        config: architecture, classes and preprocessing.
        state: the weights by our names, on the CPU.
    """

    config: ModelConfig
    state: dict[str, Tensor]


@dataclass(frozen=True)
class Exported:
    """A finished export; it may stand wherever its path may.

    Args:
        path: the file or folder.
        format: its format.
        notes: what the file does not say and its user has to know.
    """

    path: Path
    format: str
    notes: tuple[str, ...]

    def __fspath__(self) -> str:
        return str(self.path)

    def to_dict(self) -> dict[str, Any]:
        """Return what was done as JSON data."""
        return {"output": str(self.path), "format": self.format, "notes": list(self.notes)}


Writer = Callable[[Subject, Path], tuple[str, ...]]
"""Writes a new file or folder as a whole, checks it, and returns notes for its user."""


def export(
    target: str | Path,
    output: str | Path,
    *,
    format: str = "safetensors",
    weights: str | Path | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Exported:
    """Write a trained network as other programs read it; what was written is read back.

    Args:
        target: a run folder, a model folder, or a name of the catalog with ``weights``.
        output: the new file, or the new folder for ``huggingface``.
        format: a name of ``FORMATS``. ``safetensors`` has our own names of tensors; a library's
            name has that library's, in a file that it loads strictly.
        weights: for a name: a model folder or a file of weights.
        mean, std: of each channel, 0 … 1, instead of those that travel with the model.

    Raises:
        ConfigError: the output is there, the format is unknown, or it cannot express the network;
            nothing was written.
        FileError: the model is refused.
        MachineError: the disk refused, or what was written reads back differently.

    Example:
        >>> export("runs/r50", "r50.pth", format="torchvision")  # doctest: +SKIP
    """
    if format not in FORMATS:
        guess = nearest(format, list(FORMATS), 1)
        raise ConfigError(
            "E2600",
            "unknown format",
            what=format,
            where={"option": "--format"},
            do=[*(f"did you mean {word}?" for word in guess), f"formats: {', '.join(FORMATS)}"],
        )
    path = check_free(output)
    found = read_target(target, weights, mean, std)
    notes = FORMATS[format](Subject(found.config, found.state), path)
    return Exported(path, format, (*found.notes, *notes))


def _write_own(subject: Subject, path: Path) -> tuple[str, ...]:
    from resnets.weights import write_weights

    if path.suffix.lower() != ".safetensors":
        raise ConfigError(
            "E2605",
            "the ending is not that of the format",
            what=path,
            where={"option": "--output"},
            do="end it with .safetensors",
        )
    write_weights(path, subject.state)
    name = subject.config.model or "a name of the catalog"
    return (f"its tensors have our own names; load it with {name}, --weights {path.name}",)


def _write_layout(library: str, subject: Subject, path: Path) -> tuple[str, ...]:
    from resnets.weights import check_ending, write_weights
    from resnets.weights.layouts import find_layout

    layout = find_layout(library, subject.config.network)
    theirs = layout.write(subject.state, subject.config.network)
    check_ending(path)
    write_weights(path, theirs)
    if len(theirs) < len(subject.state):
        lost = sorted(set(subject.state) - set(theirs))
        note = f"left out, since {library} has no such part: {lost[0]} and {len(lost) - 1} more"
        return note, _say_feed(subject)
    return (_say_feed(subject),)


def _write_huggingface(subject: Subject, path: Path) -> tuple[str, ...]:
    from resnets.weights import write_weight_folder
    from resnets.weights.layouts import describe, find_layout

    layout = find_layout("huggingface", subject.config.network)
    theirs = layout.write(subject.state, subject.config.network)
    files = describe(subject.config)
    write_weight_folder(path, theirs, files)
    return () if len(files) > 1 else (_say_feed(subject),)


def _say_feed(subject: Subject) -> str:
    return f"feed it with {describe_feed(subject.config.preprocessing)}"


FORMATS: dict[str, Writer] = {
    "safetensors": _write_own,
    "huggingface": _write_huggingface,
    **{
        library: partial(_write_layout, library)
        for library in ("torchvision", "timm", "akamaster", "chenyaofo", "kuangliu")
    },
}
"""What ``export`` can write, by name; a new format is one more entry."""
