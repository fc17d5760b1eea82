"""Backbones for torchvision's heads, with torchvision's own as the oracle."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.segmentation.deeplabv3 import DeepLabHead, DeepLabV3
from torchvision.models.segmentation.fcn import FCN, FCNHead
from torchvision.ops import FrozenBatchNorm2d
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

import resnets
from resnets.api.models import create_model
from resnets.errors import ConfigError
from resnets.weights import write_safetensors
from resnets.weights.layouts import to_torchvision

SMALL = {"depths": (1, 1, 1, 1), "widths": (8, 16, 32, 64), "stem_width": 8}


def images(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def trainable(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


@pytest.fixture
def resnet18() -> nn.Module:
    """A network whose batch norms have statistics of their own."""
    net = create_model("resnet18", seed=3)
    net(images(2, 3, 64, 64))
    return net.eval()


def their_backbone(net: nn.Module, trainable_layers: int) -> nn.Module:
    """Return torchvision's pyramid on the same weights, its batch norms frozen."""
    theirs = resnet_fpn_backbone(
        backbone_name="resnet18", weights=None, trainable_layers=trainable_layers
    )
    state = to_torchvision(net.state_dict(), net.spec)
    wanted = theirs.body.state_dict()
    assert wanted.keys() <= state.keys()
    theirs.body.load_state_dict({name: state[name] for name in wanted})
    return theirs


def test_a_pyramid_is_that_of_torchvision(resnet18: nn.Module) -> None:
    ours, theirs = resnets.backbone_with_fpn(resnet18), their_backbone(resnet18, 3)
    theirs.fpn.load_state_dict(ours.fpn.state_dict())
    assert ours.out_channels == theirs.out_channels == 256
    x = images(2, 3, 96, 70)
    for mode in (True, False):  # a norm that does not learn answers alike in both
        with torch.no_grad():
            actual, expected = ours.train(mode)(x), theirs.train(mode)(x)
        assert isinstance(actual, OrderedDict)
        assert list(actual) == list(expected) == ["0", "1", "2", "3", "pool"]
        for level, features in actual.items():
            torch.testing.assert_close(features, expected[level], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("stages", range(6))
def test_the_same_parameters_learn_as_in_torchvision(stages: int) -> None:
    ours = resnets.backbone_with_fpn(create_model("resnet18"), trainable_stages=stages)
    theirs = their_backbone(create_model("resnet18"), stages)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in theirs.modules())
    assert any(isinstance(m, FrozenBatchNorm2d) for m in theirs.modules())
    assert trainable(ours.body) == trainable(theirs.body)
    assert trainable(ours.fpn) == trainable(theirs.fpn)


def test_frozen_norms_keep_their_statistics(resnet18: nn.Module) -> None:
    backbone = resnets.backbone_with_fpn(resnet18)
    before = {k: v.clone() for k, v in backbone.state_dict().items() if "running" in k}
    backbone.train()(images(2, 3, 64, 64))
    after = backbone.state_dict()
    assert len(before) == 40
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert not backbone.train().body.get_submodule("stem.act.norm").training


def test_a_frozen_stage_keeps_its_statistics_though_others_learn() -> None:
    net = create_model("resnet18", **SMALL)
    backbone = resnets.backbone_with_fpn(net, trainable_stages=1, freeze_norms=False)
    backbone.train()(images(2, 3, 64, 64))
    counts = {k: int(v) for k, v in backbone.state_dict().items() if "batches_tracked" in k}
    assert {k: n for k, n in counts.items() if n} == {
        k: 1 for k in counts if k.startswith("body.stages.3.")
    }


def test_fresh_weights_learn_altogether_and_learnt_ones_in_three_stages(tmp_path) -> None:
    fresh = resnets.backbone_with_fpn("resnet18", **SMALL)
    assert all(p.requires_grad for p in fresh.parameters())
    assert fresh.body.get_submodule("stem.act.norm").training
    net = create_model("resnet18", seed=5, **SMALL)
    write_safetensors(tmp_path / "w.safetensors", net.state_dict())
    learnt = resnets.backbone_with_fpn("resnet18", weights=tmp_path / "w.safetensors", **SMALL)
    stem, stages = (
        learnt.body.get_submodule("stem.conv"),
        learnt.body.get_submodule("stages").children(),
    )
    assert torch.equal(stem.weight, net.stem.conv.weight)
    learning = [any(p.requires_grad for p in stage.parameters()) for stage in stages]
    assert (stem.weight.requires_grad, learning) == (False, [False, True, True, True])


