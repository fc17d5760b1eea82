"""What a network costs: parameters, multiply-adds, memory and receptive field, by arithmetic alone.

Everything is read off ``expand(spec)`` or ``spec.plan()``; no torch, no weights, no forward pass.
"""

from __future__ import annotations

from resnets.spec import Network, Spec

from . import grammar, layered
from .rows import Cost


def count(spec: Network, image_size: int | None = None) -> Cost:
    """Count what a network costs.

    Args:
        spec: the architecture.
        image_size: side of a square input in pixels; None takes the one it was designed for.

    Returns:
        Totals and a row for each part. A batch norm has two parameters a channel; multiply-adds are
        those of convolutions and fully connected layers.

    Example:
        >>> from resnets.spec import Spec
        >>> count(Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A")).parameters
        269722
    """
    size = spec.natural_size if image_size is None else image_size
    if isinstance(spec, Spec):
        return Cost(size, tuple(grammar.list_rows(spec, size)))
    return Cost(size, tuple(layered.list_rows(spec, size)))
