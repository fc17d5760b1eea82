"""Stochastic inference: masks are drawn while everything else is evaluated as ever."""

from __future__ import annotations

import pytest
import torch

from resnets.evaluation import evaluating
from resnets.evaluation.sampling import SampledPasses
from resnets.networks import build
from resnets.spec import Add, Keep, Spec

SWAPOUT = Spec(
    depths=(2, 2),
    widths=(4, 8),
    stem_width=4,
    order="full_preact",
    merge=Keep(shortcut=0.5, residual=0.5, per="element"),
)


def sample(net: torch.nn.Module, passes: int, seed: int) -> torch.Tensor:
    x = torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    wrapped = SampledPasses(net, passes)
    with torch.random.fork_rng(), evaluating(wrapped):
        torch.manual_seed(seed)
        return wrapped(x)


def test_without_masks_the_answer_is_the_plain_one():
    net = build(SWAPOUT.replace(merge=Add()))
    x = torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    with evaluating(net):
        expected = net(x).log_softmax(1)
    torch.testing.assert_close(sample(net, 4, seed=0), expected)


def test_probabilities_are_averaged_over_different_draws():
    net = build(SWAPOUT)
    one, other = sample(net, 1, seed=1), sample(net, 1, seed=2)
    assert not torch.allclose(one, other)
    many = sample(net, 30, seed=1)
    torch.testing.assert_close(many.exp().sum(1), torch.ones(3))
    assert torch.equal(many, sample(net, 30, seed=1))
    with torch.random.fork_rng(), evaluating(net):
        torch.manual_seed(1)
        wrapped = SampledPasses(net, 1)
        x = torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
        draws = torch.stack([wrapped(x).exp() for _ in range(30)])
    torch.testing.assert_close(many.exp(), draws.mean(0))


@pytest.mark.parametrize("training", [True, False])
def test_modes_and_statistics_stay(training):
    net = build(SWAPOUT).train(training)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    sample(net, 3, seed=0)
    assert all(module.training is training for module in net.modules())
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
