"""The watch over loss, gradients and parameters: what is not finite stops the run."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from resnets.errors import DivergedError

CONFIRM_EVERY = 50
_NEVER = 2**62


class Guard:
    """Stops training in the step in which a number stops being finite.

    A gradient that is not finite makes its parameter so in the same step, so loss and parameters
    tell everything. On a CPU they are looked at in each step. On a device the first bad step is
    recorded there and read every 50 steps and before anything is stored, since a look at each step
    would make the device wait; the message names the true step all the same, and no file ever
    holds what came after it.

    Args:
        net: the network in training, on its device and in its memory layout.
    """

    def __init__(self, net: nn.Module) -> None:
        self._named = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
        # One concatenation of flat views is twenty times faster than a look at each tensor.
        self._flat: dict[torch.device, list[Tensor]] = {}
        for _, p in self._named:
            flat = p.detach().as_strided((p.numel(),), (1,))
            self._flat.setdefault(p.device, []).append(flat)
        device = next(iter(self._flat))
        self._deferred = device.type != "cpu"
        self._first_bad = torch.full((), _NEVER, dtype=torch.int64, device=device)

    def check(self, step: int, loss: Tensor) -> None:
        """Check a step whose gradients are still there.

        Args:
            step: its number, from 1.
            loss: of its batch, ().

        Raises:
            DivergedError: loss, gradients or parameters are not finite; on a device perhaps only
                up to 50 steps later.
        """
        everything = loss.detach()
        for flat in self._flat.values():
            everything = everything + torch.cat(flat).sum().to(everything.device)
        if self._deferred:
            bad = torch.where(torch.isfinite(everything), _NEVER, step)
            torch.minimum(self._first_bad, bad, out=self._first_bad)
            if step % CONFIRM_EVERY == 0:
                self.confirm()
        elif not math.isfinite(everything.item()):
            self._diagnose(step, loss)

    def confirm(self) -> None:
        """Wait for the device, and make sure that all steps so far were finite.

        Raises:
            DivergedError: the first step that was not is named.
        """
        first = int(self._first_bad)
        if first != _NEVER:
            raise _diverged(first, "the loss, a gradient or a parameter is not finite")

    def _diagnose(self, step: int, loss: Tensor) -> None:
        """Find what is not finite: a sum of huge numbers that are finite may be infinite too."""
        if not math.isfinite(loss.item()):
            raise _diverged(step, f"the loss is {loss.item()}")
        for kind in ("gradient", "parameter"):
            for name, param in self._named:
                tensor = param.grad if kind == "gradient" else param
                if tensor is not None and not torch.isfinite(tensor).all():
                    count = f"{int((~torch.isfinite(tensor)).sum()):,} of {tensor.numel():,}"
                    raise _diverged(step, f"{kind} of {name}: {count} values are not finite")


def check_stored(step: int, tensors: dict[str, Tensor]) -> None:
    """Refuse to store tensors that are not finite.

    Raises:
        DivergedError: the tensor and the step are named.
    """
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise _diverged(step, f"{name} is not finite")


def _diverged(step: int, what: str) -> DivergedError:
    return DivergedError(
        "E6001",
        "training diverged",
        what=what,
        where={"step": step},
        why="a number that is not finite spoils every weight in the next steps",
        do=[
            "start again with a lower learning rate, for example a tenth:  --lr",
            "or with a warm-up, or in full precision:  --precision fp32",
        ],
    )