def test_weights_of_a_pyramid_follow_its_seed_alone() -> None:
    before = torch.get_rng_state()
    one, same, other = (resnets.backbone_with_fpn("resnet18", seed=s, **SMALL) for s in (1, 1, 2))
    weights = [backbone.fpn.layer_blocks[0][0].weight for backbone in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), before)


def test_levels_can_be_chosen_and_added() -> None:
    chosen = resnets.backbone_with_fpn("resnet18", out_indices=(2, 4), out_channels=8, **SMALL)
    shapes = {name: tuple(f.shape) for name, f in chosen(images(1, 3, 64, 64)).items()}
    assert shapes == {"0": (1, 8, 8, 8), "1": (1, 8, 2, 2), "pool": (1, 8, 1, 1)}
    extra = resnets.backbone_with_fpn(
        "resnet18", out_channels=8, extra_blocks=LastLevelP6P7(8, 8), **SMALL
    )
    assert list(extra(images(1, 3, 64, 64))) == ["0", "1", "2", "3", "p6", "p7"]
    small = resnets.backbone_with_fpn("resnet20", out_channels=8)
    assert [f.shape[-1] for f in small(images(1, 3, 32, 32)).values()] == [32, 16, 8, 4]


def test_segmentation_maps_are_those_of_torchvision() -> None:
    backbone = resnets.segmentation_backbone("resnet50", output_stride=8, seed=4).eval()
    net = create_model("resnet50", seed=4)
    theirs = models.resnet50(replace_stride_with_dilation=[False, True, True]).eval()
    theirs.load_state_dict(to_torchvision(net.state_dict(), net.spec))
    x = images(1, 3, 64, 64)
    with torch.no_grad():
        maps = backbone(x)
        x = theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(x))))
        aux = theirs.layer3(theirs.layer2(theirs.layer1(x)))
        torch.testing.assert_close(maps["aux"], aux, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(maps["out"], theirs.layer4(aux), rtol=1e-4, atol=1e-4)
    assert (backbone.out_channels, backbone.aux_channels) == (2048, 1024)
    assert [info["reduction"] for info in backbone.body.feature_info] == [8, 8]


def test_segmentation_heads_take_the_maps() -> None:
    backbone = resnets.segmentation_backbone("resnet18", freeze_norms=True, **SMALL)
    assert (backbone.out_channels, backbone.aux_channels) == (64, 32)
    fcn = FCN(backbone, FCNHead(64, 5), FCNHead(32, 5)).eval()
    assert {k: tuple(v.shape) for k, v in fcn(images(2, 3, 64, 48)).items()} == {
        "out": (2, 5, 64, 48),
        "aux": (2, 5, 64, 48),
    }
    deeplab = DeepLabV3(backbone, DeepLabHead(64, 5)).eval()
    assert deeplab(images(1, 3, 64, 64))["out"].shape == (1, 5, 64, 64)
    assert not any(p.requires_grad for n, p in backbone.named_parameters() if "norm" in n)


def test_a_network_in_hand_takes_no_options_of_names() -> None:
    net = create_model("resnet18", **SMALL)
    with pytest.raises(ConfigError) as caught:
        resnets.backbone_with_fpn(net, weights="w.safetensors", in_chans=1)
    assert (caught.value.code, caught.value.what) == ("E2801", "weights or pretrained, in_chans")


def test_more_stages_than_there_are_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.backbone_with_fpn("resnet18", trainable_stages=6, **SMALL)
    assert caught.value.code == "E2102"
    assert caught.value.do == ("allowed: 0 to 5, the stem included",)


@pytest.mark.parametrize("make", [resnets.backbone_with_fpn, resnets.segmentation_backbone])
def test_signals_in_time_have_no_maps_for_boxes(make: Callable[..., nn.Module]) -> None:
    net = resnets.build(resnets.Spec(depths=(1, 1), widths=(4, 8), dimensions=1))
    with pytest.raises(ConfigError) as caught:
        make(net)
    assert (caught.value.code, caught.value.what) == ("E2800", "dimensions = 1")
