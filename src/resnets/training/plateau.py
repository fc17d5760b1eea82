"""The one schedule with a memory: how long the error has not fallen."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from resnets.spec import Plateau


@dataclass
class PlateauState:
    """What a plateau schedule remembers; it lives in ``state.json``.

    Args:
        scale: what the rate has been multiplied by so far.
        lowest: lowest error so far, per cent; None before the first epoch.
        waited: epochs since then.
    """

    scale: float = 1.0
    lowest: float | None = None
    waited: int = 0

    def update(self, schedule: Plateau, error: float) -> None:
        """Take the error of one more epoch into account, per cent.

        An error that is not finite counts as an epoch without progress.
        """
        if math.isfinite(error) and (self.lowest is None or error < self.lowest):
            self.lowest, self.waited = error, 0
            return
        self.waited += 1
        if self.waited >= schedule.patience:
            self.scale *= schedule.factor
            self.waited = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON data."""
        return asdict(self)
