"""Every name of the catalog builds and runs, and costs what the cost model says."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnets.analysis import Cost, count
from resnets.catalog import list_names, look_up
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import FamilySpec, Network, Spec
from resnets.training.step import flatten_outputs
from resnets.weights import load_state, read_safetensors, write_safetensors

NAMES = list_names()


@cache
def cost_of(name: str) -> Cost:
    return count(look_up(name).spec)


def deep(name: str) -> bool:
    """Whether it takes seconds even without arithmetic."""
    return cost_of(name).units * getattr(look_up(name).spec, "branches", 1) > 120


def logits_of(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Answer the logits, in training with those of auxiliary classifiers beside them."""
    return torch.cat(flatten_outputs(net(x)), 1)


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


def fits(spec: FamilySpec, size: int) -> bool:
    """Whether something is left of such pictures behind every layer."""
    try:
        spec.plan().check((spec.in_chans, size, size))
    except ConfigError:
        return False
    return True


def small(spec: Network) -> tuple[int, int]:
    """Height and width of pictures that leave batch norm more than a handful of values."""
    size = 8 if spec.natural_size <= 32 else 64
    if not isinstance(spec, Spec):
        while size < spec.natural_size and not fits(spec, size):
            size *= 2
    size = getattr(spec, "image_size", size)
    return size, size


@pytest.mark.parametrize("name", NAMES)
def test_a_network_has_the_parameters_of_the_cost_model(name: str) -> None:
    with torch.device("meta"):
        net = build(look_up(name).spec)
    assert sum(p.numel() for p in net.parameters()) == cost_of(name).parameters


@pytest.mark.parametrize("name", [*SMALL, *slow(LARGE)])
def test_a_network_runs_forward_and_backward(name: str) -> None:
    spec = look_up(name).spec
    net = build(spec, seed=1)
    x = torch.randn(4, spec.in_chans, *small(spec), generator=torch.Generator().manual_seed(0))
    logits = logits_of(net, x)
    assert logits.shape == (4, spec.num_classes * len(net.classifiers()))
    logits.square().mean().backward()
    first, *_, last = gradients = [p.grad for p in net.parameters() if p.grad is not None]
    if name == "plain1202":  # batch norms without shortcuts: the gradient grows with every layer
        assert not torch.isfinite(first).any()
        return
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
    assert first.abs().sum() > 0
    assert last.abs().sum() > 0


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
    logits = logits_of(
        net, torch.empty(2, entry.spec.in_chans, *[entry.image_size] * 2, device="meta")
    )
    assert logits.shape == (2, entry.spec.num_classes * len(net.classifiers()))
    logits.sum().backward()
    first, *_, last = net.parameters()  # a dropped unit between them has no gradient
    assert first.grad is not None
    assert last.grad is not None


@pytest.mark.parametrize("name", [*SAMPLE, *slow([name for name in NAMES if name not in SAMPLE])])
def test_multiply_adds_are_those_that_torch_counts(name: str) -> None:
    entry = look_up(name)
    with torch.device("meta"):
        net = build(entry.spec).eval()
    image = torch.empty(1, entry.spec.in_chans, *[entry.image_size] * 2, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(image)
    assert counter.get_total_flops() == cost_of(name).flops
