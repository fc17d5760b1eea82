"""Networks from plans: shapes are torch's, costs are torch's, and every part does what it says."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnets.analysis import count
from resnets.blocks.layered import make
from resnets.errors import ConfigError
from resnets.networks import LayeredNetwork, Outputs, build, extract_features
from resnets.spec.families import VGG
from resnets.spec.layers import (
    Act,
    Chain,
    Concat,
    Conv,
    Flatten,
    Grow,
    Highway,
    Layer,
    Linear,
    Norm,
    Pool,
    Residual,
    Resize,
)
from resnets.spec.plan import FamilySpec, Plan, Side, step
from resnets.spec.shorthand import conv, conv_norm

TINY = VGG(depths=(1, 2), widths=(4, 8), hidden=16, side=2, num_classes=5)


class Sided(FamilySpec):
    """A stem, one module of each kind, and an auxiliary classifier behind the second."""

    def plan(self) -> Plan:
        branches = Concat(((("a.conv", conv(4, 1)),), (("b.conv", conv(4, (1, 3))),)))
        side = Chain((("pool", Resize(1)), ("flatten", Flatten())))
        return Plan(
            body=(
                step("stem", conv_norm(8, 3, 2), feature=True),
                step("split", branches, unit=True),
                step("sum", Residual(Chain((("conv", conv(8, 3)),)), 0.5), unit=True),
                step("grow", Grow(Chain((("conv", conv(4, 3)),))), unit=True, feature=True),
            ),
            head=(step("pool", Resize(1)), step("flatten", Flatten())),
            classifier="head.fc",
            sides=(Side("aux", "split", side, "fc"),),
        )

    @property
    def depth(self) -> int:
        return 5

    @property
    def natural_size(self) -> int:
        return 16


SIDED = Sided(num_classes=3)


@given(
    size=st.tuples(st.integers(8, 20), st.integers(8, 20)),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    ceil=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_shapes_are_those_of_torch(
    size: tuple[int, int], kernel: int, stride: int, padding: int, ceil: bool
) -> None:
    padding = min(padding, kernel // 2)
    for layer in (
        Conv(5, (kernel, 3), stride, (padding, 1)),
        Pool("max", kernel, stride, padding, ceil),
        Pool("mean", kernel, stride, padding, ceil, count_padding=False),
    ):
        x = torch.zeros(1, 2, *size)
        assert tuple(make(layer, (2, *size))(x).shape[1:]) == layer.shape((2, *size))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Resize(1), lambda x: x.mean((2, 3), keepdim=True)),
        (Act("softsign"), lambda x: x / (1 + x.abs())),
        (Pool("mean", 2, 2), lambda x: nn.functional.avg_pool2d(x, 2)),
        (Chain((("a", Act()), ("b", Flatten()))), lambda x: x.relu().flatten(1)),
        (
            Concat(((("a", Act()),), (("b", Act("tanh")),))),
            lambda x: torch.cat([x.relu(), x.tanh()], 1),
        ),
        (Grow(Chain((("a", Act("tanh")),))), lambda x: torch.cat([x, x.tanh()], 1)),
        (Residual(Chain((("a", Act("tanh")),)), 0.25), lambda x: (x + 0.25 * x.tanh()).relu()),
        (Residual(Chain((("a", Act("tanh")),)), 0.25, act=False), lambda x: x + 0.25 * x.tanh()),
    ],
)
def test_layers_without_weights(layer: Layer, expected: object) -> None:
    x = torch.randn(2, 4, 6, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(make(layer, (4, 6, 6))(x), expected(x))  # type: ignore[operator]
    assert tuple(expected(x).shape[1:]) == layer.shape((4, 6, 6))  # type: ignore[operator]


def test_a_highway_layer_is_a_mixture_by_its_gate() -> None:
    layer = Highway(Chain((("h", Linear(6)), ("act", Act("tanh")))), Linear(6), bias=-2.0)
    module = make(layer, (6,))
    module.open_gate()
    x = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
    gate = torch.sigmoid(x @ module.gate.weight.T - 2.0)
    plain = torch.tanh(module.h(x))
    torch.testing.assert_close(module(x), gate * plain + (1 - gate) * x)


def test_auxiliary_classifiers_answer_in_training_only() -> None:
    net = build(SIDED, seed=0)
    x = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    outputs = net(x)
    assert isinstance(outputs, Outputs)
    assert outputs.logits.shape == (4, 3)
    assert [tuple(side.shape) for side in outputs.sides] == [(4, 3)]
    split = net.split(net.stem(x))
    torch.testing.assert_close(outputs.sides[0], net.aux.fc(split.mean((2, 3))))
    outputs.sides[0].sum().backward()
    assert net.aux.fc.weight.grad is not None
    assert net.sum.conv.weight.grad is None
    assert net.eval()(x).shape == (4, 3)


def test_a_fresh_classifier_replaces_all_of_them() -> None:
    net = build(SIDED, seed=0)
    net.reset_classifier(7)
    x = torch.randn(4, 3, 16, 16)
    assert [tuple(o.shape) for o in (net(x).logits, *net(x).sides)] == [(4, 7), (4, 7)]
    net.reset_classifier(0)
    assert net(x).shape == (4, net.num_features) == (4, 12)
    net.reset_classifier(2)
    assert net(x).logits.shape == (4, 2)
    assert net.spec.num_classes == 2


def test_feature_maps_have_the_announced_channels_and_reductions() -> None:
    net = build(SIDED, seed=0).eval()
    assert [(f["num_chs"], f["reduction"]) for f in net.feature_info] == [(8, 2), (12, 2)]
    maps = extract_features(net)(torch.zeros(1, 3, 20, 20))
    assert [tuple(m.shape) for m in maps] == [(1, 8, 10, 10), (1, 12, 10, 10)]
    torch.testing.assert_close(maps[1], net.forward_features(torch.zeros(1, 3, 20, 20)))


def test_units_are_the_flagged_steps() -> None:
    assert [type(unit).__name__ for unit in build(SIDED).units()] == [
        "Branches",
        "Scaled",
        "Growing",
    ]
    net = build(TINY)
    assert [unit[0] for unit in net.units()] == [
        m for m in net.modules() if isinstance(m, nn.Conv2d)
    ]
    assert len(net.units()) == 3


def test_recomputing_changes_neither_gradients_nor_statistics() -> None:
    spec = TINY.replace(norm=True, dropout=0.0)
    net = build(spec, seed=0)
    other = copy.deepcopy(net)
    other.set_grad_checkpointing()
    x = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    for each in (net, other):
        each(x).square().sum().backward()
    for ours, theirs in zip(net.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)
    for ours, theirs in zip(net.buffers(), other.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("spec", [TINY, TINY.replace(norm=True), SIDED])
def test_costs_are_those_of_torch(spec: FamilySpec) -> None:
    net = build(spec).eval()
    cost = count(spec, 16)
    assert cost.parameters == sum(p.numel() for p in net.parameters())
    with FlopCounterMode(display=False) as counter:
        net(torch.zeros(1, 3, 16, 16))
    assert cost.flops == counter.get_total_flops()


def test_rows_paths_and_fields_by_hand() -> None:
    cost = count(SIDED, 16)
    assert [row.part for row in cost.rows] == ["stem", "unit", "unit", "unit", "head", "side"]
    # 3×3 stride 2; the wider branch 1×3; 3×3; 3×3, each two input pixels apart.
    assert [row.receptive_field for row in cost.rows[:4]] == [3, 7, 11, 15]
    assert cost.rows[-1].parameters == 8 * 3 + 3
    assert (cost.multiplicity, cost.multiplicity_text) == (4, "2^2")
    assert cost.rows[1].layers == "1×1 4 | 1×3 4"


def test_initial_weights_follow_the_rule_and_the_seed() -> None:
    spec = VGG(depths=(1,), widths=(64,), hidden=512, side=4, init="he_fan_in", num_classes=10)
    net, again = build(spec, seed=3), build(spec, seed=3)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), again.parameters(), strict=True))
    hidden = net.get_submodule("classifier.3").weight
    assert hidden.std().item() == pytest.approx((2 / 512) ** 0.5, rel=0.02)
    bound = 512**-0.5
    last = net.get_classifier().weight
    assert bound * 0.97 < last.abs().max().item() <= bound
    assert all(not b.any() for n, b in net.named_parameters() if n.endswith("bias"))


def test_a_network_without_maps_is_no_backbone() -> None:
    class Flat(Sided):
        def plan(self) -> Plan:
            plan = super().plan()
            body = tuple(step(s.name, s.layer) for s in plan.body)
            return Plan(body, plan.head, plan.classifier)

    with pytest.raises(ConfigError, match="no feature maps") as caught:
        extract_features(build(Flat()))
    assert caught.value.code == "E2122"


def test_a_plan_that_no_module_exists_for_is_a_bug() -> None:
    class Strange(Layer):
        def shape(self, given: tuple[int, ...]) -> tuple[int, ...]:
            return given

    with pytest.raises(TypeError, match="Strange"):
        make(Strange(), (1,))


def test_batch_norm_reads_vectors_too() -> None:
    assert isinstance(make(Norm(), (4,)), nn.BatchNorm1d)
    assert isinstance(build(TINY), LayeredNetwork)
