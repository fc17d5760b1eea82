"""What the papers prove, as equalities."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from resnets.blocks import Unit
from resnets.networks import ResidualNetwork, build
from resnets.spec import Add, Order, Spec

PREACT = Spec(
    depths=(4,), widths=(8,), stem_width=8, order="full_preact", shortcut="A", num_classes=3
)


def pictures(channels: int = 3, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(5, channels, 9, 9, generator=generator, dtype=torch.float64)


def inputs_of(net: ResidualNetwork, x: Tensor) -> list[Tensor]:
    """Return what enters each unit, and what leaves the last one."""
    signals = [net.stem(x)]
    for unit in net.units():
        signals.append(unit(signals[-1]))
    return signals


def silence(net: ResidualNetwork) -> None:
    """Set every weight of every F to zero."""
    for unit in net.units():
        for parameter in unit.transform.parameters():
            nn.init.zeros_(parameter)


def inner_units(net: ResidualNetwork) -> list[Unit]:
    """Return the units whose shortcut is the bare identity, without a shared head."""
    return net.units()[1:]


def test_the_forward_signal_is_a_sum() -> None:
    """x_L = x_l + Σ F(x_i): Identity Mappings, Eq. 4."""
    net = build(PREACT, seed=1).double()
    signals = inputs_of(net, pictures())
    total = signals[1]
    for unit, signal in zip(inner_units(net), signals[1:-1], strict=True):
        total = total + unit.transform(signal)
    torch.testing.assert_close(total, signals[-1], rtol=1e-12, atol=1e-12)


def test_the_gradient_has_a_direct_term() -> None:
    """∂E/∂x_l = ∂E/∂x_L · (1 + ∂ΣF/∂x_l): Eq. 5; with F = 0 it arrives unchanged."""
    net = build(PREACT, seed=1).double()
    silence(net)
    x = net.units()[0](net.stem(pictures())).detach().requires_grad_()
    y = x
    for unit in inner_units(net):
        y = unit(y)
    assert torch.equal(y, x)
    upstream = torch.randn_like(y)
    (gradient,) = torch.autograd.grad(y, x, upstream)
    assert torch.equal(gradient, upstream)


def test_the_gradient_is_the_direct_term_plus_that_of_the_sum() -> None:
    net = build(PREACT, seed=1).double()
    x = net.units()[0](net.stem(pictures())).detach().requires_grad_()
    y = x
    for unit in inner_units(net):
        y = unit(y)
    upstream = torch.randn_like(y)
    (whole,) = torch.autograd.grad(y, x, upstream, retain_graph=True)
    (of_sum,) = torch.autograd.grad(y - x, x, upstream)
    torch.testing.assert_close(whole, upstream + of_sum, rtol=1e-10, atol=1e-10)
    assert of_sum.abs().max() > 0.1  # the sum is not nothing


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.5])
def test_scaled_shortcuts_multiply(scale: float) -> None:
    """With h(x) = λ x the direct term is multiplied by Πλ_i: Eq. 7 and 8."""
    net = build(PREACT.replace(merge=Add(shortcut=scale)), seed=1).double()
    silence(net)
    x = net.units()[0](net.stem(pictures())).detach().requires_grad_()
    y = x
    for unit in inner_units(net):
        y = unit(y)
    factor = scale ** len(inner_units(net))
    torch.testing.assert_close(y, factor * x)
    (gradient,) = torch.autograd.grad(y, x, torch.ones_like(y))
    torch.testing.assert_close(gradient, torch.full_like(x, factor))


def test_asymmetric_activation_is_preactivation() -> None:
    """y_{l+1} = y_l + F(f(y_l)) is the pre-activation unit of the next one: Eq. 10, Fig. 5.

    The asymmetric net is written out by hand: F without its head, fed with f(y) = ReLU(BN(y)), the
    sum with the raw y.
    """
    net = build(PREACT, seed=2).double()
    x = pictures()
    y = net.units()[0](net.stem(x))
    for unit in inner_units(net):
        state = {k: v for k, v in unit.transform.state_dict().items() if not k.startswith("head")}
        bare = Unit(replace(unit.spec, head="")).double().transform
        bare.load_state_dict(state)
        activated = unit.transform.head(y)  # f of the unit before, for the branch alone
        y = y + bare(activated)
    torch.testing.assert_close(y, inputs_of(net, x)[-1], rtol=1e-12, atol=1e-12)


def test_plain_nets_do_not_care_where_the_activation_stands() -> None:
    """Without branches post-activation is pre-activation shifted by a unit (Section 4)."""
    post = build(Spec(depths=(3,), widths=(8,), stem_width=8, shortcut="none"), seed=3).double()
    pre = build(
        Spec(depths=(3,), widths=(8,), stem_width=8, shortcut="none", order="full_preact"), seed=4
    ).double()
    convs = lambda net: [m for m in net.modules() if isinstance(m, nn.Conv2d)]  # noqa: E731
    for ours, theirs in zip(convs(pre), convs(post), strict=True):
        ours.load_state_dict(theirs.state_dict())
    pre.fc.load_state_dict(post.fc.state_dict())
    x = pictures()
    torch.testing.assert_close(pre(x), post(x), rtol=1e-12, atol=1e-12)


def test_an_identity_extended_net_has_equal_loss() -> None:
    """The constructed solution of He et al. 2015, Section 1: more layers, the same function."""
    shallow = Spec(depths=(2, 2), widths=(8, 16), stem_width=8, shortcut="A", num_classes=4)
    net = build(shallow, seed=1).double()
    deep = build(shallow.replace(depths=(5, 4)), seed=2).double()
    silence(deep)
    for stage, ours in zip(deep.stages, net.stages, strict=True):
        for i, unit in enumerate(ours):
            stage[i].load_state_dict(unit.state_dict())
    deep.stem.load_state_dict(net.stem.state_dict())
    deep.fc.load_state_dict(net.fc.state_dict())
    x, y = pictures(), torch.tensor([0, 1, 2, 3, 0])
    loss = nn.functional.cross_entropy
    assert loss(net(x), y).item() == loss(deep(x), y).item()


def test_zero_init_makes_every_unit_an_identity_of_the_rectified_signal() -> None:
    net = build(Spec(depths=(3,), widths=(8,), stem_width=8, zero_init=True), seed=0).double()
    signals = inputs_of(net, pictures())
    assert all(torch.equal(signal, signals[0]) for signal in signals)


def test_post_activation_without_post_relu_is_an_identity_for_zero_weights() -> None:
    order = Order(head="", tail="B", post="")
    net = build(PREACT.replace(order=order), seed=0).double()
    silence(net)
    signals = inputs_of(net, pictures())
    assert torch.equal(signals[-1], signals[0])
