"""The three shapes that families share: basic and bottleneck nets on CIFAR, and ImageNet nets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resnets.errors import ConfigError
from resnets.spec import ORDERS, Add, Gate, Keep, Spec

from .names import Name

IMAGENET = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}
"""Units in the stages of the ImageNet networks; 18 and 34 are basic, the rest bottlenecks."""

BASIC = (18, 34)

SHORTCUTS = {"a": "A", "b": "B", "c": "C", "conv_shortcut": "C", "no_shortcut": "none"}


def refuse(name: Name, rule: str, tries: Sequence[str] = ()) -> ConfigError:
    """Return the error for a name whose numbers or endings the rule of its family forbids."""
    return ConfigError(
        "E2202",
        rule,
        what=name.respell(name.depth),
        where={"family": name.family},
        do=[f"try {' or '.join(tries)}"] if tries else (),
    )


def solve(name: Name, layers: int, offset: int = 2, taken: Sequence[int] = ()) -> int:
    """Return n of the rule depth = layers · n + offset.

    Args:
        name: the name that has the depth.
        layers, offset: the rule.
        taken: depths that mean another network where no ending says ``_basic``.

    Raises:
        ConfigError: the depth does not follow the rule; the two nearest ones are named.
    """
    n, rest = divmod(name.depth - offset, layers)
    if n >= 1 and not rest:
        return n
    depths = [layers * m + offset for m in (max(n, 1), max(n, 1) + 1)]
    free = bool(name.get("block"))
    tries = [name.respell(d, "_basic" if d in taken and not free else "") for d in depths]
    rule = f"depth must be {layers}n+{offset}, try {depths[0]} or {depths[1]}"
    raise refuse(name, rule, tries)


def arrange(
    name: Name,
    imagenet: Sequence[int],
    bottleneck: Sequence[int] = (),
    unequal: Mapping[int, tuple[int, ...]] | None = None,
    preact: bool = False,
) -> Spec:
    """Return the shape that depth and endings ask for.

    Args:
        name: the name.
        imagenet: depths that are ImageNet networks where no ending says otherwise.
        bottleneck: depths that are bottleneck networks on CIFAR where no ending says otherwise.
        unequal: units in the stages for depths that no rule covers.
        preact: full pre-activation, with its own places of stride and first activation.

    Source: He et al. 2015, Table 1 and Section 4.2 (6n+2); He et al. 2016, appendix (9n+2). Stride
    of bottlenecks: in the 3×3, but in the first 1×1 for pre-activation on CIFAR, as in
    ``resnet-1k-layers``.
    """
    form, block = name.get("form"), name.get("block")
    if form in ("imagenet", "small") or (name.depth in imagenet and not form and not block):
        return _large(name, preact)
    order = ORDERS["full_preact" if preact else "original"]
    if block == "bottleneck" or (name.depth in bottleneck and not block):
        return Spec(
            depths=(solve(name, 9),) * 3,
            widths=(64, 128, 256),
            kernels=(1, 3, 1),
            inner=0.25,
            stride_at=0 if preact else 1,
            order=order,
        )
    depths = (unequal or {}).get(name.depth) or (solve(name, 6, 2, (*imagenet, *bottleneck)),) * 3
    return Spec(depths=depths, widths=(16, 32, 64), shortcut="A", order=order)


def _large(name: Name, preact: bool) -> Spec:
    if name.depth not in IMAGENET:
        known = ", ".join(map(str, IMAGENET))
        raise refuse(name, f"depth must be one of {known} in the ImageNet form")
    basic, small = name.depth in BASIC, name.get("form") == "small"
    layers: dict[str, Any] = {} if basic else {"kernels": (1, 3, 1), "inner": 0.25, "stride_at": 1}
    return Spec(
        depths=IMAGENET[name.depth],
        widths=tuple(width * (1 if basic else 4) for width in (64, 128, 256, 512)),
        stem="3x3" if small else "7x7",
        stem_width=64,
        num_classes=10 if small else 1000,
        order=ORDERS["full_preact" if preact else "original"],
        first_head="stem" if preact and not small else "unit",
        **layers,
    )


def vary(spec: Spec, name: Name) -> Spec:
    """Return the spec with what the endings change, from shortcut and stride to merge."""
    if ending := name.get("shortcut"):
        spec = spec.replace(shortcut=SHORTCUTS[ending])
    if name.get("stride"):
        if len(spec.kernels) != 3:
            raise refuse(name, "v1 says where a bottleneck strides, and this network has none")
        spec = spec.replace(stride_at=0)
    if name.get("skip"):
        if spec.kernels != (3, 3) or spec.stem != "3x3":
            raise refuse(name, "1layer splits the units of basic networks on CIFAR")
        spec = spec.replace(kernels=(3,), depths=tuple(2 * n for n in spec.depths))
    if name.get("stem"):
        if spec.stem != "7x7":
            raise refuse(name, "bare says that the ImageNet stem has no activation")
        spec = spec.replace(first_head="branches" if spec.kernels == (3, 3) else "unit")
    if ending := name.get("order"):
        spec = spec.replace(order=ORDERS[ending])
    if ending := name.get("merge"):
        spec = spec.replace(merge=_merge(ending))
    return spec


def _merge(ending: str) -> Add | Gate | Keep:
    kind, _, rest = ending.partition("_")
    if kind == "scaling":
        shortcut, residual = map(_decimal, rest.split("_"))
        return Add(shortcut=shortcut, residual=residual)
    if kind == "dropout":
        return Keep(shortcut=0.5, per="element")
    if ending.endswith("units"):
        return Keep(units=int(ending.removesuffix("units")))
    return Gate(bias=-float(rest.removeprefix("gate_b")), exclusive=kind == "exclusive")


def _decimal(digits: str) -> float:
    """Read a constant whose point a file name should not have: ``05`` is 0.5, ``1`` is 1."""
    return float(f"0.{digits[1:]}" if len(digits) > 1 and digits[0] == "0" else digits)
