"""Stochastic inference: the answers of several passes with sampled masks, averaged."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from resnets.blocks.merge import Masked


class SampledPasses(nn.Module):
    """The mean of the class probabilities over passes in which masks are drawn, as a network.

    Batch norm and everything else are evaluated as ever; only the masks of the merges are drawn.

    Args:
        net: a network with units whose merges have masks; one without gives its plain answer.
        passes: how many are averaged.

    Source: Singh et al. 2016 (swapout), where 30 passes are taken.
    """

    def __init__(self, net: nn.Module, passes: int) -> None:
        super().__init__()
        self.net = net
        self.passes = passes

    def forward(self, x: Tensor) -> Tensor:
        """Return the logarithms of the averaged probabilities, (N, K), for images (N, C, H, W)."""
        modes = {m: m.training for m in self.net.modules() if isinstance(m, Masked)}
        for mask in modes:
            mask.training = True
        scores = [self.net(x).float().log_softmax(1) for _ in range(self.passes)]
        for mask, mode in modes.items():
            mask.training = mode
        return torch.stack(scores).logsumexp(0) - math.log(self.passes)
