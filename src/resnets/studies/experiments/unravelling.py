"""Exact proofs on networks that are small enough to be written out term by term."""

from __future__ import annotations

import math
from itertools import chain, combinations
from typing import TYPE_CHECKING, ClassVar

from resnets.spec import Spec
from resnets.spec.frozen import Positive

from .experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor


class Unravel(Experiment):
    """Enumerate every path through a stack of linear units, and compare their sum with the stack.

    Args:
        units: n of the units x + F_1(x) + … + F_k(x).
        branches: their k.
        width: length of the vectors; every F is a random matrix, in double precision.

    Source: Veit et al. 2016, Eq. 3 to 6; Abdi & Nahavandi 2016, Section III, which counts the
    2^(kn) ways to leave functions on, the four of one unit with two functions among them.
    """

    name: ClassVar[str] = "unravel"
    measures: ClassVar[tuple[str, ...]] = ("paths", "switches", "proof_error")

    units: Positive
    branches: Positive = 1
    width: Positive = 8

    def perform(self) -> dict[str, float]:
        import torch

        from resnets.analysis.paths.expansion import run_stack, unravel

        generator = torch.Generator().manual_seed(self.seed)
        shape = (self.units, self.branches, self.width, self.width)
        matrices = torch.randn(shape, generator=generator, dtype=torch.float64) / self.width**0.5
        x = torch.randn(self.width, generator=generator, dtype=torch.float64)
        stack = [[matrix.mv for matrix in unit] for unit in matrices]
        terms = [term for _, term in unravel(stack, x)]
        whole = run_stack(stack, x)
        error = (torch.stack(terms).sum(0) - whole).norm() / whole.norm()
        switches = math.prod(sum(1 for _ in _subsets(unit)) for unit in stack)
        return {
            "paths": float(len(terms)),
            "switches": float(switches),
            "proof_error": float(error),
        }


class Aggregate(Experiment):
    """Compute one aggregated transformation in its three forms, and a neuron as split, transform
    and aggregate.

    Args:
        cardinality: paths C.
        width: channels of each path, d.

    Source: Xie et al. 2017, Eq. 1 and 2, and Fig. 3.
    """

    name: ClassVar[str] = "aggregate"
    measures: ClassVar[tuple[str, ...]] = ("form_error", "neuron_error")

    cardinality: Positive
    width: Positive = 4

    @property
    def model(self) -> str:
        return f"{self.cardinality}×{self.width}d"

    def perform(self) -> dict[str, float]:
        import torch

        from resnets.networks import build, convert_form

        inner = self.cardinality * self.width
        spec = Spec(
            depths=(2, 1),
            widths=(2 * inner, 4 * inner),
            stem_width=2 * inner,
            kernels=(1, 3, 1),
            inner=0.5,
            cardinality=self.cardinality,
        )
        net = build(spec, seed=self.seed).double()
        generator = torch.Generator().manual_seed(self.seed)
        x = torch.randn((4, 3, 8, 8), generator=generator, dtype=torch.float64)
        with torch.no_grad():
            grouped = convert_form(net, "grouped")(x)
            others = [convert_form(net, "split")(x), convert_form(net, "concat")(x)]
        weights = torch.randn((2, inner), generator=generator, dtype=torch.float64)
        whole = weights[0] @ weights[1]
        parts = sum(w * entry for w, entry in zip(*weights, strict=True))
        return {
            "form_error": max(_relate(other, grouped) for other in others),
            "neuron_error": abs(float((parts - whole) / whole)),
        }


def _subsets(functions: list[object]) -> chain[tuple[object, ...]]:
    """Return every choice of functions, none and all among them."""
    sizes = range(len(functions) + 1)
    return chain.from_iterable(combinations(functions, size) for size in sizes)


def _relate(other: Tensor, reference: Tensor) -> float:
    return float((other - reference).norm() / reference.norm())
