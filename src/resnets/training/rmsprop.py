"""RMSProp as TensorFlow computes it, which is what the Inception papers used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import torch
from torch import Tensor


class RMSProp(torch.optim.Optimizer):
    """s ← ρ·s + (1 - ρ)·g², v ← μ·v + lr·g / √(s + ε), w ← w - v; s starts at 1 and v at 0.

    ``torch.optim.RMSprop`` adds ε to √s, and its s starts at 0; with the papers' ε of 1 that is
    another optimizer.

    Args:
        params: parameters, or groups of them with a weight decay each.
        lr: learning rate; it enters v, so a change of the rate takes effect as v moves on.
        decay: ρ, share of the mean square that stays.
        eps: ε, under the root.
        momentum: μ.

    Source: Szegedy et al. 2016, Section 8 (ρ = 0.9, ε = 1); the form is that of TensorFlow, where
    the paper's networks were trained.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float,
        decay: float = 0.9,
        eps: float = 1.0,
        momentum: float = 0.0,
    ) -> None:
        defaults = {"lr": lr, "decay": decay, "eps": eps, "momentum": momentum, "weight_decay": 0.0}
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["square_mean"] = torch.ones_like(param, requires_grad=False)
                if momentum:
                    zeros = torch.zeros_like(param, requires_grad=False)
                    self.state[param]["momentum_buffer"] = zeros

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            params = [param for param in group["params"] if param.grad is not None]
            if params:
                self._move(group, params)

    def _move(self, group: dict[str, Any], params: list[Tensor]) -> None:
        grads = [cast(Tensor, param.grad) for param in params]
        if group["weight_decay"]:
            grads = list(torch._foreach_add(grads, params, alpha=group["weight_decay"]))
        squares = [self.state[param]["square_mean"] for param in params]
        torch._foreach_mul_(squares, group["decay"])
        torch._foreach_addcmul_(squares, grads, grads, value=1 - group["decay"])
        roots = torch._foreach_add(squares, group["eps"])
        torch._foreach_sqrt_(roots)
        if not group["momentum"]:
            torch._foreach_addcdiv_(params, grads, roots, value=-group["lr"])
            return
        velocities = [self.state[param]["momentum_buffer"] for param in params]
        torch._foreach_mul_(velocities, group["momentum"])
        torch._foreach_addcdiv_(velocities, grads, roots, value=group["lr"])
        torch._foreach_sub_(params, velocities)
