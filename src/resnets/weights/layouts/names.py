"""Module paths of residual networks in other libraries: one table, read both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from resnets.catalog import find_name
from resnets.errors import ConfigError
from resnets.spec import ORDERS, Gate, Network, Spec, UnitSpec, expand

Value = TypeVar("Value")

SILENT = ("stride_at", "merge", "dropout", "form", "branch_form", "init", "zero_init")
"""Fields of ``Spec`` that leave no trace in names and shapes of the networks below."""

LETTERS = "suSUcC"


@dataclass(frozen=True)
class Names:
    """Module paths of the residual networks of a library.

    In a path ``{s}``, ``{u}`` and ``{c}`` are the numbers of stage, unit and convolution from 0,
    ``{S}``, ``{U}`` and ``{C}`` the same from 1.

    Args:
        library: for messages.
        stem, conv, project, classifier: convolutions of stem, branch and shortcut; the classifier.
        stem_norm: batch norm of the stem; empty where pre-activation leaves it bare.
        norm: batch norm with the number of a convolution: behind it, or before it where the
            library's networks are pre-activation.
        project_norm: batch norm of the projection; empty where there is none.
        last_norm: batch norm after the last unit; empty where there is none.
        order: name of the order that the library's units have.
        shortcuts: options of the shortcut that it has.
    """

    library: str
    stem: str
    stem_norm: str
    conv: str
    norm: str
    project: str
    project_norm: str
    classifier: str
    last_norm: str = ""
    order: str = "original"
    shortcuts: tuple[str, ...] = field(default=("B",))

    @property
    def preact(self) -> bool:
        """Whether the norm with a convolution's number stands before it."""
        return self.order == "full_preact"


def find_obstacle(spec: Spec, names: Names) -> str:
    """Say why the paths cannot name a network's modules; nothing if they can."""
    if spec.dimensions != 2:
        return "its networks are for pictures"
    if spec.order != ORDERS[names.order]:
        return f"its units have the order {names.order}"
    if spec.shortcut not in names.shortcuts:
        return f"its shortcuts are option {' or '.join(names.shortcuts)}"
    if spec.branches > 1:
        return "its units have one residual function"
    if spec.cardinality > 1 and spec.form != "grouped":
        return "its paths are one grouped convolution"
    if isinstance(spec.merge, Gate):
        return "its units have no gates"
    if spec.first_head == "stem" and names.preact:
        return "its stem is a bare convolution"
    if names.preact and spec.last_head != bool(names.last_norm):
        return f"{'a' if names.last_norm else 'no'} batch norm follows its last unit"
    return ""


def pair(spec: Spec, names: Names) -> dict[str, str]:
    """Map our module paths to the library's, for every module that holds tensors.

    Raises:
        ConfigError: the paths cannot name the network.
    """
    if obstacle := find_obstacle(spec, names):
        raise refuse_network(names.library, spec, obstacle)
    pairs = {"stem.conv": names.stem, "fc": names.classifier}
    if names.stem_norm:
        pairs["stem.act.norm"] = names.stem_norm
    if names.last_norm:
        pairs["final.norm"] = names.last_norm
    for unit in expand(spec):
        position = unit.index - sum(spec.depths[: unit.stage])
        ours, place = f"stages.{unit.stage}.{position}", _place(unit.stage, position)
        for c, norm in enumerate(_norms(unit, names)):
            numbers = {**place, "c": c, "C": c + 1}
            pairs[f"{ours}.transform.convs.{c}"] = names.conv.format_map(numbers)
            pairs[f"{ours}.{norm}"] = names.norm.format_map(numbers)
        if unit.shortcut == "project":
            pairs[f"{ours}.shortcut.conv"] = names.project.format_map(place)
            if names.project_norm:
                pairs[f"{ours}.shortcut.act.norm"] = names.project_norm.format_map(place)
    return pairs


def _norms(unit: UnitSpec, names: Names) -> list[str]:
    """List our paths of the batch norms that have the numbers of the convolutions."""
    between = [f"transform.acts.{c}.norm" for c in range(len(unit.kernels) - 1)]
    if names.preact:
        return ["head.norm" if unit.head_shared else "transform.head.norm", *between]
    return [*between, "transform.tail.norm"]


def _place(stage: int, unit: int) -> dict[str, int]:
    return {"s": stage, "S": stage + 1, "u": unit, "U": unit + 1}


def to_theirs(state: Mapping[str, Value], spec: Spec, names: Names) -> dict[str, Value]:
    """Rename our tensors to the library's."""
    return rename(state, pair(spec, names))


def to_ours(state: Mapping[str, Value], spec: Spec, names: Names) -> dict[str, Value]:
    """Rename the library's tensors to ours."""
    return rename(state, {theirs: ours for ours, theirs in pair(spec, names).items()})


def rename(state: Mapping[str, Value], pairs: Mapping[str, str]) -> dict[str, Value]:
    """Rename tensors by the paths of their modules; a path without a pair keeps its name."""
    renamed = {}
    for name, value in state.items():
        module, _, tensor = name.rpartition(".")
        renamed[f"{pairs.get(module, module)}.{tensor}"] = value
    return renamed


def match_numbers(template: str) -> re.Pattern[str]:
    """Return the pattern of a template's weight, with a group for each of its letters."""
    text = re.escape(f"{template}.weight")
    for letter in LETTERS:
        text = text.replace(rf"\{{{letter}\}}", rf"(?P<{letter}>0|[1-9]\d{{0,4}})")
    return re.compile(text)


def refuse_network(library: str, spec: Network, why: str) -> ConfigError:
    """Return the error for a network that a library cannot express."""
    return ConfigError(
        "E2602",
        f"{library} has no such network",
        what=find_name(spec) or spec,
        where={"format": library},
        why=f"in {library}: {why}",
        do="save it as safetensors instead",
    )
