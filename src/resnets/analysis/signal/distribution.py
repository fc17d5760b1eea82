"""How values are distributed: mean, std, 98 % quantile and histogram, batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from resnets.errors import DivergedError

BINS = 64
QUANTILE = 0.98
_CELLS = 1 << 16


@dataclass(frozen=True)
class Distribution:
    """Values of one kind, all pooled.

    Args:
        n: how many.
        mean, std: over all of them; the std divides by n.
        quantile: the value that 98 % do not exceed.
        low, high: the smallest and the largest.
        histogram: share of the values in each of 64 equal bins from ``low`` to ``high``.
    """

    n: int
    mean: float
    std: float
    quantile: float
    low: float
    high: float
    histogram: tuple[float, ...]

    @property
    def square(self) -> float:
        """Mean of the squares."""
        return self.mean**2 + self.std**2

    def to_dict(self) -> dict[str, Any]:
        """Return the distribution as JSON data."""
        return {**vars(self), "histogram": list(self.histogram)}


class Counter:
    """Gathers values of any size and scale, whatever the batches, in a few kilobytes.

    Sums are exact; for quantile and histogram a value counts by the first 16 bits of its float32:
    sign, exponent and seven bits of the fraction. Such a cell is less than 1 % wide at any scale,
    and values are taken as spread evenly within it.

    Args:
        name: of what is counted, for messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.n = 0
        self._mean = self._deviation = 0.0
        self._low, self._high = math.inf, -math.inf
        self._cells = torch.zeros(0, dtype=torch.int64)
        self._counts = torch.zeros(0, dtype=torch.int64)

    def add(self, values: Tensor) -> None:
        """Count values of any shape.

        Raises:
            DivergedError: one is not finite.
        """
        flat = values.detach().flatten().float()
        low, high = (bound.item() for bound in flat.aminmax())
        if not math.isfinite(low) or not math.isfinite(high):
            raise DivergedError(
                "E6701",
                "a layer's values are not finite",
                what=self.name,
                why="weights or inputs are too large, or the signal grows with depth beyond all"
                " bounds",
                do="look at a shallower network, an earlier checkpoint, or one with batch norm",
            )
        self._low, self._high = min(self._low, low), max(self._high, high)
        n, mean = flat.numel(), flat.mean().item()
        # Chan, Golub & LeVeque 1983: deviations from each batch's own mean lose no digits.
        shift = mean - self._mean
        self._deviation += (flat - mean).square_().sum().item()
        self._deviation += shift**2 * n * self.n / (n + self.n)
        self._mean += shift * n / (n + self.n)
        self.n += n
        bits = (flat.view(torch.int32) >> 16).add_(_CELLS // 2)
        cells = torch.bincount(bits, minlength=_CELLS).cpu()
        cells[self._cells] += self._counts
        self._cells = cells.nonzero().squeeze(1)
        self._counts = cells[self._cells]

    def result(self) -> Distribution:
        """Return the distribution of what was counted; at least one value must have been."""
        left, right, counts = self._edges()
        return Distribution(
            n=self.n,
            mean=self._mean,
            std=math.sqrt(self._deviation / self.n),
            quantile=self._find_quantile(left, right, counts),
            low=self._low,
            high=self._high,
            histogram=self._spread(left, right, counts),
        )

    def _edges(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the cells in rising order: their ends, cut at the extremes, and their counts."""
        bits = self._cells - _CELLS // 2
        near = _read_bits(bits)
        # The last cell of all ends where infinity begins.
        far = _read_bits(bits + 1).nan_to_num(posinf=3.5e38, neginf=-3.5e38)
        negative = bits < 0
        left, right = torch.where(negative, far, near), torch.where(negative, near, far)
        order = left.argsort(stable=True)
        bounds = (self._low, self._high)
        ends = (side[order].clamp(*bounds) for side in (left, right))
        return (*ends, self._counts[order].double())  # type: ignore[return-value]

    def _find_quantile(self, left: Tensor, right: Tensor, counts: Tensor) -> float:
        rank = QUANTILE * self.n
        upto = counts.cumsum(0)
        i = int(torch.searchsorted(upto, torch.tensor(rank, dtype=upto.dtype)))
        share = (rank - (upto[i] - counts[i])) / counts[i]
        return float(left[i] + share * (right[i] - left[i]))

    def _spread(self, left: Tensor, right: Tensor, counts: Tensor) -> tuple[float, ...]:
        """Share the counts of the cells out to equal bins, by how much of a cell lies in each."""
        edges = torch.linspace(self._low, self._high, BINS + 1, dtype=torch.float64)
        width = (right - left).clamp(min=math.ulp(max(abs(self._low), abs(self._high), 1e-300)))
        below = ((edges[:, None] - left) / width).clamp(0.0, 1.0)
        below[-1] = 1.0
        below[0] = 0.0
        shares = (below * counts).sum(1).diff() / self.n
        return tuple(shares.tolist())


def describe(name: str, values: Tensor) -> Distribution:
    """Return the distribution of one tensor; the name is for messages."""
    counter = Counter(name)
    counter.add(values)
    return counter.result()


def _read_bits(bits: Tensor) -> Tensor:
    """Return the float32 numbers whose first 16 bits these are and whose other bits are zero."""
    return (bits << 16).to(torch.int32).view(torch.float32).double()
