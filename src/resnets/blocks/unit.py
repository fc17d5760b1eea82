"""The residual unit: y = post(a · h(x) + b · Σ_k F_k(x))."""

from __future__ import annotations

from torch import Tensor, nn

from resnets.spec import Add, UnitSpec

from .layers import letters
from .merge import merge
from .shortcut import shortcut
from .transform import transform


class Unit(nn.Module):
    """Residual unit: post(merge(h(x), F(x))); a plain one is post(F(x)).

    A shared head is applied to x before both h and F.

    Args:
        spec: the unit, every number explicit.

    Shapes: (N, in_channels, H, W) to (N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉); for a signal
    in time (N, in_channels, L), for a vector (N, in_channels, 1).

    Source: He et al. 2016 (Identity Mappings), Eq. 1 and 2; Abdi & Nahavandi 2016, Eq. 3 for k > 1.
    """

    def __init__(self, spec: UnitSpec) -> None:
        super().__init__()
        self.spec = spec
        head, axes = spec.head if spec.head_shared else "", spec.dimensions
        self.head = letters(head, spec.in_channels, dimensions=axes)
        self.shortcut = shortcut(spec)
        self.transform = transform(spec)
        self.merge = merge(spec) if self.shortcut is not None else None
        # Only a fresh sum may be overwritten: a ReLU keeps its output for the backward pass, and a
        # mask may hand the shortcut's own tensor through.
        fresh = isinstance(spec.merge, Add) and not spec.tail.endswith("R")
        self.post = letters(spec.post, spec.out_channels, inplace=fresh, dimensions=axes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(x)
        if self.merge is None or self.shortcut is None:
            return self.post(self.transform(x))
        return self.post(self.merge(x, self.shortcut, self.transform))
