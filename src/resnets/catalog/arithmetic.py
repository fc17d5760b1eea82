"""Families as arithmetic: from the depth and the endings of a name into the general ``Spec``."""

from __future__ import annotations

from resnets.spec import ORDERS, Keep, Spec

from .names import Name
from .shapes import IMAGENET, arrange, refuse, solve, vary

DEEP = (50, 101, 152, 200)
UNEQUAL = {24: (4, 4, 3), 30: (5, 4, 5)}
"""Multi-ResNet, Table II: a block removed to balance parameters; inferred from their counts."""


def plain(name: Name) -> Spec:
    """ResNets without shortcuts: 18 and 34 for ImageNet, 6n+2 on CIFAR."""
    return arrange(name, imagenet=(18, 34)).replace(shortcut="none")


def resnet(name: Name) -> Spec:
    """ImageNet nets by their depths, 9n+2 bottlenecks for 164 and 1001, else 6n+2 on CIFAR."""
    return vary(arrange(name, tuple(IMAGENET), (164, 1001)), name)


def preresnet(name: Name) -> Spec:
    """The same with full pre-activation."""
    bottleneck = (164, 398, 1001)
    return vary(arrange(name, tuple(IMAGENET), bottleneck, UNEQUAL, preact=True), name)


def resnext(name: Name) -> Spec:
    """C paths of width d, where d is that of the first stage and doubles with every stage.

    The inner width of a unit is C·d/64 of a plain bottleneck's, whose inner width is a quarter.
    """
    form = name.get("form")
    large = form in ("imagenet", "small") or (name.depth in DEEP and not form)
    base = arrange(name, DEEP) if large else _resnext_cifar(name)
    if len(base.kernels) != 3:
        raise refuse(name, "paths need an inner layer, and this network is no bottleneck")
    paths, width = map(int, name.get("paths")[:-1].split("x"))
    return vary(base.replace(cardinality=paths, inner=paths * width / 256), name)


def _resnext_cifar(name: Name) -> Spec:
    return Spec(
        depths=(solve(name, 9),) * 3,
        widths=(256, 512, 1024),
        kernels=(1, 3, 1),
        inner=0.25,
        stride_at=1,
        stem_width=64,
    )


def wrn(name: Name) -> Spec:
    """Depth 6n+4, which counts the three projections; widths 16k, 32k, 64k.

    With l convolutions in a unit instead of two the rule is 3·l·n + 4.
    """
    layers, factor = name.number("convolutions", 2), name.number("factor")
    return Spec(
        depths=(solve(name, 3 * layers, 4),) * 3,
        widths=(16 * factor, 32 * factor, 64 * factor),
        kernels=(3,) * layers,
        order=ORDERS["full_preact"],
        dropout=0.3 if name.get("dropout") else 0.0,
        init="he_fan_in",
    )


def wide_resnet(name: Name) -> Spec:
    """ImageNet bottleneck nets whose inner width is a multiple."""
    if name.depth not in DEEP:
        raise refuse(name, f"depth must be one of {', '.join(map(str, DEEP))}")
    base = arrange(name, DEEP)
    return base.replace(inner=base.inner * name.number("factor"))


def multi_resnet(name: Name) -> Spec:
    """Pre-activation nets with k functions in a unit, on CIFAR perhaps w times as wide."""
    base = arrange(name, (18, 34, 50, 101, 152), (164, 200, 398, 1001), UNEQUAL, preact=True)
    base = base.replace(branches=name.number("branches"))
    if name.get("width"):
        if base.stem == "7x7":
            raise refuse(name, "w widens networks on CIFAR only")
        widths = tuple(width * name.number("width") for width in base.widths)
        base = base.replace(widths=widths, shortcut="B")
    return vary(base, name)


def stochastic_depth(name: Name) -> Spec:
    """6n+2 ResNets whose units survive a mini-batch with a probability falling from 1 to 0.5."""
    return arrange(name, ()).replace(merge=Keep(residual=0.5, schedule="linear"))


def swapout(name: Name) -> Spec:
    """6n+2 pre-activation nets, w times as wide, with masks on shortcut and residual."""
    factor = name.number("width")
    return arrange(name, (), preact=True).replace(
        widths=(16 * factor, 32 * factor, 64 * factor),
        shortcut="B",
        merge=Keep(shortcut=0.5, residual=0.5, per="element", schedule="linear"),
    )
