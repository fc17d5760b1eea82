"""RMSProp as TensorFlow computes it: by hand, beside torch's, and through a run that resumes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from resnets.networks import build
from resnets.spec import Constant, Recipe
from resnets.spec.families import GoogLeNet
from resnets.training import Hooks, build_optimizer, fit, load_optimizer_state, optimizer_state
from resnets.training.rmsprop import RMSProp
from resnets.training.state import start_state

GRADS = (1.0, -0.5, 0.25, 2.0)
INCEPTION = Recipe(
    optimizer="rmsprop", lr=0.045, momentum=0.9, decay=0.9, eps=1.0, weight_decay=0.0
)


def run(optimizer: torch.optim.Optimizer, weight: nn.Parameter) -> list[float]:
    """Take a step for each gradient; return the weights behind them."""
    found = []
    for grad in GRADS:
        weight.grad = torch.full_like(weight, grad)
        optimizer.step()
        found.append(weight.item())
    return found


def scalar(value: float = 2.0) -> nn.Parameter:
    return nn.Parameter(torch.full((1,), value, dtype=torch.float64))


def test_two_steps_by_hand() -> None:
    """s: 1 → 0.75·1 + 0.25·4 = 1.75 → 0.75·1.75 + 0.25·1 = 1.5625; v and w from there."""
    weight = scalar()
    optimizer = RMSProp([weight], lr=0.5, decay=0.75, eps=0.5, momentum=0.5)
    weight.grad = torch.full_like(weight, 2.0)
    optimizer.step()
    first = 0.5 * 2 / math.sqrt(1.75 + 0.5)  # 2/3
    assert first == pytest.approx(2 / 3)
    assert weight.item() == pytest.approx(2 - 2 / 3, rel=1e-12)
    weight.grad = torch.full_like(weight, 1.0)
    optimizer.step()
    second = 0.5 * first + 0.5 * 1 / math.sqrt(1.5625 + 0.5)
    assert weight.item() == pytest.approx(2 - first - second, rel=1e-12)
    assert optimizer.state[weight]["square_mean"].item() == 1.5625
    assert optimizer.state[weight]["momentum_buffer"].item() == pytest.approx(second)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_torchs_is_the_same_where_epsilon_vanishes_and_the_mean_starts_at_one(
    momentum: float, decay: float
) -> None:
    ours, theirs = scalar(), scalar()
    options = {"lr": 0.045, "momentum": momentum, "weight_decay": decay}
    peer = torch.optim.RMSprop([theirs], alpha=0.9, eps=1e-30, **options)
    peer.state[theirs]["step"] = torch.zeros(())
    peer.state[theirs]["square_avg"] = torch.ones_like(theirs)
    peer.state[theirs]["momentum_buffer"] = torch.zeros_like(theirs)
    group = {"params": [ours], "weight_decay": decay}
    own = RMSProp([group], lr=0.045, decay=0.9, eps=1e-30, momentum=momentum)
    assert run(own, ours) == pytest.approx(run(peer, theirs), rel=1e-12)


def test_with_the_papers_epsilon_torchs_is_another() -> None:
    ours, theirs = scalar(), scalar()
    own = run(RMSProp([ours], lr=0.1, eps=1.0), ours)
    other = run(torch.optim.RMSprop([theirs], lr=0.1, alpha=0.9, eps=1.0), theirs)
    # 0.1 · 1 / √(1 + 1) and 0.1 · 1 / (√0.1 + 1).
    assert own[0] == pytest.approx(2 - 0.1 / math.sqrt(2))
    assert other[0] == pytest.approx(2 - 0.1 / (math.sqrt(0.1) + 1))


def test_a_recipe_says_everything() -> None:
    net = nn.Linear(2, 2)
    recipe = INCEPTION.replace(weight_decay=4e-5, decay_norm_and_bias=False)
    optimizer = build_optimizer(net, recipe)
    assert isinstance(optimizer, RMSProp)
    decayed, bare = optimizer.param_groups
    wanted = {"lr": 0.045, "decay": 0.9, "eps": 1.0, "momentum": 0.9}
    for group, decay in ((decayed, 4e-5), (bare, 0.0)):
        found = {key: group[key] for key in (*wanted, "weight_decay")}
        assert found == {**wanted, "weight_decay": decay}
    assert decayed["params"] == [net.weight]
    assert bare["params"] == [net.bias]


def test_parameters_without_a_gradient_stay() -> None:
    still, moved = scalar(), scalar()
    optimizer = RMSProp([still, moved], lr=0.1, momentum=0.9)
    run(optimizer, moved)
    assert still.item() == 2.0
    assert optimizer.state[still]["square_mean"].item() == 1.0


def test_the_state_survives_a_round_trip() -> None:
    nets = [nn.Linear(3, 2, bias=False) for _ in range(2)]
    one, other = (build_optimizer(net, INCEPTION) for net in nets)
    nets[0].weight.grad = torch.ones(2, 3)
    one.step()
    saved = optimizer_state(nets[0], one)
    assert set(saved) == {"momentum/weight", "square/weight"}
    nets[1].load_state_dict(nets[0].state_dict())
    load_optimizer_state(nets[1], other, {n: t.clone() for n, t in saved.items()})
    for net, optimizer in zip(nets, (one, other), strict=True):
        net.weight.grad = torch.full((2, 3), 0.5)
        optimizer.step()
    assert torch.equal(nets[0].weight, nets[1].weight)


class Pictures:
    """Two batches an epoch of pictures whose class is their brightness."""

    steps_per_epoch = 2

    def training(self, epoch: int, first: int = 0):
        for position in range(first, self.steps_per_epoch):
            generator = torch.Generator().manual_seed(position)
            labels = torch.arange(8) % 2
            noise = 0.1 * torch.randn(8, 3, 16, 16, generator=generator)
            yield noise + labels[:, None, None, None], labels


def test_the_recipe_of_inception_trains_all_three_classifiers() -> None:
    """RMSProp, clipping, label smoothing, auxiliary losses and a moving average together."""
    spec = GoogLeNet(stem="small", width=1 / 16, num_classes=2, dropout=0.0, side_dropout=0.0)
    recipe = INCEPTION.replace(
        lr=0.2, label_smoothing=0.1, auxiliary=0.4, clip=2.0, ema=0.5, schedule=Constant()
    )
    state = start_state(build(spec, seed=1), recipe)
    before = [module.weight.clone() for module in state.net.classifiers()]
    losses: list[float] = []
    hooks = Hooks(on_epoch=lambda state, summary: losses.append(summary.loss))
    fit(state, recipe, Pictures(), 16, seed=0, hooks=hooks)
    assert losses[-1] < 0.8 * losses[0]
    for module, weight in zip(state.net.classifiers(), before, strict=True):
        assert not torch.equal(module.weight, weight)
    assert state.average is not None
    averaged = state.average.net.fc.weight
    assert 0 < (averaged - state.net.fc.weight).abs().max() < 1
