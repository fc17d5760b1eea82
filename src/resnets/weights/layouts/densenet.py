"""DenseNet in torchvision's names, which timm shares, and in the names of its published files.

Those files are older than the names: ``norm.1`` stands there for ``norm1``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from torch import Tensor

from resnets.errors import ConfigError
from resnets.spec.families import DenseNet

from .layout import Layout, Shapes, State
from .torchvision import feed

LAYER = re.compile(r"features\.denseblock([1-9]\d?)\.denselayer([1-9]\d{0,3})\.(?:conv|norm)\d\..*")
OLD = re.compile(r"(features\.denseblock\d+\.denselayer\d+\.(?:norm|conv))\.([12]\..*)")
NEW = re.compile(r"(features\.denseblock\d+\.denselayer\d+\.(?:norm|conv))([12]\..*)")
STEMS = {3: "3x3", 7: "7x7"}


def _recognise(shapes: Shapes) -> DenseNet | None:
    layers = {(int(m[1]), int(m[2])) for name in shapes if (m := LAYER.fullmatch(name))}
    depths = [sum(block == b for b, _ in layers) for block in range(1, len(layers) + 1)]
    depths = [depth for depth in depths if depth]
    stem = shapes.get("features.conv0.weight", ())
    first = [_find(shapes, f"denseblock1.denselayer1.conv{i}") for i in (1, 2)]
    last = first[1] or first[0]
    end = shapes.get("classifier.weight", shapes.get("classifier.bias", ()))
    if len(stem) != 4 or stem[2] not in STEMS or not last or not end:
        return None
    if layers != {(b, i) for b, depth in enumerate(depths, 1) for i in range(1, depth + 1)}:
        return None
    before = stem[0] + depths[0] * last[0]
    shrunk = _find(shapes, "transition1.conv")
    try:
        return DenseNet(
            depths=tuple(depths),
            growth=last[0],
            bottleneck=first[0][0] // last[0] if first[1] else 0,
            compression=1.0 if shrunk and shrunk[0] == before else 0.5,
            stem=STEMS[stem[2]],
            stem_width=stem[0],
            in_chans=stem[1],
            num_classes=end[0],
        )
    except (ConfigError, ZeroDivisionError):
        return None


def _find(shapes: Shapes, path: str) -> tuple[int, ...]:
    shape = shapes.get(f"features.{path}.weight", ())
    return shape if len(shape) == 4 else ()


def _refuse(spec: DenseNet) -> str:
    if spec.stem != "7x7" or len(spec.depths) != 4:
        return "behind a 7×7 convolution and a max-pool stand four blocks"
    if not spec.bottleneck or spec.compression != 0.5:
        return "layers have bottlenecks, and transitions halve the channels"
    return "" if spec.num_classes else "the network ends in a classifier"


def _refuse_grey(spec: DenseNet) -> str:
    return _refuse(spec) or ("" if spec.in_chans == 3 else "pictures have 3 channels")


def _rename_all(state: State, pattern: re.Pattern[str], form: str) -> dict[str, Tensor]:
    return {pattern.sub(form, name): tensor for name, tensor in state.items()}


def _recognise_old(shapes: Shapes) -> DenseNet | None:
    if not any(OLD.fullmatch(name) for name in shapes):
        return None
    named = {OLD.sub(r"\1\2", name): shape for name, shape in shapes.items()}
    return _keep_large(_recognise(named))


def _keep_large(spec: DenseNet | None) -> DenseNet | None:
    """Leave the networks for CIFAR to our own names: the library does not have them."""
    known = spec is not None and spec.stem == "7x7" and len(spec.depths) == 4
    return spec if known else None


TORCHVISION_DENSENET = Layout(
    name="torchvision",
    family="densenet",
    recognise=lambda shapes: _keep_large(_recognise(shapes)),
    feed=feed,
    refuse=_refuse_grey,
    silent=("dropout", "init"),
)
PUBLISHED_DENSENET = replace(
    TORCHVISION_DENSENET,
    recognise=_recognise_old,
    read=lambda state, spec: _rename_all(state, OLD, r"\1\2"),
    write=lambda state, spec: _rename_all(state, NEW, r"\1.\2"),
)
TIMM_DENSENET = replace(
    TORCHVISION_DENSENET, name="timm", recognise=lambda shapes: None, refuse=_refuse
)
