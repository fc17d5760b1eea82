"""One verb for every analysis, as the command line has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from resnets.spec.frozen import reject

from .costs import cost
from .lesions import lesion
from .paths import paths
from .signals import signal

if TYPE_CHECKING:
    from torch import nn

    from resnets.analysis.lesion import Lesions

    from .costs import Costs
    from .paths import Unravelled
    from .signals import Probed

    Target = str | Path | nn.Module

ANALYSES: dict[str, Callable[..., Any]] = {
    "lesion": lesion,
    "paths": paths,
    "signal": signal,
    "cost": cost,
}


@overload
def analyze(analysis: Literal["lesion"], *targets: Target, **options: Any) -> Lesions: ...
@overload
def analyze(analysis: Literal["paths"], *targets: Target, **options: Any) -> Unravelled: ...
@overload
def analyze(analysis: Literal["signal"], *targets: Target, **options: Any) -> Probed: ...
@overload
def analyze(analysis: Literal["cost"], *targets: Target, **options: Any) -> Costs: ...
def analyze(analysis: str, *targets: Target, **options: Any) -> Any:
    """Take a network apart.

    Args:
        analysis: ``lesion`` deletes units and changes their order, ``paths`` unravels the network,
            ``signal`` looks at every layer, ``cost`` counts.
        targets: runs, model folders, names of the catalog, or networks; one for ``lesion``.
        options: those of ``lesions.lesion``, ``paths.paths``, ``signals.signal`` and
            ``costs.cost``; with ``output`` tables and pictures are left in a new folder.

    Returns:
        What was found; its ``to_dict()`` is what the command prints with ``--json``.

    Raises:
        ConfigError: there is no such analysis, an option is not allowed, or the network has no
            units.
        DataError, FileError: as ``evaluate``.
        DivergedError: a value is not finite.

    Example:
        >>> analyze("paths", "preresnet110").to_dict()["mean_length"]
        27
    """
    if analysis not in ANALYSES:
        raise reject("analysis", analysis, list(ANALYSES))
    return ANALYSES[analysis](*targets, **options)
