"""Every name of the catalog builds and runs, and costs what the cost model says."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from resnets.analysis import Cost, count
from resnets.catalog import list_names, look_up
from resnets.networks import build
from resnets.weights import load_state, read_safetensors, write_safetensors

NAMES = list_names()


@cache
def cost_of(name: str) -> Cost:
    return count(look_up(name).spec)


def deep(name: str) -> bool:
    """Whether it takes seconds even without arithmetic."""
    return cost_of(name).units * look_up(name).spec.branches > 120


SMALL = [name for name in NAMES if cost_of(name).parameters < 3e6]
LARGE = [name for name in NAMES if name not in SMALL]
SAMPLE = [
    "plain20",
    "resnet18_a",
    "resnet34_c",
    "resnet50_v1",
    "resnet50",
    "resnet110_exclusive_gate_b6",
    "resnet164_conv_shortcut",
    "preresnet110_1layer",
    "preresnet152",
    "resnext50_32x4d",
    "wrn28_10",
    "wide_resnet50_2",
    "multi_resnet30_k4",
    "multi_resnet101_k2",
    "stochastic_depth110",
    "swapout20_w2",
]


def slow(names: list[str], when: bool = True) -> list[object]:
    marks = {True: [pytest.mark.slow], False: []}
    return [pytest.param(name, marks=marks[when or deep(name)]) for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_a_network_has_the_parameters_of_the_cost_model(name: str) -> None:
    with torch.device("meta"):
        net = build(look_up(name).spec)
    assert sum(p.numel() for p in net.parameters()) == cost_of(name).parameters


@pytest.mark.parametrize("name", [*SMALL, *slow(LARGE)])
def test_a_network_runs_forward_and_backward(name: str) -> None:
    spec = look_up(name).spec
    net = build(spec, seed=1)
    # Maps of one pixel and two images would leave batch norm two values, and no gradient.
    size = 64 if spec.stem == "7x7" else 8
    x = torch.randn(4, 3, size, size, generator=torch.Generator().manual_seed(0))
    logits = net(x)
    assert logits.shape == (4, spec.num_classes)
    logits.square().mean().backward()
    gradients = {name: p.grad for name, p in net.named_parameters() if p.grad is not None}
    if name == "plain1202":  # batch norms without shortcuts: the gradient grows with every layer
        assert not torch.isfinite(gradients["stem.conv.weight"]).any()
        return
    assert gradients["stem.conv.weight"].abs().sum() > 0
    assert gradients["fc.weight"].abs().sum() > 0
    assert all(torch.isfinite(g).all() for g in gradients.values())


@pytest.mark.parametrize("name", [*SMALL, *slow(LARGE)])
def test_a_network_survives_safetensors(name: str, tmp_path: Path) -> None:
    spec = look_up(name).spec
    net = build(spec, seed=1)
    write_safetensors(tmp_path / "model.safetensors", net.state_dict())
    again = build(spec, seed=2)
    load_state(again, read_safetensors(tmp_path / "model.safetensors"))
    expected, actual = net.state_dict(), again.state_dict()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(actual[key], value) for key, value in expected.items())


@pytest.mark.parametrize("name", slow(LARGE, when=False))
def test_a_large_network_runs_without_arithmetic(name: str) -> None:
    entry = look_up(name)
    with torch.device("meta"):
        net = build(entry.spec)
    logits = net(torch.empty(2, 3, entry.image_size, entry.image_size, device="meta"))
    assert logits.shape == (2, entry.spec.num_classes)
    logits.sum().backward()
    assert net.stem.conv.weight.grad is not None


@pytest.mark.parametrize("name", [*SAMPLE, *slow([name for name in NAMES if name not in SAMPLE])])
def test_multiply_adds_are_those_that_torch_counts(name: str) -> None:
    entry = look_up(name)
    with torch.device("meta"):
        net = build(entry.spec).eval()
    image = torch.empty(1, 3, entry.image_size, entry.image_size, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(image)
    assert counter.get_total_flops() == cost_of(name).flops
