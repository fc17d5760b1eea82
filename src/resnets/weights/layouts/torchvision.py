"""torchvision's state-dict keys for its ResNet, ResNeXt and Wide ResNet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from resnets.errors import ConfigError
from resnets.spec import ORDERS, Add, Spec, expand

Value = TypeVar("Value")


def name_pairs(spec: Spec) -> dict[str, str]:
    """Map our module paths to torchvision's, for every module that holds tensors.

    Raises:
        ConfigError: the network is none that torchvision's classes can express.
    """
    plain = {"order": ORDERS["original"], "merge": Add(), "shortcut": "B", "branches": 1}
    if spec != spec.replace(**plain, dropout=0.0, form="grouped"):
        raise ConfigError(
            "E4570",
            "torchvision has no such network",
            what=spec,
            why="its blocks are post-activation, with option B, one branch and grouped paths",
            do="save it as safetensors instead",
        )
    pairs = {"stem.conv": "conv1", "stem.act.norm": "bn1", "fc": "fc"}
    for unit in expand(spec):
        position = unit.index - sum(spec.depths[: unit.stage])
        ours, theirs = f"stages.{unit.stage}.{position}", f"layer{unit.stage + 1}.{position}"
        last = len(unit.kernels) - 1
        for i in range(last + 1):
            pairs[f"{ours}.transform.convs.{i}"] = f"{theirs}.conv{i + 1}"
            norm = "tail" if i == last else f"acts.{i}"
            pairs[f"{ours}.transform.{norm}.norm"] = f"{theirs}.bn{i + 1}"
        if unit.shortcut == "project":
            pairs[f"{ours}.shortcut.conv"] = f"{theirs}.downsample.0"
            pairs[f"{ours}.shortcut.act.norm"] = f"{theirs}.downsample.1"
    return pairs


def to_torchvision(state: Mapping[str, Value], spec: Spec) -> dict[str, Value]:
    """Rename our tensors to torchvision's keys."""
    return _rename(state, name_pairs(spec))


def from_torchvision(state: Mapping[str, Value], spec: Spec) -> dict[str, Value]:
    """Rename torchvision's tensors to our keys."""
    return _rename(state, {theirs: ours for ours, theirs in name_pairs(spec).items()})


def _rename(state: Mapping[str, Value], pairs: Mapping[str, str]) -> dict[str, Value]:
    renamed = {}
    for name, value in state.items():
        module, _, tensor = name.rpartition(".")
        renamed[f"{pairs.get(module, module)}.{tensor}"] = value
    return renamed
