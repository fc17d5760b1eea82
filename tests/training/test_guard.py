from __future__ import annotations

import math

import pytest
import torch

from resnets.errors import DivergedError
from resnets.spec import Recipe
from resnets.training import Guard, Hooks, fit
from resnets.training.guard import check_stored

RECIPE = Recipe(lr=0.05, ema=0.9)
TOTAL = 12


def run_with(begin, numbers, spoil, step):
    """Train with a fault in one step, from 1; return the error and the steps that were reported."""
    state, seen = begin(RECIPE), []

    def forward(images):
        return spoil(state, state.net(images)) if state.step + 1 == step else state.net(images)

    hooks = Hooks(on_step=lambda state, guard: seen.append(state.step))
    with pytest.raises(DivergedError) as caught:
        fit(state, RECIPE, numbers, TOTAL, seed=0, forward=forward, hooks=hooks)
    return caught.value, seen, state


def nan_loss(state, logits):
    return logits * math.nan


def inf_gradient(state, logits):
    logits.register_hook(lambda grad: grad * math.inf)
    return logits


def huge_gradient(state, logits):
    """Finite in the backward pass; the update overflows."""
    state.net.fc.weight.register_hook(lambda grad: torch.full_like(grad, 3e38))
    for group in state.optimizer.param_groups:
        group["weight_decay"] = 3e38
    return logits


@pytest.mark.parametrize("step", [1, 6, TOTAL])
@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (nan_loss, "the loss is nan"),
        (inf_gradient, "gradient of "),
        (huge_gradient, "parameter of "),
    ],
)
def test_the_run_stops_in_the_same_step(begin, numbers, spoil, what, step):
    error, seen, state = run_with(begin, numbers, spoil, step)
    assert (error.code, error.exit, error.where["step"]) == ("E6001", 6, str(step))
    assert error.what.startswith(what)
    assert seen == list(range(1, step))
    # The average, which would be evaluated and kept, has not taken the bad step.
    assert all(torch.isfinite(tensor).all() for tensor in state.average.net.state_dict().values())


def test_huge_but_finite_numbers_go_on(begin):
    state = begin(Recipe())
    with torch.no_grad():
        state.net.fc.weight.fill_(3e38)
    Guard(state.net).check(1, torch.tensor(1.0))


def test_a_device_is_asked_late_but_the_step_is_the_true_one(begin):
    state = begin(Recipe())
    guard = Guard(state.net)
    guard._deferred = True
    guard.check(1, torch.tensor(1.0))
    guard.check(2, torch.tensor(math.nan))
    guard.check(3, torch.tensor(math.nan))
    with pytest.raises(DivergedError) as caught:
        guard.confirm()
    assert caught.value.where["step"] == "2"
    with pytest.raises(DivergedError):
        guard.check(50, torch.tensor(1.0))


def test_nothing_is_stored_that_is_not_finite():
    check_stored(7, {"a": torch.ones(2), "count": torch.tensor(3)})
    with pytest.raises(DivergedError) as caught:
        check_stored(7, {"a": torch.ones(2), "b.running_var": torch.tensor([1.0, math.inf])})
    assert caught.value.where["step"] == "7"
    assert "b.running_var" in caught.value.what


def test_a_state_that_is_not_finite_becomes_no_checkpoint(begin):
    state = begin(RECIPE)
    state.average.net.fc.bias.data.fill_(math.inf)
    with pytest.raises(DivergedError, match="diverged"):
        state.to_files({})
