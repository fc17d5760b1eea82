"""Modules of PolyNet: the sums that the paper writes, what is shared, and stochastic paths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from resnets.blocks.layered import Terms, make
from resnets.networks import build
from resnets.spec.families import PolyNet
from resnets.spec.layers import LocalNorm

WIDTH = 1 / 16


def modules(*kinds: str) -> list[Terms]:
    """Return modules of stage A in evaluation mode, with batch norms that have seen something."""
    spec = PolyNet(stages=(kinds, ("residual",), ("residual",)), stem="small", width=WIDTH)
    net = build(spec, seed=1)
    generator = torch.Generator().manual_seed(2)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 2.0, generator=generator)
            module.weight.data.uniform_(0.5, 2.0, generator=generator)
    return list(net.eval().stage_a.children())


def draw(channels: int = 24) -> Tensor:
    return torch.randn(2, channels, 8, 8, generator=torch.Generator().manual_seed(0)).relu()


def functions(module: Terms) -> list[Callable[[Tensor], Tensor]]:
    return [lambda x, names=names: module.apply_named(names, x) for names in module.passes]


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("residual", lambda x, f: f(x)),
        ("2-way", lambda x, f, g: f(x) + g(x)),
        ("3-way", lambda x, f, g, h: f(x) + g(x) + h(x)),
        ("mpoly-2", lambda x, f, g: f(x) + g(f(x).relu())),
        ("mpoly-3", lambda x, f, g, h: f(x) + g(f(x).relu()) + h(g(f(x).relu()).relu())),
        ("poly-2", lambda x, f, again: f(x) + again(f(x).relu())),
        ("poly-3", lambda x, f, a, b: f(x) + a(f(x).relu()) + b(a(f(x).relu()).relu())),
    ],
)
def test_a_module_is_the_sum_of_its_terms(kind: str, formula: Callable[..., Tensor]) -> None:
    (module,) = modules(kind)
    x = draw()
    with torch.no_grad():
        expected = (x + 0.3 * formula(x, *functions(module))).relu()
        torch.testing.assert_close(module(x), expected)
        assert not torch.equal(expected, x)


def test_powers_share_convolutions_and_no_batch_norm() -> None:
    poly, mpoly = modules("poly-3", "mpoly-3")
    convs = [m for m in poly.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in poly.modules() if isinstance(m, nn.BatchNorm2d)]
    # Six convolutions of the branches; the last 1×1 and every batch norm once for each pass.
    assert (len(convs), len(norms)) == (6 + 3, 3 * 7)
    assert sum(isinstance(m, nn.Conv2d) for m in mpoly.modules()) == 3 * 7
    branch = poly.get_submodule("path0_3x3")
    x = torch.randn(2, branch.conv.in_channels, 8, 8)
    hidden = branch.conv(x)
    assert len({id(norm) for norm in branch.bn_blocks}) == 3
    assert not torch.equal(branch.bn_blocks[0](hidden), branch.bn_blocks[1](hidden))


def test_a_shared_function_learns_from_every_pass() -> None:
    (module,) = modules("poly-2")
    first = [name for name, _ in module.named_parameters() if name.endswith("conv.weight")]
    module(draw()).sum().backward()
    assert all(module.get_parameter(name).grad.any() for name in first)


def test_a_term_is_kept_for_a_whole_batch_and_scaled_in_evaluation() -> None:
    (module,) = modules("2-way")
    module.keep = 0.5
    f, g = functions(module)
    x = draw()
    with torch.no_grad():
        torch.testing.assert_close(module(x), (x + 0.3 * 0.5 * (f(x) + g(x))).relu())
        module.train()
        for norm in module.modules():  # so that a pass through F is the same again
            if isinstance(norm, nn.BatchNorm2d):
                norm.eval()
        sums = {
            key: (x + 0.3 * term).relu()
            for key, term in {"": 0 * x, "f": f(x), "g": g(x), "fg": f(x) + g(x)}.items()
        }
        seen = dict.fromkeys(sums, 0)
        for seed in range(60):
            torch.manual_seed(seed)
            y = module(x)
            (key,) = [k for k, each in sums.items() if torch.allclose(y, each, atol=1e-6)]
            seen[key] += 1
    assert min(seen.values()) >= 8  # each with probability 1/4
    assert sum(seen.values()) == 60


def test_what_no_later_term_needs_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cascade goes through a dropped term on its way to a later one; others cost nothing."""
    for kind, expected in (("3-way", 1), ("mpoly-3", 2)):
        (module,) = modules(kind)
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        for name, part in module.named_modules():
            if name.endswith("conv2d.conv"):
                part.register_forward_pre_hook(count)
        monkeypatch.setattr(module, "weigh_terms", lambda: [0.0, 0.3, 0.0])
        module(draw())
        assert calls == expected


def test_the_seed_of_a_step_decides_the_paths() -> None:
    spec = PolyNet(
        stages=(("2-way",), ("poly-3",), ("3-way",)), keep=0.5, stem="small", width=WIDTH
    )
    net = build(spec.replace(dropout=0.0, num_classes=3), seed=1)
    x = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    answers = []
    for seed in (1, 1, 2, 3, 4, 5):
        torch.manual_seed(seed)
        answers.append(net(x).detach())
    assert torch.equal(answers[0], answers[1])
    assert any(not torch.equal(answers[0], other) for other in answers[2:])


def test_local_response_norm_by_hand() -> None:
    """b = a / (2 + 1e-4 · Σa²)^0.75 over five neighbouring channels, as Krizhevsky et al. print."""
    x = 50 * torch.randn(1, 7, 1, 1, generator=torch.Generator().manual_seed(0))
    y = make(LocalNorm(), (7, 1, 1))(x)
    for i in range(7):
        around = x[0, max(0, i - 2) : i + 3]
        expected = x[0, i] / (2 + 1e-4 * around.square().sum()) ** 0.75
        torch.testing.assert_close(y[0, i], expected)
