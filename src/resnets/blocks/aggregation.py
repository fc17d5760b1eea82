"""Aggregated transformations of any inner network: y = x + Σ_i T_i(x)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from resnets.errors import ConfigError


class Aggregated(nn.Module):
    """Split, transform, aggregate: x + Σ_i T_i(x), for any modules T_i.

    In the units of the grammar all T_i are alike (``cardinality``) or whole residual functions
    (``branches``); here they are whatever the user gives, with one condition.

    Args:
        transforms: T_1 … T_C; all answer the same shape, with a shortcut that of x.
        shortcut: whether x itself is added.

    Shapes: (N, …) to what the T_i answer.

    Raises:
        ConfigError: there is no transform, or their shapes differ; they are named.

    Example:
        >>> mix = Aggregated([nn.Linear(8, 8), nn.Sequential(nn.Linear(8, 2), nn.Linear(2, 8))])
        >>> mix(torch.zeros(4, 8)).shape
        torch.Size([4, 8])

    Source: Xie et al. 2017, Section 3.2, Eq. 2 and 3.
    """

    def __init__(self, transforms: Iterable[nn.Module], shortcut: bool = True) -> None:
        super().__init__()
        self.transforms = nn.ModuleList(transforms)
        self.shortcut = shortcut
        if not self.transforms:
            raise ConfigError(
                "E2130",
                "nothing to aggregate",
                what="transforms is empty",
                where={"field": "transforms"},
                do="give one module or more",
            )

    def forward(self, x: Tensor) -> Tensor:
        outputs = [transform(x) for transform in self.transforms]
        if self.shortcut:
            outputs.insert(0, x)
        total = outputs[0]
        for i, output in enumerate(outputs[1:], start=1):
            # Without this a sum would stretch a smaller answer over a larger one.
            if output.shape != total.shape:
                raise self._refuse(i, output, total)
            total = total + output
        return total

    def _refuse(self, position: int, output: Tensor, total: Tensor) -> ConfigError:
        number = position - self.shortcut
        other = "the shortcut" if self.shortcut else "the first transform"
        return ConfigError(
            "E2131",
            "the transforms answer different shapes",
            what=f"transforms.{number} answers {tuple(output.shape)}",
            where={"field": f"transforms.{number}"},
            why=f"{other} answers {tuple(total.shape)}",
            do="make the shapes equal" + (", or take shortcut=False" if self.shortcut else ""),
        )


class Scalar(nn.Module):
    """One input times one weight: x_i w, (N, …, D) to (N, …, 1)."""

    def __init__(self, index: int, weight: float) -> None:
        super().__init__()
        self.index = index
        self.weight = nn.Parameter(torch.tensor(float(weight)))

    def forward(self, x: Tensor) -> Tensor:
        return x.narrow(-1, self.index, 1) * self.weight


def neuron(weights: Sequence[float] | Tensor) -> Aggregated:
    """Return the inner product Σ_i w_i x_i as an aggregated transformation.

    The vector is split into its numbers, each is scaled, the results are summed: the simplest case
    of what ``Aggregated`` generalises.

    Args:
        weights: w_1 … w_D.

    Returns:
        A module (N, …, D) to (N, …, 1), with the weights as parameters.

    Source: Xie et al. 2017, Section 3.2, Eq. 1.
    """
    return Aggregated((Scalar(i, float(w)) for i, w in enumerate(weights)), shortcut=False)
