"""The exact forms of one function: loop and fused branches, the three forms of ResNeXt."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from resnets.errors import ConfigError
from resnets.networks import ResidualNetwork, build, convert_form
from resnets.spec import ORDERS, Gate, Spec

SMALL = {"depths": (2, 2), "widths": (16, 32), "stem_width": 8, "num_classes": 5}


def step(net: ResidualNetwork, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return output and input gradient of a training step that leaves gradients on the weights."""
    x = x.clone().requires_grad_()
    out = net(x)
    out.square().sum().backward()
    assert x.grad is not None
    return out.detach(), x.grad


def assert_same_function(a: ResidualNetwork, b: ResidualNetwork, tolerance: float) -> None:
    x = torch.randn(6, 3, 10, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for _ in range(2):  # twice, so that running statistics have moved from their start
        out_a, grad_a = step(a, x)
        out_b, grad_b = step(b, x)
    torch.testing.assert_close(out_b, out_a, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(grad_b, grad_a, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(a.eval()(x), b.eval()(x), rtol=tolerance, atol=tolerance)
    for ours, theirs in zip(a.units(), b.units(), strict=True):
        for branch in range(ours.transform.branches):
            expected = ours.transform.branch_state(branch)
            actual = theirs.transform.branch_state(branch)
            assert expected.keys() == actual.keys()
            for name, value in expected.items():
                torch.testing.assert_close(actual[name], value, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kernels", [(3, 3), (1, 3, 1), (3,)])
def test_fused_branches_equal_the_loop(order: str, kernels: tuple[int, ...]) -> None:
    inner = 1.0 if len(kernels) < 3 else 0.25
    spec = Spec(**SMALL, kernels=kernels, inner=inner, order=order, branches=3)
    fused = build(spec, seed=3).double()
    loop = build(spec.replace(branch_form="loop"), seed=3).double()
    assert_same_function(fused, loop, 1e-10)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("form", ["split", "concat"])
def test_the_three_forms_of_resnext_are_equal(order: str, form: str) -> None:
    spec = Spec(**SMALL, kernels=(1, 3, 1), inner=0.5, order=order, cardinality=4)
    grouped = build(spec, seed=3).double()
    other = convert_form(grouped, form)  # type: ignore[arg-type]
    assert other.spec.form == form
    assert_same_function(grouped, other, 1e-12)


def test_gradients_of_the_weights_agree_between_forms() -> None:
    spec = Spec(**SMALL, kernels=(1, 3, 1), inner=0.5, cardinality=4)
    grouped = build(spec).double()
    split = convert_form(grouped, "split")
    x = torch.randn(4, 3, 8, 8, dtype=torch.float64)
    step(grouped, x)
    step(split, x)
    conv = grouped.units()[0].transform.convs[1].weight.grad  # type: ignore[union-attr, index]
    parts = [p.convs[1].weight.grad for p in split.units()[0].transform.paths]  # type: ignore
    torch.testing.assert_close(torch.cat(parts), conv, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("cardinality", [1, 2])
def test_conversion_there_and_back_is_lossless(cardinality: int) -> None:
    spec = Spec(
        **SMALL,
        kernels=(1, 3, 1),
        inner=0.5,
        order="full_preact",
        branches=2,
        cardinality=cardinality,
        merge=Gate(bias=-2.0),
    )
    net = build(spec, seed=5)
    net(torch.randn(4, 3, 8, 8))
    back = convert_form(convert_form(net, "loop"), "fused")
    expected, actual = net.state_dict(), back.state_dict()
    assert expected.keys() == actual.keys()
    assert all(torch.equal(actual[name], value) for name, value in expected.items())


@pytest.mark.parametrize("form", ["loop", "fused"])
def test_one_seed_gives_one_function_in_every_form(form: str) -> None:
    spec = Spec(**SMALL, kernels=(1, 3, 1), inner=0.5, branches=2)
    net = build(spec.replace(branch_form=form), seed=9)
    reference = build(spec, seed=9)
    for ours, theirs in zip(net.units(), reference.units(), strict=True):
        for branch in range(2):
            expected = theirs.transform.branch_state(branch)
            for name, value in ours.transform.branch_state(branch).items():
                assert torch.equal(value, expected[name]), name


def test_branches_with_different_statistics_are_not_fused() -> None:
    spec = Spec(**SMALL, order="full_preact", branches=2, branch_form="loop")
    net = build(spec)
    net.units()[1].transform.branch_state(1)["head.norm.running_mean"].add_(1.0)
    with pytest.raises(ConfigError, match="recorded different statistics") as caught:
        convert_form(net, "fused")
    assert "unit 1" in caught.value.what


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ConfigError, match="allowed: split, concat, grouped"):
        convert_form(build(Spec(**SMALL)), "dense")  # type: ignore[arg-type]
