"""The shortcut h(x): identity, zero-padded identity (option A) or projection (options B and C)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from resnets.spec import UnitSpec

from .layers import convolution, letters


def shortcut(unit: UnitSpec) -> nn.Module | None:
    """Return h of a unit; None for a plain one, which has no shortcut."""
    if unit.shortcut == "none":
        return None
    if unit.shortcut == "identity":
        return nn.Identity()
    if unit.shortcut == "pad":
        return ZeroPad(unit)
    return Projection(unit)


class ZeroPad(nn.Module):
    """Option A: the input sub-sampled by the stride, zeros for the channels that it lacks.

    The zeros come after the real channels, as in fb.resnet.torch. Where a unit has fewer channels
    than its input, which no paper's network does, the surplus ones are dropped.

    Source: He et al. 2015, Section 3.3 and Section 4.2.
    """

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__()
        self.stride = unit.stride
        self.extra = unit.out_channels - unit.in_channels

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim == 3:
            return F.pad(x[:, :, :: self.stride], (0, 0, 0, self.extra))
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.extra))


class Projection(nn.Sequential):
    """Options B and C: a 1×1 convolution with the unit's stride, then batch norm.

    Without the batch norm in a pre-activation unit (``resnet-1k-layers``).
    """

    def __init__(self, unit: UnitSpec) -> None:
        super().__init__()
        ends, axes = (unit.in_channels, unit.out_channels), unit.dimensions
        self.conv = convolution(*ends, 1, unit.stride, dimensions=axes)
        self.act = letters("B" if unit.shortcut_norm else "", ends[1], dimensions=axes)
