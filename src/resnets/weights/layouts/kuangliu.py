"""The repository ``kuangliu/pytorch-cifar``: ImageNet's networks behind a 3×3 stem.

Its pre-activation networks have no batch norm after the last unit, and the identity of the first
unit reads the bare stem. Its ResNeXt has a 1×1 stem.
"""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from resnets.spec import ORDERS, Spec

from .chenyaofo import feed
from .layout import Layout, Shapes, State
from .names import SILENT, Names, find_obstacle, to_ours, to_theirs
from .skeleton import infer
from .torchvision import BOTTLENECK, assume_stride, find_limit

NAMES = Names(
    library="kuangliu",
    stem="conv1",
    stem_norm="bn1",
    conv="layer{S}.{u}.conv{C}",
    norm="layer{S}.{u}.bn{C}",
    project="layer{S}.{u}.shortcut.0",
    project_norm="layer{S}.{u}.shortcut.1",
    classifier="linear",
)
PREACT_NAMES = replace(NAMES, stem_norm="", project_norm="", order="full_preact")


def _choose(spec: Spec) -> Names:
    return PREACT_NAMES if spec.order == ORDERS["full_preact"] else NAMES


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES if f"{NAMES.stem_norm}.weight" in shapes else PREACT_NAMES, shapes)
    return spec if spec is not None and spec.stem != "7x7" and spec.num_classes else None


def _read(state: State, spec: Spec) -> dict[str, Tensor]:
    return to_ours(state, spec, _choose(spec))


def _write(state: State, spec: Spec) -> dict[str, Tensor]:
    return to_theirs(state, spec, _choose(spec))


def _refuse(spec: Spec) -> str:
    if spec.in_chans != 3 or not spec.num_classes:
        return "pictures have 3 channels, and the network ends in a classifier"
    if obstacle := find_obstacle(spec, _choose(spec)):
        return obstacle
    if spec.stem == "1x1":
        return _find_resnext_limit(spec)
    if spec.stem != "3x3":
        return "the stem is a 3×3 convolution"
    if spec.cardinality > 1 or spec.inner not in (1.0, 0.25):
        return "units are basic, or bottlenecks whose inner width is a quarter"
    return find_limit(spec.replace(stem="7x7"))


def _find_resnext_limit(spec: Spec) -> str:
    doubled = len(spec.depths) == 3 and all(
        spec.widths[i + 1] == 2 * spec.widths[i] for i in range(2)
    )
    if spec.kernels != BOTTLENECK or spec.inner != 0.5 or spec.stride_at != 1 or not doubled:
        return "behind a 1×1 stem stand three stages of bottlenecks whose inner width is a half"
    return "" if spec.stem_width == 64 else "the stem has 64 channels"


KUANGLIU = Layout(
    name="kuangliu",
    recognise=_recognise,
    read=_read,
    write=_write,
    feed=feed,
    refuse=_refuse,
    assume=assume_stride,
    silent=SILENT,
)
