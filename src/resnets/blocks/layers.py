"""The smallest parts: convolutions, and the letters B and R as modules."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

# A vector is a map of one position on one axis.
CONVOLUTIONS: dict[int, type[nn.Conv1d | nn.Conv2d]] = {0: nn.Conv1d, 1: nn.Conv1d, 2: nn.Conv2d}
NORMS: dict[int, type[_BatchNorm]] = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d}


def convolution(
    channels: int,
    out_channels: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    *,
    dimensions: int = 2,
) -> nn.Conv1d | nn.Conv2d:
    """Return a convolution without bias that keeps the map size but for its stride."""
    return CONVOLUTIONS[dimensions](
        channels, out_channels, kernel, stride, padding=kernel // 2, groups=groups, bias=False
    )


def letters(text: str, channels: int, inplace: bool = False, *, dimensions: int = 2) -> nn.Module:
    """Return the modules that a string of ``B`` (batch norm) and ``R`` (ReLU) stands for.

    Args:
        text: for example ``"BR"``; nothing is an identity.
        channels: channels of the input.
        inplace: whether a leading ReLU may overwrite its input; after a batch norm it always may.
        dimensions: of the map.
    """
    if not text:
        return nn.Identity()
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for letter in text:
        if letter == "R":
            parts["relu"] = nn.ReLU(inplace=inplace or "norm" in parts)
        else:
            parts["norm"] = NORMS[dimensions](channels)
    return nn.Sequential(parts)


class Heads(nn.Module):
    """The heads of k branches over one input, which share what they can.

    Args:
        text: the letters of a head, with ``B`` among them.
        channels: channels of the input.
        copies: k.

    Shapes: (N, C, …) to a list of k tensors (N, C, …).
    """

    def __init__(self, text: str, channels: int, copies: int) -> None:
        super().__init__()
        before, after = text.split("B")
        self.before = letters(before, channels)
        self.norm = SharedNorm(channels, copies)
        self.after = letters(after, channels, inplace=True)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [self.after(y) for y in self.norm(self.before(x))]


class SharedNorm(nn.BatchNorm2d):
    """k batch norms of one input: one set of statistics, k scales and shifts.

    Shapes: (N, C, …) to a list of k tensors (N, C, …); ``weight`` and ``bias`` are (k, C).
    """

    def __init__(self, channels: int, copies: int) -> None:
        super().__init__(channels, affine=False)
        self.weight = nn.Parameter(torch.ones(copies, channels))
        self.bias = nn.Parameter(torch.zeros(copies, channels))

    def forward(self, x: Tensor) -> list[Tensor]:  # type: ignore[override]
        if not self.training:
            statistics = self.running_mean, self.running_var
            pairs = zip(self.weight, self.bias, strict=True)
            return [F.batch_norm(x, *statistics, w, b, eps=self.eps) for w, b in pairs]
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        running = self.running_mean, self.running_var
        outputs = _Normalize.apply(x, self.weight, self.bias, *running, self.momentum, self.eps)
        return list(outputs)


class _Normalize(torch.autograd.Function):
    """Batch norm of one input under k scales and shifts; mean and variance are computed once."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        x: Tensor,
        weight: Tensor,
        bias: Tensor,
        running_mean: Tensor,
        running_var: Tensor,
        momentum: float,
        eps: float,
    ) -> tuple[Tensor, ...]:
        running = running_mean, running_var
        first, mean, scale = torch.native_batch_norm(
            x, weight[0], bias[0], *running, True, momentum, eps
        )
        ctx.save_for_backward(x, weight, mean, scale)
        ctx.eps = eps  # type: ignore[attr-defined]
        outputs = [first]
        for w, b in zip(weight[1:], bias[1:], strict=True):
            variance = scale.square().reciprocal() - eps
            outputs.append(F.batch_norm(x, mean, variance, w, b, eps=eps))
        return tuple(outputs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, mean, scale = ctx.saved_tensors
        total, weights, biases = None, [], []
        for w, gradient in zip(weight, gradients, strict=True):
            gx, gw, gb = torch.ops.aten.native_batch_norm_backward(
                gradient, x, w, None, None, mean, scale, True, ctx.eps, [True, True, True]
            )
            total = gx if total is None else total.add_(gx)
            weights.append(gw)
            biases.append(gb)
        return total, torch.stack(weights), torch.stack(biases), None, None, None, None
