"""GoogLeNet and Inception-v3 in torchvision's names; Inception-v4 and -ResNet-v2 in timm's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import Tensor

from resnets.spec import FamilySpec, Network, Preprocessing
from resnets.spec.families import GoogLeNet, InceptionResNet, InceptionV3, InceptionV4

from .layout import IMAGENET, Layout, Shapes, State

SILENT = ("dropout", "side_dropout", "init")
SIDES = {"lower": "aux1.", "upper": "aux2."}
SIDE = "AuxLogits."

RESIDUAL = InceptionResNet(form="v2_released", depths=(10, 20, 10))


def _find_sizes(shapes: Shapes, stem: str, kernel: int, width: int, end: str) -> dict[str, Any]:
    """Return input channels and outputs; nothing where the stem is another.

    Args:
        shapes: of every tensor in the file.
        stem, kernel, width: path, size and channels of the first convolution.
        end: path of the classifier.
    """
    first = shapes.get(f"{stem}.weight", ())
    last = shapes.get(f"{end}.weight", shapes.get(f"{end}.bias", ()))
    if len(first) != 4 or first[0] != width or first[2:] != (kernel, kernel) or not last:
        return {}
    return {"in_chans": first[1], "num_classes": last[0]} if first[1] and last[0] else {}


def _has(shapes: Shapes, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in shapes)


def _recognise_googlenet(shapes: Shapes) -> GoogLeNet | None:
    sizes = _find_sizes(shapes, "conv1.conv", 7, 64, "fc")
    kernel = shapes.get("inception3a.branch3.1.conv.weight", (0,))[-1]
    if not sizes or kernel != 3 or not _has(shapes, "conv1.bn."):
        return None
    sides: Any = tuple(which for which, prefix in SIDES.items() if _has(shapes, prefix))
    return GoogLeNet(auxiliary=sides, **sizes)


def _recognise_v3(shapes: Shapes) -> InceptionV3 | None:
    sizes = _find_sizes(shapes, "Conv2d_1a_3x3.conv", 3, 32, "fc")
    if not sizes or not _has(shapes, "Conv2d_3b_1x1.") or not _has(shapes, "Mixed_7c."):
        return None
    return InceptionV3(auxiliary=_has(shapes, SIDE), **sizes)


def _recognise_v4(shapes: Shapes) -> InceptionV4 | None:
    sizes = _find_sizes(shapes, "features.0.conv", 3, 32, "last_linear")
    return InceptionV4(**sizes) if sizes and _has(shapes, "features.21.") else None


def _recognise_residual(shapes: Shapes) -> InceptionResNet | None:
    sizes = _find_sizes(shapes, "conv2d_1a.conv", 3, 32, "classif")
    known = _has(shapes, "mixed_5b.") and _has(shapes, "block8.")
    return RESIDUAL.replace(**sizes) if sizes and known else None


def _limit(known: FamilySpec, words: str) -> Callable[[Any], str]:
    """Return what refuses every network but one; classes and auxiliary heads may be any."""

    def refuse(spec: FamilySpec) -> str:
        free = ("num_classes", "in_chans", "auxiliary", *SILENT)
        given = {f: getattr(spec, f) for f in free if f in type(known).model_fields}
        if type(spec) is not type(known) or spec != known.replace(**given):
            return words
        return "" if spec.num_classes else "the network ends in a classifier"

    return refuse


def _refuse_googlenet(spec: GoogLeNet) -> str:
    words = "it is the network with batch norm and 3×3 filters for 5×5"
    if why := _limit(GoogLeNet(), words)(spec):
        return why
    if len(spec.auxiliary) == 1:
        return "both auxiliary classifiers are there, or none"
    return "" if spec.in_chans == 3 else "pictures have 3 channels"


def _refuse_v3(spec: InceptionV3) -> str:
    why = _limit(InceptionV3(), "it is the released form")(spec)
    return why or ("" if spec.in_chans == 3 else "pictures have 3 channels")


def _center(size: int, resize: int) -> Callable[[Network], Preprocessing | None]:
    """Return the rule for values from -1 to 1, as the networks of TensorFlow are fed."""
    rules = IMAGENET.replace(image_size=size, resize=resize, mean=(0.5,) * 3, std=(0.5,) * 3)
    return lambda spec: rules if spec.in_chans == 3 else None


def _assume_centred(spec: Network) -> tuple[str, ...]:
    return (
        "fed with mean and deviation 0.5, as torchvision's published weights are by their"
        " transform_input; weights that were trained without it need --mean and --std",
    )


def _drop_side(state: State, spec: InceptionV3) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in state.items() if not name.startswith(SIDE)}


TORCHVISION_GOOGLENET = Layout(
    name="torchvision",
    family="googlenet",
    recognise=_recognise_googlenet,
    feed=_center(224, 256),
    refuse=_refuse_googlenet,
    assume=_assume_centred,
    silent=SILENT,
)
TORCHVISION_V3 = Layout(
    name="torchvision",
    family="inception_v3",
    recognise=_recognise_v3,
    feed=_center(299, 342),
    refuse=_refuse_v3,
    assume=_assume_centred,
    silent=SILENT,
)
TIMM_V3 = replace(
    TORCHVISION_V3,
    name="timm",
    recognise=lambda shapes: None,
    write=_drop_side,
    refuse=_limit(InceptionV3(), "it is the released form"),
)
TIMM_V4 = Layout(
    name="timm",
    family="inception_v4",
    recognise=_recognise_v4,
    feed=_center(299, 341),
    refuse=_limit(InceptionV4(), "it is the network of the paper"),
    silent=SILENT,
)
TIMM_RESIDUAL = Layout(
    name="timm",
    family="inception_resnet",
    recognise=_recognise_residual,
    feed=_center(299, 333),
    refuse=_limit(RESIDUAL, "it is the released form of version 2"),
    silent=SILENT,
)
