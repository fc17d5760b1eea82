"""One verb for every analysis, as the command line has it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from resnets.spec import Network
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
    Counted = Target | Network

ANALYSES: dict[str, Callable[..., Any]] = {
    "lesion": lesion,
    "paths": paths,
    "signal": signal,
    "cost": cost,
}


@overload
def analyze(analysis: Literal["lesion"], *targets: Target, **options: Any) -> Lesions: ...
@overload
def analyze(analysis: Literal["paths"], *targets: Counted, **options: Any) -> Unravelled: ...
@overload
def analyze(analysis: Literal["signal"], *targets: Target, **options: Any) -> Probed: ...
@overload
def analyze(analysis: Literal["cost"], *targets: Counted, **options: Any) -> Costs: ...
def analyze(analysis: str, *targets: Counted, **options: Any) -> Any:
    """Take a network apart.

    Args:
        analysis: ``lesion`` deletes units and changes their order, ``paths`` unravels the network,
            ``signal`` looks at every layer, ``cost`` counts.
        targets: runs, model folders, names of the catalog, or networks; one for ``lesion``.
            ``cost`` and ``paths`` take specs, too.
        options: those of ``lesions.lesion``, ``paths.paths``, ``signals.signal`` and
            ``costs.cost``; with ``output`` tables and pictures are left in a new folder.

    Returns:
        What was found; its ``to_dict()`` is what the command prints with ``--json``.

    Raises:
        ConfigError: there is no such analysis or option, a value is not allowed, or the network has
            no units.
        DataError, FileError: as ``evaluate``.
        DivergedError: a value is not finite.

    Example:
        >>> analyze("paths", "preresnet110").to_dict()["mean_length"]
        27
    """
    if analysis not in ANALYSES:
        raise reject("analysis", analysis, list(ANALYSES))
    run = ANALYSES[analysis]
    first, *others = signature(run).parameters.values()
    if first.kind is not Parameter.VAR_POSITIONAL and len(targets) != 1:
        raise reject("targets", len(targets), f"one network for {analysis}")
    names = [other.name for other in others]
    for option in options:
        if option not in names:
            raise reject(option, option, names, code="E2101")
    return run(*targets, **options)
