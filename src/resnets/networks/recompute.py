"""Gradient checkpointing that leaves batch norm's running statistics as one pass would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint


def run_recomputing(modules: Sequence[nn.Module], x: Tensor, segments: int) -> Tensor:
    """Run modules one after another, keeping only the inputs of ``segments`` equal stretches.

    Args:
        modules: applied in order.
        x: input of the first.
        segments: how many stretches are kept apart; each is computed again in the backward pass.

    Source: Chen et al. 2016 (sublinear memory); √n segments.
    """
    length = -(-len(modules) // segments)
    for start in range(0, len(modules), length):
        part = nn.Sequential(*modules[start : start + length])
        x = checkpoint(part, x, use_reentrant=False, context_fn=partial(_contexts, part))
    return x


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
