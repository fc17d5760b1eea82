"""What factorised filters and grid reductions cost, against the paper's numbers and networks."""

from __future__ import annotations

import pytest

from resnets.analysis import count
from resnets.analysis.factorisation import factorise, list_factorisations, reduce_grid
from resnets.catalog import look_up
from resnets.errors import ConfigError
from resnets.spec.layers import Chain
from resnets.spec.shorthand import conv


def test_the_savings_of_the_paper_are_exact() -> None:
    found = {each.text: each.saving for each in list_factorisations()}
    assert found == {
        "5×5 → 3×3, 3×3": 7 / 25,
        "3×3 → 3×1, 1×3": 3 / 9,
        "3×3 → 2×2, 2×2": 1 / 9,
        "7×7 → 1×7, 7×1": 35 / 49,
    }
    assert list(found.values())[:3] == [0.28, pytest.approx(0.33, abs=4e-3), 1 / 9]


@pytest.mark.parametrize("channels", [1, 7, 64])
def test_equal_widths_do_not_change_the_saving(channels: int) -> None:
    for plain, wide in zip(list_factorisations(), list_factorisations((channels,)), strict=True):
        assert wide.saving == plain.saving
        assert wide.full == plain.full * channels**2


@pytest.mark.parametrize("side", [2, 3, 7, 12])
def test_n_by_n_as_two_vectors_saves_more_the_larger_it_is(side: int) -> None:
    last = list_factorisations(side=side)[-1]
    assert (last.full, last.factorised) == (side**2, 2 * side)
    assert last.saving == (side - 2) / side


def test_the_calculator_agrees_with_the_cost_of_layers() -> None:
    kernel, parts, channels = (7, 7), [(1, 7), (7, 1)], (6, 8, 10)
    found = factorise(kernel, parts, channels)
    layer = Chain(tuple((f"{i}", conv(channels[i + 1], part)) for i, part in enumerate(parts)))
    weights = [
        each.kernel[0] * each.kernel[1] * before * each.channels
        for (_, each), before in zip(layer.parts, channels, strict=False)
    ]
    assert found.factorised == sum(weights)
    assert found.full == 49 * 6 * 10
    assert layer.shape((6, 20, 20)) == (10, 20, 20)


def test_a_module_of_the_network_saves_what_the_calculator_says() -> None:
    """Module C 1 of Inception-v3: three pairs of 1×7 and 7×1 with batch norm behind each half."""
    rows = [
        next(row for row in count(look_up(name).spec).rows if row.name == "module C 1")
        for name in ("inception_v3", "inception_v3_full_filters")
    ]
    triples = ((128, 128, 192), (128, 128, 128), (128, 128, 192))
    pairs = [factorise((7, 7), [(1, 7), (7, 1)], triple) for triple in triples]
    assert rows[1].macs - rows[0].macs == 17 * 17 * sum(p.full - p.factorised for p in pairs)
    norms = 3 * 2 * 128  # the full filters have one batch norm for two
    assert rows[1].parameters - rows[0].parameters + norms == sum(
        pair.full - pair.factorised for pair in pairs
    )


def test_a_chain_may_cost_more() -> None:
    assert factorise((3, 3), [(3, 3)], (8, 8)).saving == 0
    assert factorise((5, 5), [(3, 3), (3, 3)], (4, 64, 4)).saving < 0


@pytest.mark.parametrize(
    ("parts", "channels", "field"),
    [
        ([(3, 3)], (1,), "parts"),
        ([(3, 3), (3, 5)], (1,), "parts"),
        ([], (1,), "parts"),
        ([(3, 3), (3, 3)], (4, 4), "channels"),
        ([(3, 3), (3, 3)], (4, 0, 4), "channels"),
        ([(3, 3), (3, 3)], (0,), "channels"),
    ],
)
def test_chains_that_do_not_fit_are_refused(
    parts: list[tuple[int, int]], channels: tuple[int, ...], field: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        factorise((5, 5), parts, channels)
    assert (caught.value.code, caught.value.where["field"]) == ("E2102", field)


def test_grid_reductions_as_the_paper_counts_them() -> None:
    """Section 5: d × d with k filters to half with 2k costs 2·d²·k², or a quarter behind a pool."""
    d, k = 34, 320
    ways = {way.name: way for way in reduce_grid(d, k, 2 * k)}
    pooled, conv_first, both = ways.values()
    assert conv_first.macs == 2 * d**2 * k**2
    assert pooled.macs == 2 * (d // 2) ** 2 * k**2
    assert both.macs == (d // 2) ** 2 * k**2
    # The pool leaves a quarter of the activations; the others never fewer than the result.
    assert [way.narrowest for way in ways.values()] == [0.25, 0.5, 0.5]


def test_a_reduction_that_does_not_widen_has_no_branch_for_the_rest() -> None:
    assert len(reduce_grid(8, 10, 10)) == 2
    assert [way.macs for way in reduce_grid(9, 4, 4, out_side=4, kernel=3)] == [
        9 * 16 * 16,
        9 * 16 * 81,
    ]
