"""The unravelled view proved on stacks small enough to enumerate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from resnets.analysis.paths import Paths
from resnets.analysis.paths.expansion import run_stack, unravel

Function = Callable[[Tensor], Tensor]


def linear(seed: int, size: int = 5) -> Function:
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(size, size, generator=generator, dtype=torch.float64)
    return lambda x: x @ matrix


def stack(units: int, k: int) -> list[list[Function]]:
    return [[linear(10 * unit + i) for i in range(k)] for unit in range(units)]


X = torch.randn(3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize(("units", "k"), [(1, 1), (3, 1), (8, 1), (2, 2), (4, 3)])
def test_the_paths_of_a_linear_network_add_up_to_it(units: int, k: int) -> None:
    functions = stack(units, k)
    terms = dict(unravel(functions, X))
    total, whole = torch.stack([*terms.values()]).sum(0), run_stack(functions, X)
    assert float((total - whole).abs().max() / whole.abs().max()) < 1e-12
    counts = Paths((k,) * units, (True,) * units)
    assert len(terms) == counts.total == (1 + k) ** units
    lengths = [sum(choice is not None for choice in path) for path in terms]
    assert tuple(map(lengths.count, range(units + 1))) == counts.by_length


def test_each_path_is_its_chain_of_functions() -> None:
    (f1,), (f2,), (f3,) = functions = stack(3, 1)
    terms = dict(unravel(functions, X))
    assert len(terms) == 8
    assert terms[None, None, None] is X
    assert torch.equal(terms[None, 0, None], f2(X))
    assert torch.equal(terms[0, None, 0], f3(f1(X)))
    assert torch.equal(terms[0, 0, 0], f3(f2(f1(X))))


def test_without_a_unit_half_of_the_paths_are_left() -> None:
    functions = stack(4, 1)
    terms = dict(unravel(functions, X))
    left = {path: y for path, y in terms.items() if path[1] is None}
    assert len(left) == len(terms) // 2
    without = run_stack([functions[0], functions[2], functions[3]], X)
    torch.testing.assert_close(torch.stack([*left.values()]).sum(0), without, rtol=1e-12, atol=0)


def test_two_units_in_full_for_any_functions() -> None:
    """Multi-ResNet, Eq. 2: x2 = x0 + f1(x0) + f2(x0 + f1(x0)); linear f2 parts once more."""
    f1, f2 = (lambda x: torch.tanh(linear(1)(x))), (lambda x: torch.relu(linear(2)(x)))
    expanded = X + f1(X) + f2(X + f1(X))
    torch.testing.assert_close(run_stack([[f1], [f2]], X), expanded, rtol=1e-12, atol=1e-12)
    g1, g2 = linear(1), linear(2)
    parted = X + g1(X) + g2(X) + g2(g1(X))
    torch.testing.assert_close(run_stack([[g1], [g2]], X), parted, rtol=1e-12, atol=1e-12)


def test_two_units_of_two_functions_in_full() -> None:
    """Multi-ResNet, Eq. 4: every function of the second unit sees the whole sum of the first."""
    units = [[lambda x, s=s: torch.tanh(linear(s)(x)) for s in pair] for pair in ((1, 2), (3, 4))]
    (f1, f2), (g1, g2) = units
    middle = X + f1(X) + f2(X)
    expanded = X + f1(X) + f2(X) + g1(middle) + g2(middle)
    torch.testing.assert_close(run_stack(units, X), expanded, rtol=1e-12, atol=1e-12)
    linears = [[linear(1), linear(2)], [linear(3), linear(4)]]
    (f1, f2), (g1, g2) = linears
    parts = [X, f1(X), f2(X), g1(X), g2(X), g1(f1(X)), g1(f2(X)), g2(f1(X)), g2(f2(X))]
    torch.testing.assert_close(
        run_stack(linears, X), torch.stack(parts).sum(0), rtol=1e-12, atol=1e-12
    )


def test_the_four_ways_of_a_two_function_block() -> None:
    """Skip both, the first, the second, both: the subsets that the paper counts, 2^k."""
    f1, f2 = linear(1), linear(2)
    terms = dict(unravel([[f1, f2]], X))
    ways = {(): X, (0,): X + f1(X), (1,): X + f2(X), (0, 1): X + f1(X) + f2(X)}
    assert len(ways) == Paths((2,), (True,)).multiplicity == 4
    for chosen, y in ways.items():
        left = torch.stack([terms[(None,)], *(terms[(i,)] for i in chosen)]).sum(0)
        torch.testing.assert_close(left, y, rtol=1e-12, atol=1e-12)
