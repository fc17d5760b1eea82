"""Residual functions on several devices compute what they compute on one."""

from __future__ import annotations

import pytest
import torch

from resnets.blocks.spread import Spread
from resnets.errors import ConfigError
from resnets.networks import build, gather_branches, spread_branches
from resnets.networks.residual import ResidualNetwork
from resnets.spec import Gate, Keep, Spec, expand

BASE = Spec(depths=(1, 2), widths=(4, 8), stem_width=4, branches=4, order="full_preact")
SPECS = {
    "pre-activation": BASE,
    "bottleneck": BASE.replace(kernels=(1, 3, 1), widths=(8, 16), inner=0.5, branches=6),
    "loop": BASE.replace(branch_form="loop", branches=2),
    "original": BASE.replace(order="original", first_head="unit"),
    "heads of branches": BASE.replace(first_head="branches"),
    "paths": BASE.replace(kernels=(1, 3, 1), widths=(8, 16), inner=0.5, cardinality=2),
    "gated": BASE.replace(merge=Gate()),
    "masked": BASE.replace(merge=Keep(residual=0.5, per="sample")),
}


def step(net: ResidualNetwork, times: int = 2) -> torch.Tensor:
    """Train on fixed batches; returns the logits of the last one."""
    draw = torch.Generator().manual_seed(0)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
    for number in range(times):
        torch.manual_seed(number)  # for masks
        x = torch.randn(6, 3, 8, 8, generator=draw, dtype=torch.float64)
        y = torch.randint(10, (6,), generator=draw)
        logits = net(x)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, y).backward()
        optimizer.step()
    return logits.detach()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", SPECS)
def test_steps_on_two_devices_are_those_on_one(name: str, count: int) -> None:
    one = build(SPECS[name], seed=3).double()
    several = spread_branches(one, ["cpu"] * count)
    assert torch.allclose(step(several), step(one), atol=1e-9)
    theirs, ours = gather_branches(several).state_dict(), one.state_dict()
    assert list(theirs) == list(ours)
    for key, value in ours.items():
        torch.testing.assert_close(theirs[key], value, rtol=1e-7, atol=1e-9)


def test_every_device_has_its_share_and_nothing_is_computed_twice() -> None:
    one = build(BASE, seed=0)
    several = spread_branches(one, ["cpu", "cpu"])
    for ours, theirs in zip(one.units(), several.units(), strict=True):
        parts = [sum(p.numel() for p in part.parameters()) for part in theirs.transform.parts]
        assert len(set(parts)) == 1
        assert [part.branches for part in theirs.transform.parts] == [2, 2]
        assert sum(parts) == sum(p.numel() for p in ours.transform.parameters())


def test_parts_are_placed_on_their_devices() -> None:
    """The meta device stands in for a second one: only its place can be seen, not its numbers."""
    spread = Spread(expand(BASE)[0], [torch.device("cpu"), torch.device("meta")])
    spread.place()
    kinds = [{p.device.type for p in part.parameters()} for part in spread.parts]
    assert kinds == [{"cpu"}, {"meta"}]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_and_the_cpu_share_the_functions() -> None:
    one = build(BASE, seed=3).double()
    several = spread_branches(one, ["cpu", "cuda"])
    assert torch.allclose(step(several), step(one), atol=1e-9)


def test_the_mode_is_kept_and_the_network_is_not_changed() -> None:
    one = build(BASE, seed=0).eval()
    before = {key: value.clone() for key, value in one.state_dict().items()}
    several = spread_branches(one, ["cpu", "cpu"])
    assert not several.training
    step(several.train().double(), 1)
    assert all(torch.equal(value, before[key]) for key, value in one.state_dict().items())


@pytest.mark.parametrize(("branches", "devices"), [(1, 2), (3, 2), (4, 3), (4, 0)])
def test_functions_that_cannot_be_shared_are_refused(branches: int, devices: int) -> None:
    net = build(BASE.replace(branches=branches))
    with pytest.raises(ConfigError, match=f"{branches} functions a unit, {devices}") as caught:
        spread_branches(net, ["cpu"] * devices)
    assert caught.value.code == "E2860"
