"""What a network costs, against figures worked out by hand and against other implementations."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from resnets.analysis import count
from resnets.catalog import look_up
from resnets.networks import build
from resnets.spec import Gate, Spec, to_json

RESNET20 = Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A")


def test_the_parts_of_a_small_network() -> None:
    """One basic unit a stage; every number by hand."""
    rows = count(Spec(depths=(1, 1), widths=(16, 32), num_classes=10)).rows
    assert [row.part for row in rows] == ["stem", "unit", "unit", "head"]
    assert [row.parameters for row in rows] == [
        3 * 16 * 9 + 2 * 16,
        2 * 16 * 16 * 9 + 2 * 2 * 16,
        16 * 32 * 9 + 32 * 32 * 9 + 2 * 2 * 32 + 16 * 32 + 2 * 32,
        32 * 10 + 10,
    ]
    assert [row.macs for row in rows] == [
        3 * 16 * 9 * 1024,
        2 * 16 * 16 * 9 * 1024,
        (16 * 32 * 9 + 32 * 32 * 9 + 16 * 32) * 256,
        320,
    ]
    assert [row.out_shape for row in rows] == [(16, 32, 32), (16, 32, 32), (32, 16, 16), (10, 1, 1)]
    assert [row.in_shape for row in rows] == [(3, 32, 32), (16, 32, 32), (16, 32, 32), (32, 16, 16)]
    assert [row.activation_bytes for row in rows] == [
        4 * 1024 * (3 + 16),
        4 * 1024 * 4 * 16,
        4 * (2 * 16 * 1024 + (32 + 2 * 32 + 32) * 256),
        0,
    ]
    assert rows[2].layers == "3×3 32 stride 2, 3×3 32; projection"


def test_flops_are_two_for_each_multiply_add() -> None:
    cost = count(RESNET20)
    assert (cost.macs, cost.flops) == (40_551_040, 81_102_080)
    assert all(row.flops == 2 * row.macs for row in cost.rows)


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [("resnet20", 1.503), ("resnet56", 4.256), ("resnet110", 8.385), ("resnet1202", 91.877)],
)
def test_activation_memory(name: str, megabytes: float) -> None:
    assert count(look_up(name).spec).activation_bytes / 1e6 == pytest.approx(megabytes, abs=5e-4)


def test_multiplicity_is_exact() -> None:
    assert count(look_up("resnet110").spec).multiplicity == 2**54
    assert count(look_up("multi_resnet200_k5").spec).multiplicity == 2**330
    assert count(look_up("multi_resnet200_k5").spec).multiplicity_text == "2^330"
    assert count(look_up("plain20").spec).multiplicity == 1
    assert count(look_up("resnet110_scaling_0_1").spec).multiplicity_text == "1"
    plain = Spec(depths=(2, 2), widths=(8, 8), shortcut="none", branches=2)
    assert (count(plain).multiplicity, count(plain).multiplicity_text) == (81, "3^4")


def test_the_multiplicity_of_a_very_deep_network_can_be_written() -> None:
    assert json.loads(to_json(count(look_up("resnet30002").spec).to_dict()))["units"] == 15_000


@pytest.mark.parametrize("size", [8, 9, 31, 33, 224])
@pytest.mark.parametrize(
    "name", ["resnet8", "resnet18", "resnext29_2x64d", "preresnet11_bottleneck"]
)
def test_shapes_at_any_input_size(name: str, size: int) -> None:
    spec = look_up(name).spec
    with torch.device("meta"):
        net = build(spec)
    cost = count(spec, size)
    shapes = []
    for module in (net.stem, *net.units()):
        module.register_forward_hook(lambda m, i, out: shapes.append(tuple(out.shape[1:])))
    net.eval()(torch.empty(1, 3, size, size, device="meta"))
    assert [row.out_shape for row in cost.rows[:-1]] == shapes
    assert cost.image_size == size


@pytest.mark.parametrize(
    ("name", "side"), [("resnet8", 25), ("resnet20", 81), ("resnet18", 435), ("resnet50", 427)]
)
def test_receptive_field(name: str, side: int) -> None:
    assert count(look_up(name).spec).receptive_field == side


def test_receptive_field_is_what_a_gradient_reaches() -> None:
    """In a network without shortcuts or signs that cancel, exactly these pixels have a gradient."""
    spec = look_up("plain8").spec
    net = build(spec).eval()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 0.01)
    x = torch.ones(1, 3, 64, 64, requires_grad=True)
    net.forward_features(x)[0, :, 8, 8].sum().backward()
    assert x.grad is not None
    reached = x.grad[0].abs().sum(0) > 0
    side = count(spec).receptive_field
    assert (int(reached.any(0).sum()), int(reached.any(1).sum())) == (side, side) == (25, 25)


def test_a_gate_is_a_convolution_with_bias() -> None:
    plain, gated = (count(RESNET20.replace(merge=m)) for m in (RESNET20.merge, Gate()))
    extra = [g.parameters - p.parameters for p, g in zip(plain.rows, gated.rows, strict=True)]
    assert extra == [0, *[272] * 3, 16 * 32 + 32, *[32 * 33] * 2, 32 * 64 + 64, *[64 * 65] * 2, 0]


class Convolutions(TorchDispatchMode):
    """Count the elements of inputs and outputs of every convolution that runs."""

    elements = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        if func is torch.ops.aten.convolution.default:
            self.elements += args[0].numel() + out.numel()
        return out


VARIANTS = {
    "loop of branches": {"branches": 3, "branch_form": "loop"},
    "fused branches": {"branches": 3},
    "fused branches, full pre-activation": {"branches": 3, "order": "full_preact"},
    "fused branches, ReLU first": {"branches": 2, "order": "relu_only_preact"},
    "fused branches without a tail": {"branches": 2, "order": "bn_after_addition"},
    "branches of one layer": {"branches": 2, "kernels": (3,), "order": "full_preact"},
    "branches of paths": {"branches": 2, "cardinality": 4},
    "separate paths": {"cardinality": 4, "form": "split"},
    "concatenated paths": {"cardinality": 4, "form": "concat"},
    "projections everywhere": {"shortcut": "C", "merge": Gate(exclusive=False)},
    "no classes": {"num_classes": 0, "in_chans": 1, "order": "full_preact"},
    "five layers": {"kernels": (1, 3, 3, 1, 3), "stride_at": 2},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_counts_are_those_of_the_network(variant: str) -> None:
    fields = {"kernels": (1, 3, 1), "inner": 0.5, **VARIANTS[variant]}
    spec = Spec(depths=(2, 2), widths=(16, 32), **fields)
    with torch.device("meta"):
        net = build(spec)
    with Convolutions() as convolutions:
        net.eval()(torch.empty(1, spec.in_chans, 32, 32, device="meta"))
    cost = count(spec)
    assert cost.parameters == sum(p.numel() for p in net.parameters())
    assert cost.activation_bytes == 4 * convolutions.elements


def test_to_dict_holds_totals_and_rows() -> None:
    cost = count(RESNET20)
    content = cost.to_dict()
    assert json.loads(to_json(content)) == content
    assert content["parameters"] == 269_722
    assert content["multiplicity"] == "2^9"
    assert [row["name"] for row in content["rows"]][:2] == ["stem", "stage 1, unit 1"]
    assert sum(row["macs"] for row in content["rows"]) == content["macs"] == 40_551_040
