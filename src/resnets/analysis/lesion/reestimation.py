"""Batch norm's statistics estimated again for the injured network, as an option."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnets.analysis.walk import Walk, walk

Pair = tuple[Tensor, Tensor]
"""What the training images and the tested images have become."""


def reestimate(net: nn.Module, images: Tensor) -> Walk:
    """Return a walk whose batch norms go by what the injured network itself does to some images.

    Wherever the walk goes, the images go along: every batch norm takes their mean and variance at
    that point before the tested images pass. The network is copied and stays as it is.

    Args:
        net: a network with units, in evaluation mode.
        images: (n, C, H, W), of the training split.
    """
    twin = copy.deepcopy(net)
    norms = [module for module in twin.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.momentum = 1.0

    def pair(function: Callable[[Tensor], Tensor]) -> Callable[[Pair], Pair]:
        def run(given: Pair) -> Pair:
            for norm in norms:
                norm.train()
            seen = function(given[0])
            for norm in norms:
                norm.eval()
            return seen, function(given[1])

        return run

    own = walk(twin)
    stem, head = pair(own.stem), pair(own.head)
    places = (
        replace(p, unit=pair(p.unit), bypass=pair(p.bypass), after=pair(p.after))
        for p in own.places
    )
    return Walk(lambda x: stem((images, x)), tuple(places), lambda given: head(given)[1])
