"""Width for a cardinality at equal cost: the solver behind Table 2 of ResNeXt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from resnets.errors import ConfigError
from resnets.spec import Spec, UnitSpec, expand
from resnets.spec.frozen import reject

from .layers import list_convolutions

MEASURES = ("parameters", "macs")


@dataclass(frozen=True)
class Match:
    """A cardinality, and the width with which a unit costs nearly what it should.

    Args:
        cardinality: paths, C.
        width: channels of a path, d.
        parameters: weights of all convolutions of the unit's F.
        macs: their multiply-adds for one image.
        spec: the whole network in which every stage has this cardinality.
    """

    cardinality: int
    width: int
    parameters: int
    macs: int
    spec: Spec

    @property
    def group_width(self) -> int:
        """Channels of the grouped convolution, C · d."""
        return self.cardinality * self.width

    def to_dict(self) -> dict[str, Any]:
        """Return the match as JSON data, without the network."""
        return {
            "cardinality": self.cardinality,
            "width": self.width,
            "group_width": self.group_width,
            "template_parameters": self.parameters,
            "template_macs": self.macs,
        }


def count_template(cardinality: int, width: int, channels: int = 256, kernel: int = 3) -> int:
    """Count the weights of C paths 1×1, d · 3×3, d · 1×1: C · (256·d + 3·3·d·d + d·256).

    Args:
        cardinality: paths, C.
        width: channels of a path, d.
        channels: of the unit's input and output.
        kernel: side of the middle convolution's filters.

    Source: Xie et al. 2017, Eq. 4.

    Example:
        >>> [count_template(c, d) for c, d in ((1, 64), (2, 40), (4, 24), (8, 14), (32, 4))]
        [69632, 69760, 69888, 71456, 70144]
    """
    return cardinality * (2 * channels * width + kernel**2 * width**2)


def find_nearest(cost: Callable[[int], int], budget: int) -> int:
    """Return the number, 1 or more, whose cost is nearest to a budget; of two the smaller.

    Args:
        cost: rises with the number.
        budget: what is aimed at.
    """
    low, high = 0, 1
    while cost(high) < budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cost(middle) < budget else (low, middle)
    return high if low == 0 or cost(high) - budget < budget - cost(low) else low


def solve_width(cardinality: int, budget: int, channels: int = 256, kernel: int = 3) -> int:
    """Return the width d at which C paths have nearest to a number of weights.

    Args:
        cardinality, channels, kernel: as in ``count_template``.
        budget: weights to aim at.

    Source: Xie et al. 2017, Table 2.

    Example:
        >>> [solve_width(c, 70_000) for c in (1, 2, 4, 8, 32)]
        [64, 40, 24, 14, 4]
    """
    return find_nearest(lambda d: count_template(cardinality, d, channels, kernel), budget)


def match_cost(
    spec: Spec,
    cardinalities: Sequence[int],
    *,
    stage: int = 0,
    measure: str = "parameters",
    image_size: int | None = None,
) -> tuple[Match, ...]:
    """Find for each cardinality the width at which a unit costs what a network's own unit costs.

    The template is the last unit of a stage, so that no projection counts; the other stages
    follow by the rule that widths double where maps are halved.

    Args:
        spec: the network that sets the budget, ``resnet50`` say; its units have three
            convolutions or more.
        cardinalities: C of each match.
        stage: stage of the template, from 0.
        measure: ``parameters`` or ``macs``.
        image_size: side of the input in pixels; None takes the one it was designed for.

    Raises:
        ConfigError: an option is not allowed, or the network cannot have this cardinality.
    """
    if measure not in MEASURES:
        raise reject("measure", measure, list(MEASURES))
    if not 0 <= stage < len(spec.depths):
        raise reject("stage", stage, f"0 to {len(spec.depths) - 1}")
    if len(spec.kernels) < 3:
        raise ConfigError(
            "E2720",
            "cardinality needs units of three convolutions or more",
            what=f"kernels = {spec.kernels}",
            why="paths of two convolutions are a wide dense unit (ResNeXt, Fig. 4)",
            do="give a bottleneck network, for example resnet50",
        )
    template = [unit for unit in expand(spec) if unit.stage == stage][-1]
    side = _find_side(spec, template, image_size)
    counted = MEASURES.index(measure)
    found = []
    for cardinality in cardinalities:
        if cardinality < 1:
            raise reject("cardinality", cardinality, "1 or more")
        weigh = partial(_weigh, template, side, cardinality)
        budget = _count(template, side)[counted]
        width = find_nearest(lambda d, weigh=weigh: weigh(d)[counted], budget)  # type: ignore[misc]
        share = cardinality * width / spec.widths[stage]
        whole = spec.replace(cardinality=cardinality, inner=share)
        found.append(Match(cardinality, width, *weigh(width), whole))
    return tuple(found)


def _find_side(spec: Spec, unit: UnitSpec, image_size: int | None) -> int:
    """Return the side of the map that a unit reads."""
    side = spec.natural_size if image_size is None else image_size
    if spec.stem == "7x7":
        side = -(-side // 4)
    for other in expand(spec)[: unit.index]:
        side = -(-side // other.stride)
    return side


def _weigh(unit: UnitSpec, side: int, cardinality: int, width: int) -> tuple[int, int]:
    """Count weights and multiply-adds of a unit with C paths of d channels."""
    inner = (cardinality * width,) * (len(unit.kernels) - 1)
    groups = tuple(cardinality if 0 < i < len(inner) else 1 for i in range(len(unit.kernels)))
    channels = (unit.in_channels, *inner, unit.out_channels)
    return _count(replace(unit, channels=channels, groups=groups, cardinality=cardinality), side)


def _count(unit: UnitSpec, side: int) -> tuple[int, int]:
    """Count weights and multiply-adds of F, its paths side by side."""
    residual = replace(unit, form="grouped", shortcut="none")
    convs = list_convolutions(residual, side)
    return sum(conv.weights for conv in convs), sum(conv.macs for conv in convs)
