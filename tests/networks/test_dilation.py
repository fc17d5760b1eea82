"""Dilation instead of stride: the same function on a finer map."""

from __future__ import annotations

import pytest
import torch
from torchvision import models

from resnets.errors import ConfigError
from resnets.networks import build
from resnets.networks.dilation import dilate
from resnets.spec import Gate, Spec
from resnets.weights.layouts import to_torchvision

BASE = Spec(depths=(1, 2, 2, 2), widths=(8, 16, 32, 64), stem="7x7", stem_width=8)
VARIANTS = {
    "basic": BASE,
    "option A": BASE.replace(shortcut="A"),
    "gated": BASE.replace(merge=Gate(bias=0.0)),
    "pre-activation": BASE.replace(order="full_preact"),
    "bottleneck, stride in the 1x1": BASE.replace(kernels=(1, 3, 1), inner=0.25),
    "aggregated": BASE.replace(kernels=(1, 3, 1), inner=0.5, stride_at=1, cardinality=4),
    "branches one by one": BASE.replace(order="full_preact", branches=2, branch_form="loop"),
    "plain": BASE.replace(shortcut="none"),
}


@pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize(("output_stride", "step"), [(16, 2), (8, 4)])
def test_a_dilated_network_computes_the_networks_own_values_and_more(
    spec: Spec, output_stride: int, step: int
) -> None:
    net = build(spec, seed=1).double().eval()
    x = torch.randn(2, 3, 90, 120, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    fine = dilate(net, output_stride)
    with torch.no_grad():
        coarse_map, fine_map = net.forward_features(x), fine.forward_features(x)
    assert coarse_map.shape[2:] == (3, 4)
    assert fine_map.shape[2:] == {16: (6, 8), 8: (12, 15)}[output_stride]
    torch.testing.assert_close(fine_map[:, :, ::step, ::step], coarse_map, rtol=0, atol=1e-10)
    assert not fine.training
    assert fine.state_dict().keys() == net.state_dict().keys()


def test_the_network_itself_is_left_alone() -> None:
    net = build(BASE)
    dilate(net, 8)
    x = torch.zeros(1, 3, 64, 64)
    assert net.forward_features(x).shape == (1, 64, 2, 2)
    assert dilate(net, 32).forward_features(x).shape == (1, 64, 2, 2)


def test_it_is_what_torchvision_builds() -> None:
    theirs = models.resnet50(replace_stride_with_dilation=[False, True, True]).eval()
    spec = BASE.replace(
        depths=(3, 4, 6, 3), widths=(256, 512, 1024, 2048), kernels=(1, 3, 1), inner=0.25,
        stride_at=1, stem_width=64, num_classes=1000,
    )  # fmt: skip
    net = build(spec, seed=2).eval()
    theirs.load_state_dict(to_torchvision(net.state_dict(), spec))
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(dilate(net, 8)(x), theirs(x), rtol=1e-4, atol=1e-4)


def test_what_reduces_less_is_copied() -> None:
    net = build(Spec(depths=(1, 1, 1), widths=(4, 8, 16))).eval()
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(dilate(net, 8)(x), net(x))


def test_only_the_usual_strides_are_allowed() -> None:
    with pytest.raises(ConfigError) as caught:
        dilate(build(BASE), 4)
    assert (caught.value.code, caught.value.do) == ("E2102", ("allowed: 8, 16 or 32",))


def test_a_layer_that_cannot_be_spread_is_named() -> None:
    net = build(BASE.replace(order="full_preact", branches=2))
    with pytest.raises(ConfigError) as caught:
        dilate(net, 16)
    assert (caught.value.code, caught.value.what) == ("E2802", "stages.1.1.transform")
    assert 'branch_form="loop"' in caught.value.do[0]
    assert "output_stride=32" in caught.value.do[1]


def test_pooling_without_a_centre_is_refused() -> None:
    net = build(BASE)
    net.stages[3].insert(0, torch.nn.AvgPool2d(2))
    with pytest.raises(ConfigError) as caught:
        dilate(net, 16)
    assert (caught.value.code, caught.value.what) == ("E2802", "stages.3.0")
    assert caught.value.why == "AvgPool2d has no dilated form"
    net.stages[3][0] = torch.nn.MaxPool2d(2)
    with pytest.raises(ConfigError, match="E2802") as caught:
        dilate(net, 16)
    assert caught.value.why == "its filter has no centre"
    net.stages[3][0] = torch.nn.MaxPool2d(3, 2)
    with pytest.raises(ConfigError, match="E2802") as caught:
        dilate(net, 16)
    assert caught.value.why == "it does not keep the size of the map"
