"""VGG: torchvision's names, which two repositories for CIFAR share, and timm's convolutional head.

The pools have no tensors; where the numbers of two convolutions leave a gap, there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from torch import Tensor

from resnets.spec.families import VGG

from .chenyaofo import feed as feed_cifar
from .layout import Layout, Shapes, State
from .names import rename
from .torchvision import feed

FAMILY, SILENT = "vgg", ("dropout", "init")
WIDTHS = (64, 128, 256, 512, 512)

CONV = re.compile(r"features\.(0|[1-9]\d{0,3})\.weight")
HIDDEN = ("classifier.0", "classifier.3")
LAST = "classifier.6"
TIMM_PATHS = {HIDDEN[0]: "pre_logits.fc1", HIDDEN[1]: "pre_logits.fc2", LAST: "head.fc"}
KUANGLIU_PATHS = {"classifier.0": "classifier"}


def _infer(shapes: Shapes, hidden: str, last: str) -> VGG | None:
    """Return the network whose tensors these are, as far as its frame tells.

    Args:
        shapes: of every tensor in the file.
        hidden: path of the first hidden layer; empty where there is none.
        last: path of the classifier.
    """
    found = [(int(m[1]), shape) for name, shape in shapes.items() if (m := CONV.fullmatch(name))]
    convs = sorted((place, shape) for place, shape in found if len(shape) == 4)
    norm = any(len(shape) == 1 for _, shape in found)
    stages = _group(convs, 3 if norm else 2)
    first, end = shapes.get(f"{hidden}.weight", ()), shapes.get(f"{last}.weight", ())
    if not stages or len(end) < 2 or (hidden and len(first) < 2):
        return None
    widths = tuple(stage[-1] for stage in stages)
    area = 1
    for size in first[1:]:
        area *= size
    side = round((area / widths[-1]) ** 0.5) if hidden else 1
    if 0 in (*widths, convs[0][1][1], end[0], side):
        return None
    return VGG(
        depths=tuple(len(stage) for stage in stages),
        widths=widths,
        norm=norm,
        hidden=first[0] if hidden else 0,
        side=side,
        in_chans=convs[0][1][1],
        num_classes=end[0],
    )


def _group(convs: Sequence[tuple[int, tuple[int, ...]]], distance: int) -> list[list[int]]:
    """Return the widths of the convolutions of each stage; nothing for other numbers and sizes."""
    if not convs or convs[0][0] != 0 or any(shape[2:] != (3, 3) for _, shape in convs):
        return []
    stages = [[convs[0][1][0]]]
    for (before, _), (place, shape) in pairwise(convs):
        if place - before == distance + 1:
            stages.append([])
        elif place - before != distance:
            return []
        stages[-1].append(shape[0])
    return stages


def _recognise_torchvision(shapes: Shapes) -> VGG | None:
    spec = _infer(shapes, HIDDEN[0], LAST)
    return spec if spec is not None and spec.side > 1 else None


def _recognise_chenyaofo(shapes: Shapes) -> VGG | None:
    spec = _infer(shapes, HIDDEN[0], LAST)
    return spec if spec is not None and spec.side == 1 else None


def _recognise_timm(shapes: Shapes) -> VGG | None:
    return _infer(shapes, TIMM_PATHS[HIDDEN[0]], TIMM_PATHS[LAST])


def _recognise_kuangliu(shapes: Shapes) -> VGG | None:
    spec = _infer(shapes, "", "classifier")
    return spec if spec is not None and spec.norm else None


def _refuse(spec: VGG) -> str:
    if spec.widths != WIDTHS or (spec.hidden, spec.side) != (4096, 7):
        return "five stages of 64 to 512 channels stand before two hidden layers of 4096 features"
    return "" if spec.num_classes else "the network ends in a classifier"


def _refuse_grey(spec: VGG) -> str:
    return _refuse(spec) or ("" if spec.in_chans == 3 else "pictures have 3 channels")


def _refuse_small(spec: VGG, hidden: int) -> str:
    if spec.widths != WIDTHS or (spec.hidden, spec.side) != (hidden, 1) or not spec.norm:
        words = (
            f"two hidden layers of {hidden} features stand" if hidden else "no hidden layer stands"
        )
        return f"units have batch norm, and {words} before the classifier on a 1×1 map"
    return "" if spec.in_chans == 3 and spec.num_classes else "pictures have 3 channels"


def _write_timm(state: State, spec: VGG) -> dict[str, Tensor]:
    """Rename the hidden layers, whose weights are convolutions of the whole map there."""
    theirs = rename(state, TIMM_PATHS)
    for path, side in zip(HIDDEN, (spec.side, 1), strict=True):
        name = f"{TIMM_PATHS[path]}.weight"
        if name in theirs:
            theirs[name] = theirs[name].unflatten(1, (-1, side, side))
    return theirs


def _read_timm(state: State, spec: VGG) -> dict[str, Tensor]:
    ours = rename(state, {theirs: own for own, theirs in TIMM_PATHS.items()})
    return {
        n: t.flatten(1) if n.startswith(HIDDEN) and t.dim() == 4 else t for n, t in ours.items()
    }


TORCHVISION_VGG = Layout(
    name="torchvision",
    family=FAMILY,
    recognise=_recognise_torchvision,
    feed=feed,
    refuse=_refuse_grey,
    silent=SILENT,
)
TIMM_VGG = replace(
    TORCHVISION_VGG,
    name="timm",
    recognise=_recognise_timm,
    read=_read_timm,
    write=_write_timm,
    refuse=_refuse,
)
CHENYAOFO_VGG = replace(
    TORCHVISION_VGG,
    name="chenyaofo",
    recognise=_recognise_chenyaofo,
    feed=feed_cifar,
    refuse=lambda spec: _refuse_small(spec, 512),
)
KUANGLIU_VGG = replace(
    TORCHVISION_VGG,
    name="kuangliu",
    recognise=_recognise_kuangliu,
    read=lambda state, spec: rename(state, {v: k for k, v in KUANGLIU_PATHS.items()}),
    write=lambda state, spec: rename(state, KUANGLIU_PATHS),
    feed=feed_cifar,
    refuse=lambda spec: _refuse_small(spec, 0),
)
