"""AlexNet in torchvision's names."""

from __future__ import annotations

from resnets.spec.families import AlexNet

from .layout import Layout, Shapes
from .torchvision import feed

CONVS = (0, 3, 6, 8, 10)
"""Numbers of the five convolutions."""

HIDDEN, LAST = "classifier.1.weight", "classifier.6.weight"


def _recognise(shapes: Shapes) -> AlexNet | None:
    convs = [shapes.get(f"features.{place}.weight", ()) for place in CONVS]
    hidden, last = shapes.get(HIDDEN, ()), shapes.get(LAST, ())
    if any(len(shape) != 4 for shape in convs) or convs[0][2:] != (11, 11) or len(hidden) != 2:
        return None
    widths = tuple(shape[0] for shape in convs)
    side = round((hidden[1] / max(widths[-1], 1)) ** 0.5)
    if not last or 0 in (*widths, side, convs[0][1], last[0]):
        return None
    return AlexNet(
        widths=widths,
        groups=2 if convs[1][1] * 2 == widths[0] else 1,
        hidden=hidden[0],
        side=side,
        in_chans=convs[0][1],
        num_classes=last[0],
    )


def _refuse(spec: AlexNet) -> str:
    fields = ("num_classes", "dropout", "init")
    if spec != AlexNet(**{field: getattr(spec, field) for field in fields}):
        return "the network is that for one graphics card, for pictures with 3 channels"
    return "" if spec.num_classes else "the network ends in a classifier"


TORCHVISION_ALEXNET = Layout(
    name="torchvision",
    family="alexnet",
    recognise=_recognise,
    feed=feed,
    refuse=_refuse,
    silent=("dropout", "init"),
)
