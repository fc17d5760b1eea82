"""Layers found and measured, against autograd by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.analysis.signal import find_layers, list_responses, measure_signal
from resnets.errors import ConfigError, DivergedError
from resnets.networks import build
from resnets.spec import Gate, Spec
from resnets.spec.families import Perceptron

SMALL = Spec(depths=(2, 1), widths=(4, 8), stem_width=4, in_chans=1, num_classes=3, shortcut="B")


def draw(count: int = 6, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(count, 1, 8, 8, generator=generator)
    return images, torch.randint(0, 3, (count,), generator=generator)


def stack(act: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 5), act, nn.Linear(5, 3))


def test_forward_and_backward_are_those_of_autograd() -> None:
    net, (images, labels) = stack(nn.Tanh()), draw()
    found = measure_signal(net, [(images[:4], labels[:4]), (images[4:], labels[4:])])
    first, act, last = found.layers
    assert [layer.kind for layer in found.layers] == ["linear", "activation", "linear"]
    hidden = net[2](net[1](images.flatten(1)))
    assert act.activation.mean == pytest.approx(hidden.mean().item(), rel=1e-5)
    assert act.activation.std == pytest.approx(hidden.std(correction=0).item(), rel=1e-5)
    logits = net[3](hidden)
    (gradient,) = torch.autograd.grad(F.cross_entropy(logits, labels, reduction="sum"), logits)
    norm = gradient.square().sum(1).mean().sqrt().item()
    assert last.gradient_norm == pytest.approx(norm, rel=1e-5)
    loss = F.cross_entropy(net(images), labels)
    slope, *_ = torch.autograd.grad(loss, [net[1].weight])
    assert first.weight_gradient_norm == pytest.approx(slope.norm().item(), rel=1e-5)
    assert found.loss == pytest.approx(loss.item(), rel=1e-6)
    assert first.weight is not None
    assert first.weight.n == 64 * 5
    assert (found.n, first.shape, first.unit, first.kernel) == (6, (5,), None, 1)


def test_without_labels_only_the_forward_signal_is_measured() -> None:
    found = measure_signal(stack(nn.Tanh()), [(draw()[0], None)])
    assert found.loss is None
    assert {layer.gradient_norm for layer in found.layers} == {None}
    assert {layer.weight_gradient_norm for layer in found.layers} == {None}


@pytest.mark.parametrize(
    ("act", "edge"),
    [
        # Slopes of 5 % of the steepest: 4 y (1 - y), 1 - y², (1 - |y|)².
        (nn.Sigmoid(), math.log((1 + math.sqrt(0.95)) / (1 - math.sqrt(0.95)))),
        (nn.Tanh(), math.atanh(math.sqrt(0.95))),
        (nn.Softsign(), (1 - math.sqrt(0.05)) / math.sqrt(0.05)),
    ],
)
def test_an_output_is_flat_where_the_slope_is_small(act: nn.Module, edge: float) -> None:
    net = nn.Sequential(act)
    inputs = torch.tensor([[-1.01, -0.99, 0.0, 0.99, 1.01, 50.0]]) * edge
    (layer,) = measure_signal(net, [(inputs, None)]).layers
    assert layer.flat == pytest.approx(3 / 6)


def test_a_rectifier_is_flat_where_it_is_zero() -> None:
    net = nn.Sequential(nn.ReLU())
    (layer,) = measure_signal(net, [(torch.tensor([[-1.0, 0.0, 1.0, 2.0]]), None)]).layers
    assert layer.flat == 0.5


def test_nothing_of_the_network_changes() -> None:
    net = build(SMALL, seed=1).train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    for statistics in ("running", "batch"):
        measure_signal(net, [draw()], statistics=statistics)
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert all(module.training for module in net.modules())
    assert all(parameter.grad is None for parameter in net.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in net.modules())


def test_batch_statistics_normalise_and_running_ones_do_not() -> None:
    net = build(SMALL, seed=1)
    norms = {}
    for statistics in ("running", "batch"):
        found = measure_signal(net, [draw(64)], kinds=["norm"], statistics=statistics)
        norms[statistics] = found.layers[0].activation.std
    assert norms["batch"] == pytest.approx(1, rel=1e-3)
    assert abs(norms["running"] - 1) > 0.05


def test_units_and_layers_of_a_residual_network() -> None:
    net = build(SMALL, seed=1)
    found = measure_signal(net, [draw()], statistics="batch")
    assert [layer.unit for layer in found.select("unit")] == [0, 1, 2]
    assert [layer.kernel for layer in found.select("convolution")].count(1) == 1
    responses = list_responses(found)
    # The stem and two 3×3 layers in each unit; not the projection.
    assert [response.unit for response in responses] == [None, 0, 0, 1, 1, 2, 2]
    # Every response is read behind a batch norm, so its std is 1 at initialisation.
    assert [response.std for response in responses] == pytest.approx([1] * 7, rel=2e-2)


def test_gates_are_measured_between_zero_and_one() -> None:
    net = build(SMALL.replace(merge=Gate(bias=-2.0)), seed=1)
    gates = measure_signal(net, [draw()], kinds=["gate"]).layers
    assert [gate.unit for gate in gates] == [0, 1, 2]
    assert all(0 < gate.activation.low <= gate.activation.high < 1 for gate in gates)
    (images, _) = draw()
    highway = build(Perceptron(layers=3, width=4, highway=True, image_size=8, in_chans=1))
    open_ = measure_signal(highway, [(images * 0, None)], kinds=["gate"]).layers
    assert [gate.unit for gate in open_] == [1, 2]
    # The biases begin at -2 and the first layer answers its bias, zero.
    assert open_[0].activation.mean == pytest.approx(1 / (1 + math.exp(2)), rel=1e-5)


def test_fused_functions_are_measured_one_by_one() -> None:
    net = build(SMALL.replace(branches=2), seed=1)
    found = measure_signal(net, [draw()])
    # Two layers in each of two functions of three units, two projections at most, and the stem.
    threes = [layer for layer in found.select("convolution") if layer.kernel == 3]
    assert len(threes) == 1 + 3 * 2 * 2


def test_layers_are_chosen_by_kind() -> None:
    net = build(SMALL)
    assert {layer.kind for layer in find_layers(net, ["linear", "unit"])} == {"linear", "unit"}
    with pytest.raises(ConfigError) as caught:
        find_layers(net, ["units"])
    assert "'unit'" in caught.value.do[0]
    with pytest.raises(ConfigError) as caught:
        find_layers(nn.Identity())
    assert (caught.value.code, caught.value.what) == ("E2700", "Identity")


def test_what_cannot_be_measured_is_refused() -> None:
    net = stack(nn.Tanh())
    with pytest.raises(ConfigError) as caught:
        measure_signal(net, [])
    assert caught.value.code == "E2701"
    with pytest.raises(ConfigError, match="statistics"):
        measure_signal(net, [draw()], statistics="none")
    with torch.no_grad():
        net[1].weight[0, 0] = float("nan")
    with pytest.raises(DivergedError) as diverged:
        measure_signal(net, [draw()])
    assert (diverged.value.code, diverged.value.what) == ("E6701", "1")
