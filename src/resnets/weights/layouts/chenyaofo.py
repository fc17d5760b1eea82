"""The repository ``chenyaofo/pytorch-cifar-models``: torchvision's names behind a 3×3 stem.

Its networks are those of 2015 with projections (option B). Others use the same names for ImageNet
networks with a small stem, and those are read, too.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from resnets.spec import Network, Preprocessing, Spec

from .layout import CIFAR, Layout, Shapes
from .names import SILENT, to_ours, to_theirs
from .skeleton import infer
from .torchvision import BASIC, assume_stride
from .torchvision import NAMES as TORCHVISION_NAMES

NAMES = replace(TORCHVISION_NAMES, library="chenyaofo")


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES, shapes)
    return spec if spec is not None and spec.stem == "3x3" and spec.num_classes else None


def _refuse(spec: Spec) -> str:
    if spec.kernels != BASIC or spec.stride_at or spec.inner != 1.0:
        return "units are basic (3×3, 3×3)"
    if spec.stem != "3x3" or spec.stem_width != 16 or spec.widths != (16, 32, 64):
        return "the stem is 3×3 with 16 channels, the three stages have 16, 32 and 64"
    return "" if spec.in_chans == 3 and spec.num_classes else "pictures have 3 channels"


def feed(spec: Network) -> Preprocessing | None:
    """Feed colour pictures as the repositories for CIFAR do; nobody knows about others."""
    return CIFAR if spec.in_chans == 3 else None


def _assume(spec: Spec) -> tuple[str, ...]:
    if len(spec.depths) == 3:
        return assume_stride(spec)
    return ("no max-pool stands behind the 3×3 stem: the tensors cannot say", *assume_stride(spec))


CHENYAOFO = Layout(
    name="chenyaofo",
    recognise=_recognise,
    read=partial(to_ours, names=NAMES),
    write=partial(to_theirs, names=NAMES),
    feed=feed,
    refuse=_refuse,
    assume=_assume,
    silent=SILENT,
)
