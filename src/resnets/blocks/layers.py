"""The smallest parts: convolutions, and the letters B and R as modules."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def convolution(
    channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Conv2d:
    """Return a convolution without bias that keeps the map size but for its stride."""
    return nn.Conv2d(
        channels, out_channels, kernel, stride, padding=kernel // 2, groups=groups, bias=False
    )


def letters(text: str, channels: int, copies: int = 1, inplace: bool = False) -> nn.Module:
    """Return the modules that a string of ``B`` (batch norm) and ``R`` (ReLU) stands for.

    Args:
        text: for example ``"BR"``; nothing is an identity.
        channels: channels of the input.
        copies: batch norms side by side over one input, see ``SharedNorm``.
        inplace: whether a leading ReLU may overwrite its input; after a batch norm it always may.
    """
    if not text:
        return nn.Identity()
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for letter in text:
        if letter == "R":
            parts["relu"] = nn.ReLU(inplace=inplace or "norm" in parts)
        elif copies > 1:
            parts["norm"] = SharedNorm(channels, copies)
        else:
            parts["norm"] = nn.BatchNorm2d(channels)
    return nn.Sequential(parts)


class SharedNorm(nn.BatchNorm2d):
    """k batch norms of one input: one set of statistics, k scales and shifts.

    What k separate batch norms would compute k times over the same input is computed once.

    Shapes: (N, C, H, W) to (N, k·C, H, W), branch after branch; ``weight`` and ``bias`` (k, C).
    """

    def __init__(self, channels: int, copies: int) -> None:
        super().__init__(channels, affine=False)
        self.copies = copies
        self.weight = nn.Parameter(torch.ones(copies, channels))
        self.bias = nn.Parameter(torch.zeros(copies, channels))

    def forward(self, x: Tensor) -> Tensor:
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        x = F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            training=self.training,
            momentum=self.momentum,  # type: ignore[arg-type]
            eps=self.eps,
        )
        x = torch.cat([x] * self.copies, dim=1)
        scale = self.weight.flatten()[:, None, None].to(x.dtype)
        return torch.addcmul(self.bias.flatten()[:, None, None].to(x.dtype), x, scale)
