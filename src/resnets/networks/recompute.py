"""Gradient checkpointing that leaves batch norm's running statistics as one pass would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import groupby
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from resnets.blocks.layered import Growing


def run_recomputing(modules: Sequence[nn.Module], x: Tensor, segments: int) -> Tensor:
    """Run modules one after another, keeping only the inputs of ``segments`` equal stretches.

    Layers of a dense block, x ⊕ F(x), are computed again one by one from the outputs of the layers
    before them, of which only one copy is kept: memory grows with the block's depth, not with its
    square.

    Args:
        modules: applied in order.
        x: input of the first.
        segments: how many stretches are kept apart; each is computed again in the backward pass.

    Source: Chen et al. 2016 (sublinear memory), √n segments; Pleiss et al. 2017 for dense blocks.
    """
    length = -(-len(modules) // segments)
    for dense, group in groupby(modules, key=lambda module: isinstance(module, Growing)):
        run = list(group)
        if dense:
            x = _grow_recomputing(cast("list[Growing]", run), x)
            continue
        for start in range(0, len(run), length):
            part = nn.Sequential(*run[start : start + length])
            x = _recompute(part, part, x)
    return x


def _grow_recomputing(layers: Sequence[Growing], x: Tensor) -> Tensor:
    maps = [x]
    for layer in layers:
        maps.append(_recompute(layer, lambda *m, f=layer.function: f(torch.cat(m, 1)), *maps))
    return torch.cat(maps, 1)


def _recompute(part: nn.Module, function: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """Apply a function of a part of the network, and keep nothing but its inputs."""
    contexts = partial(_contexts, part)
    return checkpoint(function, *inputs, use_reentrant=False, context_fn=contexts)


def _contexts(part: nn.Module) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    return nullcontext(), _frozen_statistics(part)


@contextmanager
def _frozen_statistics(part: nn.Module) -> Iterator[None]:
    """Let batch norms use the statistics of the batch without recording them a second time."""
    norms = [m for m in part.modules() if isinstance(m, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    # The recomputation may stop early, so the counts are restored rather than lowered by one.
    counts = {k: v.clone() for k, v in part.state_dict().items() if k.endswith("batches_tracked")}
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        part.load_state_dict(counts, strict=False)
