"""torchvision's ResNet, ResNeXt and Wide ResNet; timm's ``resnet*`` have the same names.

The names do not say where a bottleneck strides: in the 3×3, as both libraries build it, or in the
first 1×1, as the networks of 2015 that were converted to these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

from resnets.catalog import find_name
from resnets.spec import Network, Preprocessing, Spec

from .layout import IMAGENET, Layout, Shapes
from .names import SILENT, Names, to_ours, to_theirs
from .skeleton import infer

Value = TypeVar("Value")

NAMES = Names(
    library="torchvision",
    stem="conv1",
    stem_norm="bn1",
    conv="layer{S}.{u}.conv{C}",
    norm="layer{S}.{u}.bn{C}",
    project="layer{S}.{u}.downsample.0",
    project_norm="layer{S}.{u}.downsample.1",
    classifier="fc",
)

BASIC, BOTTLENECK = (3, 3), (1, 3, 1)


def to_torchvision(state: Mapping[str, Value], spec: Network) -> dict[str, Value]:
    """Rename our tensors to torchvision's keys; outside the grammar the two are the same.

    Raises:
        ConfigError: the network is none that such keys can name.
    """
    return to_theirs(state, spec, NAMES) if isinstance(spec, Spec) else dict(state)


def from_torchvision(state: Mapping[str, Value], spec: Network) -> dict[str, Value]:
    """Rename torchvision's tensors to our keys; outside the grammar the two are the same."""
    return to_ours(state, spec, NAMES) if isinstance(spec, Spec) else dict(state)


def find_limit(spec: Spec) -> str:
    """Say what torchvision's ``ResNet`` cannot build about a network that its keys can name."""
    if spec.kernels not in (BASIC, BOTTLENECK):
        return "units are basic (3×3, 3×3) or bottlenecks (1×1, 3×3, 1×1)"
    if spec.kernels == BASIC and (spec.inner != 1.0 or spec.cardinality > 1):
        return "basic units have one width and one path"
    if spec.kernels == BOTTLENECK and spec.stride_at != 1:
        return "bottlenecks stride in the 3×3"
    if spec.kernels == BASIC and spec.stride_at != 0:
        return "basic units stride in their first convolution"
    if spec.stem != "7x7":
        return "the stem is a 7×7 convolution with a max-pool"
    first = 64 * (4 if spec.kernels == BOTTLENECK else 1)
    if spec.stem_width != 64 or spec.widths != tuple(first * 2**i for i in range(4)):
        return f"the stem has 64 channels and the four stages {first} to {8 * first}"
    return ""


def refuse(spec: Spec) -> str:
    """Say why torchvision's own class cannot build a network."""
    if spec.in_chans != 3:
        return "pictures have 3 channels"
    return find_limit(spec) or ("" if spec.num_classes else "the network ends in a classifier")


def assume_stride(spec: Spec) -> tuple[str, ...]:
    """Say what was taken for the stride of bottlenecks."""
    if spec.kernels != BOTTLENECK or spec.stride_at != 1:
        return ()
    other = find_name(spec.replace(stride_at=0))
    name = f"; for the first 1×1, as released in 2015, name the network ({other})" if other else ""
    return (f"bottlenecks stride in the 3×3: the tensors cannot say{name}",)


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES, shapes)
    return spec if spec is not None and spec.stem == "7x7" else None


def feed(spec: Network) -> Preprocessing | None:
    """Feed colour pictures as torchvision does; nobody knows about others."""
    return IMAGENET if spec.in_chans == 3 else None


TORCHVISION = Layout(
    name="torchvision",
    recognise=_recognise,
    read=partial(to_ours, names=NAMES),
    write=partial(to_theirs, names=NAMES),
    feed=feed,
    refuse=refuse,
    assume=assume_stride,
    silent=SILENT,
)
