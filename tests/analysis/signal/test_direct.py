"""The direct term of the gradient, against the product of scales and against autograd."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from resnets.analysis.signal import measure_direct
from resnets.networks import build
from resnets.spec import Add, Gate, Spec
from resnets.spec.families import Perceptron

PRE = Spec(depths=(4,), widths=(4,), stem_width=4, in_chans=1, num_classes=3, order="full_preact")


def draw(seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(6, 1, 6, 6, generator=generator)
    return images, torch.randint(0, 3, (6,), generator=generator)


@pytest.mark.parametrize("scale", [1.0, 0.5, 1.5])
def test_the_factor_is_the_product_of_the_scales(scale: float) -> None:
    """He et al. 2016 (Identity Mappings), Eq. 5 and 8."""
    net = build(PRE.replace(merge=Add(shortcut=scale)), seed=2)
    terms = measure_direct(net, [draw()], statistics="batch")
    assert [(term.unit, term.end) for term in terms] == [(1, 3), (2, 3), (3, 3)]
    products = [scale**3, scale**2, scale]
    assert [term.expected for term in terms] == pytest.approx(products)
    assert [term.factor for term in terms] == pytest.approx(products, rel=1e-5)
    for term, product in zip(terms, products, strict=True):
        assert term.direct == pytest.approx(product * term.at_end, rel=1e-5)


def test_both_terms_add_up_to_the_gradient() -> None:
    net = build(PRE, seed=2).eval()
    images, labels = draw()
    held: list[Tensor] = []
    hooks = [u.register_forward_hook(lambda m, a, y: held.append(y)) for u in net.units()]
    loss = F.cross_entropy(net(images), labels, reduction="sum")
    for hook in hooks:
        hook.remove()
    at_input, at_end = torch.autograd.grad(loss, [held[0], held[3]])
    (term, *_) = measure_direct(net, [(images[:2], labels[:2]), (images[2:], labels[2:])])

    def norm(gradient: Tensor) -> float:
        return gradient.flatten(1).square().sum(1).mean().sqrt().item()

    assert term.gradient == pytest.approx(norm(at_input), rel=1e-4)
    assert term.at_end == term.direct == pytest.approx(norm(at_end), rel=1e-4)
    assert term.through == pytest.approx(norm(at_input - at_end), rel=1e-4)


def test_a_rectifier_behind_each_sum_takes_a_part() -> None:
    net = build(PRE.replace(order="original"), seed=2)
    terms = measure_direct(net, [draw()], statistics="batch")
    assert {term.expected for term in terms} == {1.0}
    assert all(0 < term.factor < 0.9 for term in terms)
    factors = [term.factor for term in terms]
    assert factors == sorted(factors)


def test_gates_count_with_their_means() -> None:
    net = build(PRE.replace(merge=Gate(bias=0.0)), seed=2)
    with torch.no_grad():
        for unit in net.units():
            unit.merge.conv.weight.zero_()
            unit.merge.conv.bias.fill_(-1.0)
    terms = measure_direct(net, [draw()], statistics="batch")
    share = torch.sigmoid(torch.tensor(1.0)).item()
    products = [share**3, share**2, share]
    assert [term.expected for term in terms] == pytest.approx(products, rel=1e-5)
    assert [term.factor for term in terms] == pytest.approx(products, rel=1e-4)


def test_networks_without_identity_shortcuts_have_none() -> None:
    assert measure_direct(build(PRE.replace(shortcut="none")), [draw()]) == ()
    perceptron = Perceptron(layers=2, width=4, image_size=6, in_chans=1, num_classes=3)
    assert measure_direct(build(perceptron), [draw()]) == ()


def test_the_network_is_left_as_it_was() -> None:
    net = build(PRE, seed=2).train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    measure_direct(net, [draw()], statistics="batch")
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert net.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
