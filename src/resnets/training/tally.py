"""Loss and error of the running epoch, summed on the device and read once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class Tally:
    """Sums over the batches of an epoch.

    Args:
        device: where the sums live, so that adding to them waits for nothing.
    """

    def __init__(self, device: torch.device) -> None:
        # MPS has no float64.
        dtype = torch.float32 if device.type == "mps" else torch.float64
        self._loss = torch.zeros((), dtype=dtype, device=device)
        self._wrong = torch.zeros((), dtype=torch.int64, device=device)
        self.n = 0
        self.seconds = 0.0

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Count a batch.

        Args:
            loss: mean over the batch, ().
            logits: (n, K).
            labels: (n,).
        """
        self._loss += loss.detach().to(self._loss.dtype) * len(labels)
        self._wrong += (logits.detach().argmax(1) != labels).sum()
        self.n += len(labels)

    @property
    def loss(self) -> float:
        """Mean loss so far, nats; the device is waited for."""
        return self._loss.item() / max(self.n, 1)

    @property
    def top1_error(self) -> float:
        """Error so far, per cent; the device is waited for."""
        return 100 * self._wrong.item() / max(self.n, 1)

    def clear(self) -> None:
        """Begin another epoch."""
        self._loss.zero_()
        self._wrong.zero_()
        self.n, self.seconds = 0, 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the sums as JSON data; Python writes a float so that it reads back the same."""
        return {
            "loss": self._loss.item(),
            "wrong": int(self._wrong),
            "n": self.n,
            "seconds": self.seconds,
        }

    def load(self, content: Mapping[str, Any]) -> None:
        """Put saved sums back."""
        self._loss.fill_(content["loss"])
        self._wrong.fill_(content["wrong"])
        self.n, self.seconds = content["n"], content["seconds"]
