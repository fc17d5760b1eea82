from __future__ import annotations

import pytest
import torch
from torch import nn

from resnets.errors import FileError
from resnets.spec import Recipe
from resnets.training import build_optimizer, load_optimizer_state, optimizer_state


def step_by_hand(weight: float, grads: list[float], recipe: Recipe) -> float:
    """Momentum in torch's form: v ← m·v + g, w ← w - lr·v, or w - lr·(g + m·v) with Nesterov."""
    velocity = 0.0
    for grad in grads:
        grad += recipe.weight_decay * weight
        velocity = recipe.momentum * velocity + grad
        update = grad + recipe.momentum * velocity if recipe.nesterov else velocity
        weight -= recipe.lr * update
    return weight


@pytest.mark.parametrize("nesterov", [False, True])
def test_a_step_is_the_formula(nesterov):
    recipe = Recipe(lr=0.5, momentum=0.75, nesterov=nesterov, weight_decay=0.25)
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, 2.0)
    optimizer = build_optimizer(net, recipe)
    for grad in (1.0, -0.5, 0.25):
        net.weight.grad = torch.full((1, 1), grad)
        optimizer.step()
    assert net.weight.item() == pytest.approx(step_by_hand(2.0, [1.0, -0.5, 0.25], recipe))


def test_decay_leaves_norms_and_biases_alone_where_asked(begin):
    everything = begin(Recipe(weight_decay=0.1)).optimizer
    assert [group["weight_decay"] for group in everything.param_groups] == [0.1]
    state = begin(Recipe(weight_decay=0.1, decay_norm_and_bias=False))
    decayed, bare = state.optimizer.param_groups
    assert (decayed["weight_decay"], bare["weight_decay"]) == (0.1, 0.0)
    bare_ids = {id(param) for param in bare["params"]}
    names = {name for name, param in state.net.named_parameters() if id(param) in bare_ids}
    norms = {n for n, m in state.net.named_modules() if isinstance(m, torch.nn.BatchNorm2d)}
    assert names == {"fc.bias", *(f"{n}.{k}" for n in norms for k in ("weight", "bias"))}
    assert all(param.ndim > 1 for param in decayed["params"])


def test_nesterov_without_momentum_is_plain_descent(begin):
    recipe = Recipe(momentum=0.0, nesterov=True)
    state = begin(recipe)
    assert optimizer_state(state.net, state.optimizer) == {}


def test_the_state_survives_a_round_trip(begin):
    recipe = Recipe(lr=0.1)
    one, other = begin(recipe), begin(recipe)

    def step(state):
        generator = torch.Generator().manual_seed(state.step)
        for param in state.net.parameters():
            # In the parameter's own memory layout, as autograd promises.
            param.grad = torch.empty_like(param).copy_(
                torch.randn(param.shape, generator=generator)
            )
        state.optimizer.step()
        state.step += 1

    for _ in range(3):
        step(one)
    saved = {n: t.contiguous() for n, t in optimizer_state(one.net, one.optimizer).items()}
    assert set(saved) == {f"momentum/{name}" for name, _ in one.net.named_parameters()}
    other.net.load_state_dict(one.net.state_dict())
    load_optimizer_state(other.net, other.optimizer, saved)
    other.step = one.step
    weight = other.net.stem.conv.weight
    momentum = other.optimizer.state[weight]["momentum_buffer"]
    assert momentum.stride() == weight.stride()
    step(one)
    step(other)
    for name, tensor in one.net.state_dict().items():
        assert torch.equal(tensor, other.net.state_dict()[name]), name


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("momentum/fc.bias"),
        lambda state: state.update({"momentum/stranger": torch.zeros(1)}),
        lambda state: state.update({"square/fc.bias": torch.zeros(3)}),
        lambda state: state.update({"momentum/fc.bias": torch.zeros(7)}),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(begin, change):
    state = begin(Recipe())
    tensors = {
        n: torch.ones_like(t) for n, t in optimizer_state(state.net, state.optimizer).items()
    }
    change(tensors)
    with pytest.raises(FileError) as caught:
        load_optimizer_state(state.net, state.optimizer, tensors)
    assert caught.value.code == "E4001"
    assert not any(t.any() for t in optimizer_state(state.net, state.optimizer).values())


def test_a_parameter_without_a_gradient_has_a_momentum_too(begin):
    """A unit may be dropped in the first steps; a run that resumes there must know all momenta."""
    state = begin(Recipe(weight_decay=0.0))
    state.net.fc.weight.grad = torch.ones_like(state.net.fc.weight)
    state.optimizer.step()
    momenta = optimizer_state(state.net, state.optimizer)
    assert momenta["momentum/fc.weight"].eq(1).all()
    assert not momenta["momentum/fc.bias"].any()
