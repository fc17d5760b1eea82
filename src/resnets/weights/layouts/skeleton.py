"""From names and shapes to a network: what the tensors of a residual network say about it."""

from __future__ import annotations

from resnets.errors import ConfigError
from resnets.spec import Spec

from .layout import Shapes
from .names import Names, match_numbers

STEMS = {1: "1x1", 3: "3x3", 7: "7x7"}

Units = dict[tuple[int, int], dict[int, tuple[int, ...]]]
"""By stage and unit: the shapes of the convolutions of a branch by their numbers."""


def infer(names: Names, shapes: Shapes) -> Spec | None:
    """Return the network whose tensors these are, as far as its frame tells.

    Stems, stages, units, convolutions and projections decide; whether every tensor is there, and
    has the shape that follows, is left to the caller.

    Args:
        names: the library's paths.
        shapes: of every tensor in the file.

    Returns:
        The network, or None where the frame is not one of such a network. Bottlenecks stride in
        their first convolution that is larger than 1×1.
    """
    stem = shapes.get(f"{names.stem}.weight", ())
    units = _find_units(names, shapes)
    norm = f"{names.stem_norm}.weight" in shapes if names.stem_norm else True
    if not norm or not units or len(stem) != 4 or stem[2] not in STEMS:
        return None
    convs = [shape for unit in units.values() for shape in unit.values()]
    if any(len(shape) != 4 for shape in convs) or any(0 in s for s in (stem, *convs)):
        return None
    depths = _count_units(units)
    if depths is None or any(sorted(unit) != list(range(len(unit))) for unit in units.values()):
        return None
    widths = tuple(units[stage, 0][len(units[stage, 0]) - 1][0] for stage in range(len(depths)))
    first = units[0, 0]
    kernels = tuple(first[c][2] for c in range(len(first)))
    inner = first[0][0] / widths[0] if len(kernels) > 1 else 1.0
    shortcut, bare = _find_shortcut(names, shapes, stem[0], widths, depths)
    if not shortcut:
        return None
    # A file that has lost one of the two is still for a network with outputs.
    classifier = next(
        (shapes[name] for part in ("weight", "bias")
         if shapes.get(name := f"{names.classifier}.{part}")),
        (0,),
    )  # fmt: skip
    try:
        return Spec(
            depths=depths,
            widths=widths,
            kernels=kernels,
            inner=inner,
            stride_at=next((c for c, kernel in enumerate(kernels) if kernel > 1), 0),
            shortcut=shortcut,
            order=names.order,
            cardinality=first[0][0] // first[1][1] if len(kernels) > 2 else 1,
            stem=STEMS[stem[2]],
            stem_width=stem[0],
            first_head="branches" if names.preact and bare else "unit",
            last_head=bool(names.last_norm) or not names.preact,
            in_chans=stem[1],
            num_classes=classifier[0],
        )
    except ConfigError:
        return None


def _find_units(names: Names, shapes: Shapes) -> Units:
    pattern = match_numbers(names.conv)
    units: Units = {}
    for name, shape in shapes.items():
        if found := pattern.fullmatch(name):
            stage, unit, conv = (_number(found.groupdict(), letter) for letter in "suc")
            units.setdefault((stage, unit), {})[conv] = shape
    return units


def _number(groups: dict[str, str], letter: str) -> int:
    """Return a number counted from 0, whichever way the template counts it."""
    return int(groups[letter]) if letter in groups else int(groups[letter.upper()]) - 1


def _count_units(units: Units) -> tuple[int, ...] | None:
    """Return the units of each stage; None where a number is left out."""
    depths: dict[int, int] = {}
    for stage, _ in units:
        depths[stage] = depths.get(stage, 0) + 1
    whole = {(stage, unit) for stage in range(len(depths)) for unit in range(depths.get(stage, 0))}
    return tuple(depths[stage] for stage in range(len(depths))) if whole == units.keys() else None


def _find_shortcut(
    names: Names, shapes: Shapes, stem: int, widths: tuple[int, ...], depths: tuple[int, ...]
) -> tuple[str, bool]:
    """Return the shortcut option, and whether the first unit has an identity; no option if none."""
    pattern = match_numbers(names.project)
    projected = set()
    for name in shapes:
        if found := pattern.fullmatch(name):
            projected.add(tuple(_number(found.groupdict(), letter) for letter in "su"))
    changing = {(stage, 0) for stage in range(1, len(widths))}
    changing |= {(0, 0)} if stem != widths[0] else set()
    options = {
        "B": changing,
        "A": set(),
        "C": {(s, u) for s, n in enumerate(depths) for u in range(n)},
    }
    fitting = [o for o in options if o in names.shortcuts and options[o] == projected]
    return (fitting[0] if fitting else ""), (0, 0) not in projected
