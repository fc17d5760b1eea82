"""timm: torchvision's names for ``resnet*``, names of its own for pre-activation ``resnetv2_*``.

Of ``resnetv2_*`` those with batch norm and the plain stem; group norm, deep stems and average
pooling on the shortcut are other networks. The classifier is a 1×1 convolution there.
"""

from __future__ import annotations

from torch import Tensor

from resnets.spec import ORDERS, Preprocessing, Spec

from .layout import IMAGENET, Layout, Shapes, State
from .names import SILENT, Names, find_obstacle, to_ours, to_theirs
from .skeleton import infer
from .torchvision import assume_stride, feed, find_limit, from_torchvision, to_torchvision

NAMES = Names(
    library="timm",
    stem="stem.conv",
    stem_norm="",
    conv="stages.{s}.blocks.{u}.conv{C}",
    norm="stages.{s}.blocks.{u}.norm{C}",
    project="stages.{s}.blocks.{u}.downsample.conv",
    project_norm="",
    classifier="head.fc",
    last_norm="norm",
    order="full_preact",
)
CLASSIFIER = f"{NAMES.classifier}.weight"


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES, shapes)
    # Group norm has the same names, but keeps no statistics.
    return spec if spec is not None and f"{NAMES.last_norm}.running_mean" in shapes else None


def _write(state: State, spec: Spec) -> dict[str, Tensor]:
    if spec.order != ORDERS["full_preact"]:
        return to_torchvision(state, spec)
    theirs = to_theirs(state, spec, NAMES)
    if CLASSIFIER in theirs:
        theirs[CLASSIFIER] = theirs[CLASSIFIER][:, :, None, None]
    return theirs


def _read(state: State, spec: Spec) -> dict[str, Tensor]:
    if spec.order != ORDERS["full_preact"]:
        return from_torchvision(state, spec)
    ours = to_ours(state, spec, NAMES)
    if "fc.weight" in ours:
        ours["fc.weight"] = ours["fc.weight"].flatten(1)
    return ours


def _feed(spec: Spec) -> Preprocessing | None:
    """Feed ``resnetv2_*`` with values from -1 to 1, as their configurations in timm say."""
    if spec.order != ORDERS["full_preact"] or spec.in_chans != 3:
        return feed(spec)
    return IMAGENET.replace(mean=(0.5,) * 3, std=(0.5,) * 3)


def _refuse(spec: Spec) -> str:
    if spec.order != ORDERS["full_preact"]:
        return find_limit(spec)
    if spec.cardinality > 1:
        return "pre-activation units have one path"
    return find_obstacle(spec, NAMES) or find_limit(spec)


TIMM = Layout(
    name="timm",
    recognise=_recognise,
    read=_read,
    write=_write,
    feed=_feed,
    refuse=_refuse,
    assume=assume_stride,
    silent=SILENT,
)
