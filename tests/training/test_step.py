"""One step: the loss of auxiliary classifiers, smoothed labels, and gradients that are clipped."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from resnets.networks import build
from resnets.spec import Recipe
from resnets.spec.families import GoogLeNet
from resnets.training import Guard, start_state
from resnets.training.step import take_step

SPEC = GoogLeNet(stem="small", width=1 / 16, num_classes=3, dropout=0.0, side_dropout=0.0)
PLAIN = Recipe(momentum=0.0, weight_decay=0.0)
LABELS = torch.tensor([0, 1, 2, 0])


def pictures() -> Tensor:
    return torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def step(rate: float = 0.0, **options: Any) -> tuple[nn.Module, float]:
    """Take one step from the same weights; return the network and the loss of the step."""
    state = start_state(build(SPEC, seed=1), PLAIN)
    options = {"smoothing": 0.0, "auxiliary": 0.0, **options}
    take_step(
        *(state, Guard(state.net), state.net, pictures(), LABELS),
        **{"rate": rate, "precision": "fp32", "seed": 0, **options},
    )
    return state.net, state.tally.loss


def gradient_norm(net: nn.Module) -> float:
    grads = [p.grad for p in net.parameters() if p.grad is not None]
    return torch.cat([grad.flatten() for grad in grads]).norm().item()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_auxiliary_losses_are_added_with_their_weight(smoothing: float) -> None:
    net, found = step(smoothing=smoothing, auxiliary=0.4)
    outputs = build(SPEC, seed=1)(pictures())
    targets = torch.full((4, 3), smoothing / 3)
    targets.scatter_add_(1, LABELS[:, None], torch.full((4, 1), 1 - smoothing))
    each = [-(targets * o.log_softmax(1)).sum(1).mean() for o in (outputs.logits, *outputs.sides)]
    assert len(each) == 3
    assert found == pytest.approx((each[0] + 0.4 * (each[1] + each[2])).item(), rel=1e-5)
    assert net.aux1.fc2.weight.grad.any()


def test_without_weight_auxiliary_classifiers_learn_nothing() -> None:
    net, _ = step(auxiliary=0.0)
    assert not net.aux1.fc2.weight.grad.any()
    assert net.fc.weight.grad.any()


def test_long_gradients_are_shortened_together_and_short_ones_are_left() -> None:
    free, _ = step(auxiliary=0.4)
    norm = gradient_norm(free)
    clipped, _ = step(auxiliary=0.4, clip=norm / 4)
    assert gradient_norm(clipped) == pytest.approx(norm / 4, rel=1e-4)
    pairs = zip(clipped.parameters(), free.parameters(), strict=True)
    for ours, whole in pairs:
        torch.testing.assert_close(4 * ours.grad, whole.grad, rtol=1e-4, atol=1e-7)
    loose, _ = step(auxiliary=0.4, clip=2 * norm)
    assert torch.equal(loose.fc.weight.grad, free.fc.weight.grad)


def test_the_step_goes_by_the_clipped_gradient() -> None:
    before = build(SPEC, seed=1)
    after, _ = step(rate=0.5, clip=1e-3)
    moved = [b - a for a, b in zip(after.parameters(), before.parameters(), strict=True)]
    length = torch.cat([each.flatten() for each in moved]).norm().item()
    assert length == pytest.approx(0.5e-3, rel=1e-2)
