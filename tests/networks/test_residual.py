"""The network: sizes, heads, features, initial weights, recomputation."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from resnets.errors import ConfigError
from resnets.networks import build, count_parameters, extract_features
from resnets.spec import ORDERS, Add, Gate, Keep, Spec

CIFAR = Spec(depths=(2, 2, 2), widths=(16, 32, 64), shortcut="A")
MERGES = [
    Add(),
    Add(shortcut=0.5, residual=0.5),
    Gate(),
    Gate(bias=0.0, exclusive=False),
    Keep(shortcut=0.5, per="element"),
    Keep(residual=0.5, schedule="linear"),
    Keep(shortcut=0.5, residual=0.5, per="sample", schedule="linear"),
]


@pytest.mark.parametrize("size", [8, 31, 32, 65])
@pytest.mark.parametrize("stem", ["3x3", "7x7"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_any_input_size_and_channels(size: int, stem: str, channels: int) -> None:
    net = build(CIFAR.replace(stem=stem, in_chans=channels, num_classes=7)).eval()
    assert net(torch.randn(2, channels, size, size + 3)).shape == (2, 7)


def test_six_hundred_pixels() -> None:
    spec = Spec(depths=(1, 1), widths=(4, 8), stem="7x7", stem_width=4)
    assert build(spec).eval()(torch.randn(1, 3, 600, 600)).shape == (1, 10)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("merge", MERGES, ids=str)
@pytest.mark.parametrize("shortcut", ["A", "B", "C"])
def test_every_variant_learns_one_step(order: str, merge: Add, shortcut: str) -> None:
    net = build(
        CIFAR.replace(
            depths=(1, 2), widths=(8, 16), order=order, merge=merge, shortcut=shortcut, stem_width=8
        )
    )
    torch.manual_seed(0)
    x, y = torch.randn(8, 3, 8, 8), torch.randint(10, (8,))
    nn.functional.cross_entropy(net(x), y).backward()
    assert net.stem.conv.weight.grad.abs().sum() > 0  # type: ignore[union-attr]
    assert net.fc.weight.grad.isfinite().all()  # type: ignore[union-attr, operator]
    assert net.eval()(x).isfinite().all()


def test_plain_nets_count_as_much_as_option_a() -> None:
    """Identity shortcuts cost nothing: He et al. 2015, Section 3.2."""
    assert count_parameters(build(CIFAR)) == count_parameters(build(CIFAR.replace(shortcut="none")))


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        (CIFAR.replace(depths=(3, 3, 3)), 269_722),
        (CIFAR.replace(depths=(3, 3, 3), shortcut="B"), 272_474),
        (
            Spec(depths=(3, 4, 6, 3), widths=(256, 512, 1024, 2048), kernels=(1, 3, 1), inner=0.25,
                 stem="7x7", stem_width=64, stride_at=1, num_classes=1000),
            25_557_032,
        ),
        (
            Spec(depths=(3, 4, 6, 3), widths=(256, 512, 1024, 2048), kernels=(1, 3, 1), inner=0.5,
                 cardinality=32, stem="7x7", stem_width=64, stride_at=1, num_classes=1000),
            25_028_904,
        ),
        (
            Spec(depths=(4, 4, 4), widths=(160, 320, 640), order="full_preact"),
            36_479_194,
        ),
    ],
)  # fmt: skip
def test_published_parameter_counts(spec: Spec, count: int) -> None:
    with torch.device("meta"):
        assert count_parameters(build(spec)) == count


def test_meta_device_builds_without_memory() -> None:
    with torch.device("meta"):
        net = build(CIFAR)
    assert all(p.is_meta for p in net.parameters())


def test_building_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    build(CIFAR, seed=3)
    assert torch.equal(torch.rand(1), expected)


def test_seeds_decide_the_weights() -> None:
    a, b, c = build(CIFAR, seed=1), build(CIFAR, seed=1), build(CIFAR, seed=2)
    assert torch.equal(a.stem.conv.weight, b.stem.conv.weight)
    assert not torch.equal(a.stem.conv.weight, c.stem.conv.weight)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("he_fan_out", math.sqrt(2 / (9 * 64))),
        ("he_fan_in", math.sqrt(2 / (9 * 32))),
        ("xavier_normal", math.sqrt(2 / (9 * 96))),
        ("xavier_uniform", math.sqrt(2 / (9 * 96))),
    ],
)
def test_initial_standard_deviations(rule: str, expected: float) -> None:
    net = build(CIFAR.replace(init=rule), seed=0)
    weight = net.units()[4].transform.convs[0].weight  # type: ignore[union-attr, index]
    assert weight.shape == (64, 32, 3, 3)
    assert weight.std().item() == pytest.approx(expected, rel=0.03)
    if rule == "xavier_uniform":
        assert weight.abs().max().item() <= math.sqrt(6 / (9 * 96))


def test_a_gates_bias_survives_initialisation() -> None:
    net = build(CIFAR.replace(merge=Gate(bias=-6.0)))
    assert all((u.merge.conv.bias == -6.0).all() for u in net.units())  # type: ignore[union-attr]


def test_classifier_starts_with_zero_bias_and_norms_as_identities() -> None:
    net = build(CIFAR)
    assert not net.fc.bias.any()  # type: ignore[operator]
    norms = [m for m in net.modules() if isinstance(m, _BatchNorm)]
    assert len(norms) == 13
    assert all((n.weight == 1).all() and not n.bias.any() for n in norms)
    assert all(not n.running_mean.any() and (n.running_var == 1).all() for n in norms)


def test_head_methods() -> None:
    net = build(CIFAR).eval()
    x = torch.randn(2, 3, 32, 32)
    features = net.forward_features(x)
    assert features.shape == (2, 64, 8, 8)
    assert torch.equal(net.forward_head(features), net(x))
    assert net.forward_head(features, pre_logits=True).shape == (2, net.num_features)
    net.reset_classifier(7)
    assert net(x).shape == (2, 7)
    assert net.spec.num_classes == 7
    net.reset_classifier(0)
    assert net(x).shape == (2, 64)


@pytest.mark.parametrize("stem", ["3x3", "7x7"])
def test_feature_maps_have_the_promised_shapes(stem: str) -> None:
    net = build(CIFAR.replace(stem=stem))
    backbone = extract_features(net)
    maps = backbone(torch.randn(1, 3, 64, 64))
    assert [m.shape[1] for m in maps] == [i["num_chs"] for i in backbone.feature_info]
    assert [64 // m.shape[2] for m in maps] == [i["reduction"] for i in backbone.feature_info]
    chosen = extract_features(net, (1, -1))
    assert [m.shape[1] for m in chosen(torch.randn(1, 3, 32, 32))] == [16, 64]
    with pytest.raises(ConfigError, match="choose from 0 to 3"):
        extract_features(net, (4,))


def test_recomputation_changes_nothing_but_memory() -> None:
    spec = CIFAR.replace(depths=(3, 3, 3), merge=Keep(residual=0.7))
    x = torch.randn(4, 3, 16, 16)
    states = []
    for segments in (None, 3):
        net = build(spec, seed=1)
        net.set_grad_checkpointing(segments is not None, segments)
        torch.manual_seed(0)
        net(x).square().sum().backward()
        gradients = {f"grad {n}": p.grad for n, p in net.named_parameters() if p.grad is not None}
        states.append({**net.state_dict(), **gradients})
    assert states[0].keys() == states[1].keys()
    for name, value in states[0].items():
        torch.testing.assert_close(states[1][name], value, msg=name)


def test_masks_have_their_means_in_evaluation() -> None:
    spec = Spec(depths=(1,), widths=(4,), stem_width=4, merge=Keep(residual=0.25, shortcut=0.5))
    unit = build(spec).double().eval().units()[0]
    x = torch.randn(2, 4, 5, 5, dtype=torch.float64)
    expected = torch.relu(0.5 * x + 0.25 * unit.transform(x))
    torch.testing.assert_close(unit(x), expected)


def test_element_masks_average_to_their_evaluation() -> None:
    spec = Spec(
        depths=(1,), widths=(4,), stem_width=4, order="full_preact",
        merge=Keep(residual=0.3, shortcut=0.6, per="element"),
    )  # fmt: skip
    unit = build(spec).units()[0].eval()
    x = torch.randn(1, 4, 3, 3).abs()
    mean = unit(x)
    assert unit.merge is not None
    unit.merge.train()
    torch.manual_seed(0)
    with torch.no_grad():
        draws = torch.stack([unit(x) for _ in range(4000)]).mean(0)
    torch.testing.assert_close(draws, mean, rtol=0.1, atol=0.1)


def test_a_dropped_batch_is_the_shortcut_alone() -> None:
    spec = Spec(depths=(1,), widths=(4,), stem_width=4, merge=Keep(residual=0.0))
    unit = build(spec).units()[0]
    x = torch.randn(2, 4, 5, 5)
    assert torch.equal(unit(x), torch.relu(x))
    assert all(b == 0 for n, b in unit.named_buffers() if n.endswith("tracked"))


def test_stochastic_depth_falls_linearly() -> None:
    spec = CIFAR.replace(merge=Keep(residual=0.5, schedule="linear"))
    kept = [u.merge.keep.residual for u in build(spec).units()]  # type: ignore[union-attr]
    assert kept == pytest.approx([1 - n / 12 for n in range(1, 7)])


def test_exactly_so_many_units_are_drawn_for_a_mini_batch() -> None:
    net = build(CIFAR.replace(depths=(2, 2, 2), merge=Keep(units=2)), seed=1)
    x = torch.randn(2, 3, 16, 16)
    torch.manual_seed(0)
    drawn = set()
    for step in range(1, 100):
        net(x).sum().backward()
        chosen = [i for i, unit in enumerate(net.units()) if unit.merge.chosen]  # type: ignore
        assert len(chosen) == 2
        drawn.add(tuple(chosen))
        counts = [
            b
            for n, b in net.named_buffers()
            if n.endswith("transform.tail.norm.num_batches_tracked")
        ]
        assert sum(int(count) for count in counts) == 2 * step  # the others were not computed
    assert len(drawn) == 15  # all pairs of six


def test_all_units_are_there_in_evaluation() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 16, 16)
    whole = build(CIFAR.replace(depths=(2, 2, 2)), seed=1).eval()
    net = build(CIFAR.replace(depths=(2, 2, 2), merge=Keep(units=1)), seed=1)
    net(x)
    net.load_state_dict(whole.state_dict())
    torch.testing.assert_close(net.eval()(x), whole(x))
    scaled = build(CIFAR.replace(depths=(2, 2, 2), merge=Keep(units=1, residual=0.25)), seed=1)
    unit = scaled.eval().units()[0]
    y = torch.randn(2, 16, 5, 5)
    torch.testing.assert_close(unit(y), torch.relu(y + 0.25 * unit.transform(y)))


def test_recomputation_draws_no_other_units() -> None:
    x = torch.randn(4, 3, 16, 16)
    gradients = []
    for segments in (None, 3):
        net = build(CIFAR.replace(depths=(3, 3, 3), merge=Keep(units=4)), seed=1)
        net.set_grad_checkpointing(segments is not None, segments)
        torch.manual_seed(0)
        net(x).square().sum().backward()
        gradients.append({n: p.grad for n, p in net.named_parameters() if p.grad is not None})
    assert gradients[0].keys() == gradients[1].keys()
    for name, value in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], value, msg=name)
