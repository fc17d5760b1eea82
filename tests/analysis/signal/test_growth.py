"""Growth of the signal at initialisation: theory, and what networks do."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn

from resnets.analysis.signal import measure_signal, predict_growth
from resnets.networks import build
from resnets.spec import Add, Spec
from resnets.spec.families import Perceptron

WIDE = Spec(depths=(6,), widths=(32,), stem_width=32, num_classes=10)


def images() -> torch.Tensor:
    return torch.randn(32, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def grow(spec: Spec) -> tuple[list[float], list[float]]:
    """Return the variances behind stem and units, expected, and behind units, measured."""
    net = build(spec, seed=0)
    expected = [part.std**2 for part in predict_growth(net, images())]
    found = measure_signal(net, [(images(), None)], kinds=["unit"], statistics="batch")
    return expected, [layer.activation.std**2 for layer in found.layers]


def test_pre_activation_adds_about_one_a_unit() -> None:
    expected, measured = grow(WIDE.replace(order="full_preact"))
    steps = [after - before for before, after in pairwise(expected[1:])]
    assert steps == pytest.approx([0.93] * 5, abs=0.08)  # 1, less what lies beyond the borders
    # One draw of 32 channels is up to a fifth off the expectation over all.
    assert measured == pytest.approx(expected[1:], rel=0.25)


def test_scaled_residuals_add_the_square_of_the_scale() -> None:
    expected, measured = grow(WIDE.replace(order="full_preact", merge=Add(residual=0.3)))
    assert expected[-1] - expected[1] == pytest.approx(5 * 0.09 * 0.93, rel=0.2)
    assert measured == pytest.approx(expected[1:], rel=0.15)


def test_a_plain_network_keeps_its_variance() -> None:
    expected, measured = grow(WIDE.replace(shortcut="none"))
    # Behind batch norm and ReLU: 1/2 - 1/(2π).
    assert expected[1:] == pytest.approx([0.3408] * 6, rel=0.02)
    assert measured == pytest.approx(expected[1:], rel=0.05)


def test_the_original_order_grows_by_a_reflected_walk() -> None:
    expected, measured = grow(WIDE)
    assert expected[1:] == sorted(expected[1:])
    assert measured == pytest.approx(expected[1:], rel=0.15)


def test_a_unit_that_begins_as_the_identity_adds_nothing() -> None:
    expected, measured = grow(WIDE.replace(zero_init=True))
    assert expected[1:] == pytest.approx([expected[0]] * 6, rel=0.05)
    assert measured == pytest.approx([measured[0]] * 6, rel=1e-4)


def test_the_seed_decides_what_is_drawn() -> None:
    net = build(WIDE, seed=0)
    assert predict_growth(net, images(), seed=1) == predict_growth(net, images(), seed=1)
    assert predict_growth(net, images(), seed=1) != predict_growth(net, images(), seed=2)


def test_networks_outside_the_grammar_have_no_expectation() -> None:
    net: nn.Module = build(Perceptron(layers=2, width=4, image_size=8))
    assert predict_growth(net, images()) == ()
