"""Gradients through single paths against the protocol written out with detach, and their sums."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.analysis.paths import PathGradient, Paths, Profile, count_paths
from resnets.analysis.paths.gradients import measure_gradients, space_lengths
from resnets.errors import DataError, DivergedError
from resnets.networks import ResidualNetwork, build
from resnets.spec import Gate, Spec

SMALL = Spec(depths=(2, 1), widths=(4, 8), stem_width=4, order="full_preact", num_classes=5)


def make(spec: Spec = SMALL) -> ResidualNetwork:
    net = build(spec, seed=2)
    with torch.no_grad():
        for _ in range(3):
            net(torch.randn(32, 3, 8, 8, generator=torch.Generator().manual_seed(9)))
    return net.eval()


def draw(count: int = 6) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(count, 3, 8, 8, generator=generator)
    return images, torch.randint(5, (count,), generator=generator)


def follow(net: ResidualNetwork, batch: tuple[Tensor, Tensor], taken: set[int]) -> Tensor:
    """The protocol as it is told: a forward pass with one part of every unit detached."""
    x, y = batch[0].clone().requires_grad_(), batch[1]
    h = net.stem(x)
    for number, unit in enumerate(net.units()):
        e = unit.head(h)
        s, f = unit.shortcut(e), unit.transform(e)
        h = unit.post(s.detach() + f if number in taken else s + f.detach())
    loss = F.cross_entropy(net.forward_head(net.final(h)), y, reduction="sum")
    return torch.autograd.grad(loss, x)[0]


@pytest.mark.parametrize("order", ["full_preact", "original"])
def test_a_path_is_followed_as_the_protocol_says(order: str) -> None:
    net, batch = make(SMALL.replace(order=order)), draw()
    found = measure_gradients(net, [batch], repeats=300, seed=3)
    assert [gradient.length for gradient in found] == [0, 1, 2, 3]
    for gradient in found:
        subsets = [set(taken) for taken in combinations(range(3), gradient.length)]
        norms = [follow(net, batch, taken).flatten(1).norm(dim=1) for taken in subsets]
        assert gradient.n == 300 * 6
        tolerance = 1e-5 if len(subsets) == 1 else 0.05
        expected = float(torch.stack(norms).mean())
        assert math.exp(gradient.log_norm) == pytest.approx(expected, rel=tolerance)


def test_the_gradients_of_all_paths_add_up() -> None:
    net, batch = make(), draw()
    x = batch[0].clone().requires_grad_()
    whole = torch.autograd.grad(F.cross_entropy(net(x), batch[1], reduction="sum"), x)[0]
    sets = [set(taken) for n in range(4) for taken in combinations(range(3), n)]
    total = torch.stack([follow(net, batch, taken) for taken in sets]).sum(0)
    torch.testing.assert_close(total, whole, rtol=1e-4, atol=1e-6)


def test_a_path_takes_one_of_several_functions() -> None:
    spec = SMALL.replace(depths=(1,), widths=(4,), branches=2)
    net, batch = make(spec), draw()
    unit = make(spec.replace(branch_form="loop")).units()[0]
    found = measure_gradients(net, [batch], repeats=400, seed=0)
    assert [gradient.length for gradient in found] == [0, 1]

    def norm(number: int) -> float:
        x = batch[0].clone().requires_grad_()
        e = unit.head(net.stem(x))
        parts = [f(e) if i == number else f(e).detach() for i, f in enumerate(functions)]
        h = e.detach() + parts[0] + parts[1]
        loss = F.cross_entropy(net.forward_head(net.final(h)), batch[1], reduction="sum")
        return float(torch.autograd.grad(loss, x)[0].flatten(1).norm(dim=1).mean())

    for branch in range(2):
        unit.transform.load_branch_state(branch, net.units()[0].transform.branch_state(branch))
    unit.head.load_state_dict(net.units()[0].head.state_dict())
    functions = unit.eval().transform.functions
    norms = [norm(0), norm(1)]
    assert abs(norms[0] / norms[1] - 1) > 0.05
    assert math.exp(found[1].log_norm) == pytest.approx(sum(norms) / 2, rel=0.05)


def test_gates_count_as_constants() -> None:
    net, batch = make(SMALL.replace(merge=Gate(bias=-1.0))), draw()
    x = batch[0].clone().requires_grad_()
    h = net.stem(x)
    for unit in net.units():
        e = unit.head(h)
        gate = torch.sigmoid(unit.merge.conv(e.detach()))
        h = unit.post(gate * unit.transform(e).detach() + (1 - gate) * unit.shortcut(e))
    loss = F.cross_entropy(net.forward_head(net.final(h)), batch[1], reduction="sum")
    expected = float(torch.autograd.grad(loss, x)[0].flatten(1).norm(dim=1).mean())
    found = measure_gradients(net, [batch], repeats=1)
    assert math.exp(found[0].log_norm) == pytest.approx(expected, rel=1e-5)


def test_a_plain_network_has_one_path() -> None:
    net, batch = make(SMALL.replace(shortcut="none", order="original")), draw()
    (gradient,) = measure_gradients(net, [batch], repeats=2)
    x = batch[0].clone().requires_grad_()
    loss = F.cross_entropy(net(x), batch[1], reduction="sum")
    expected = float(torch.autograd.grad(loss, x)[0].flatten(1).norm(dim=1).mean())
    assert (gradient.length, gradient.n) == (3, 12)
    assert math.exp(gradient.log_norm) == pytest.approx(expected, rel=1e-5)


def test_the_network_is_as_it_was_and_the_draws_repeat() -> None:
    net, batch = make().train(), draw()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    first = measure_gradients(net, [batch], repeats=2, seed=1)
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert all(module.training for module in net.modules())
    assert all(parameter.grad is None for parameter in net.parameters())
    assert measure_gradients(net, [batch], repeats=2, seed=1) == first
    assert measure_gradients(net, [batch], repeats=2, seed=2) != first


def test_batches_are_joined_and_progress_adds_up() -> None:
    told: list[float] = []
    images, labels = draw()
    halves = [(images[:4], labels[:4]), (images[4:], labels[4:])]
    found = measure_gradients(make(), halves, repeats=2, on_share=told.append)
    assert [gradient.n for gradient in found] == [12] * 4
    assert sum(told) == pytest.approx(2)
    whole = measure_gradients(make(), [(images, labels)], repeats=2)
    assert found[0].log_norm == pytest.approx(whole[0].log_norm, rel=1e-5)


def test_norms_far_below_the_smallest_float_are_kept() -> None:
    """A hundred units that each take the gradient to a thousandth: 1e-300 at the input."""
    net = make(Spec(depths=(100,), widths=(2,), stem_width=2, order="full_preact", num_classes=5))
    with torch.no_grad():
        for unit in net.units():
            unit.transform.convs[-1].weight.mul_(1e-3)
    found = {
        g.length: g.log_norm / math.log(10) for g in measure_gradients(net, [draw(1)], repeats=1)
    }
    assert len(found) == 64
    assert found[0] > -5
    assert found[100] < -250


def test_lengths_are_all_or_evenly_spaced() -> None:
    assert space_lengths(0, 54) == [*range(55)]
    assert space_lengths(3, 3) == [3]
    spaced = space_lengths(0, 333)
    assert (len(spaced), spaced[0], spaced[-1]) == (64, 0, 333)
    assert {b - a for a, b in pairwise(spaced)} == {5, 6}


def test_no_image_and_no_finite_loss() -> None:
    with pytest.raises(DataError) as caught:
        measure_gradients(make(), [])
    assert caught.value.code == "E3652"
    net = make()
    nn.init.constant_(net.fc.bias, float("nan"))
    with pytest.raises(DivergedError) as diverged:
        measure_gradients(net, [draw()])
    assert diverged.value.code == "E6652"


def fall(units: int, decay: float, lengths: list[int]) -> tuple[PathGradient, ...]:
    return tuple(PathGradient(length, 1, 3.0 + length * math.log(decay)) for length in lengths)


def test_a_profile_weighs_lengths_by_count_and_norm() -> None:
    paths = Paths((1,) * 54, (True,) * 54)
    profile = Profile("net", paths, fall(54, 0.25, [*range(55)]))
    weights = [math.comb(54, length) * 0.25**length for length in range(55)]
    expected = [weight / sum(weights) for weight in weights]
    assert profile.contributions == pytest.approx(expected, rel=1e-9)
    assert profile.decay == pytest.approx(0.25)
    assert profile.mean == pytest.approx(10.8)
    assert profile.effective == paths.span(5, 17)
    # Lengths in between follow a line through the logarithms, so here nothing is lost.
    sparse = Profile("net", paths, fall(54, 0.25, [0, 20, 54]))
    assert sparse.contributions == pytest.approx(expected, rel=1e-9)


def test_a_profile_as_json_data() -> None:
    paths = count_paths(Spec(depths=(2,), widths=(4,), stem_width=4, branches=2))
    bare = Profile("net", paths).to_dict([(1, 2)])
    assert bare["functions"] == [2, 2]
    assert (bare["multiplicity"], bare["paths"], bare["paths_by_length"]) == (16, 9, [1, 4, 4])
    assert bare["mean_length"] == pytest.approx(4 / 3)
    assert bare["between"] == [{"from": 1, "to": 2, "paths": 8, "share": 8 / 9}]
    assert bare["measured"] is None
    nothing = tuple(PathGradient(length, 3, -math.inf) for length in range(3))
    measured = Profile("net", paths, nothing).to_dict()["measured"]
    assert measured["gradients"][0] == {"length": 0, "n": 3, "norm": 0.0, "log10_norm": None}
    assert (measured["decay"], measured["effective"], measured["mean_length"]) == (None, None, 0)
