"""The residual functions of one unit on several devices: model parallelism of Multi-ResNets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from resnets.spec import UnitSpec

from .transform import BranchState, Transform, transform


class Spread(Transform):
    """Σ_d Σ_k F_dk(x): every device d computes k / D functions of the unit and adds them up.

    The input is copied to the other devices, their sums are copied back and added on the device of
    the input; autograd does the mirror image of both. Work for the other devices is given out
    first, so that it runs beside that of the first one where devices work by themselves.

    Args:
        unit: the unit; its branches are divided by the number of devices.
        devices: where they are computed, beginning with that of the rest of the unit; a device may
            be named twice.

    Source: Abdi & Nahavandi 2016, Section III-C.
    """

    def __init__(self, unit: UnitSpec, devices: Sequence[torch.device]) -> None:
        super().__init__(unit)
        self.share = unit.branches // len(devices)
        self.devices = tuple(devices)
        part = replace(unit, branches=self.share)
        self.parts = nn.ModuleList(transform(part) for _ in devices)

    def place(self) -> None:
        """Move every part to its device."""
        for part, device in zip(self.parts, self.devices, strict=True):
            part.to(device)

    def forward(self, x: Tensor) -> Tensor:
        away = [
            part(x.to(device, non_blocking=True))
            for part, device in zip(self.parts[1:], self.devices[1:], strict=True)
        ]
        total = self.parts[0](x)
        for output in away:
            total = total + output.to(x.device, non_blocking=True)
        return total

    def branch_state(self, branch: int) -> BranchState:
        return self._part(branch).branch_state(branch % self.share)

    def load_branch_state(self, branch: int, state: Mapping[str, Tensor]) -> None:
        self._part(branch).load_branch_state(branch % self.share, state)

    def _part(self, branch: int) -> Transform:
        return cast(Transform, self.parts[branch // self.share])
