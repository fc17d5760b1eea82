"""Every name of the catalog is a backbone, takes a new head, and pictures of other sizes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

import resnets
from resnets.analysis import count
from resnets.catalog import list_names, look_up
from resnets.errors import ConfigError
from resnets.networks import Network, Outputs, build, extract_features
from resnets.networks.dilation import dilate
from resnets.networks.freezing import freeze_stages
from resnets.spec import FamilySpec, Spec
from resnets.spec.layers import Shape
from resnets.weights import adapt_channels

NAMES = list_names()
SIZES = (40, 96)


SAMPLE = {
    "plain20",
    "resnet18_a",
    "resnet50",
    "resnet110_exclusive_gate_b6",
    "preresnet152",
    "resnext50_32x4d",
    "multi_resnet30_k4",
    "swapout20_w2",
}
# The shallowest network of every family outside the grammar is in the sample, too.
BY_DEPTH = sorted(NAMES, key=lambda name: -look_up(name).spec.depth)
SAMPLE.update({look_up(name).spec.family: name for name in BY_DEPTH}.values())
PARAMETERS = [
    pytest.param(name, marks=[] if name in SAMPLE else [pytest.mark.slow]) for name in NAMES
]


def make(name: str) -> Network:
    """Build a network without weights, in evaluation mode."""
    with torch.device("meta"):
        return build(look_up(name).spec).eval()


def picture(net: Network, size: int) -> Tensor:
    """Return two pictures of a size, or of the only one that a fully connected network reads."""
    fixed = isinstance(net.spec, FamilySpec) and not net.feature_info
    shape = net.spec.in_shape if fixed else (net.spec.in_chans, size, size)
    return torch.empty(2, *shape, device="meta")


def expected_maps(net: Network, size: int) -> list[Shape]:
    """Compute the shapes of the maps from the spec alone; a size may be too small for a net."""
    if isinstance(net.spec, Spec):
        return [
            (info["num_chs"], *[-(-size // info["reduction"])] * 2) for info in net.feature_info
        ]
    shape, maps = (net.spec.in_chans, size, size), []
    for step in net.spec.plan().body:
        shape = step.layer.shape(shape)
        maps += [shape] if step.feature else []
    return maps


def refuse(work: Callable[[], object]) -> ConfigError | None:
    """Return the error that work ends in, or None."""
    try:
        work()
    except ConfigError as error:
        return error
    return None


@pytest.mark.parametrize("name", PARAMETERS)
def test_maps_have_the_shapes_that_feature_info_says(name: str) -> None:
    net = make(name)
    info = net.feature_info
    if not info:  # fully connected
        with pytest.raises(ConfigError, match="E2122"):
            extract_features(net)
        return
    assert all(a["reduction"] <= b["reduction"] for a, b in pairwise(info))
    backbone, last = extract_features(net), extract_features(net, (-1,))
    assert backbone.feature_info == info
    refusals = {size: refuse(lambda size=size: expected_maps(net, size)) for size in SIZES}
    assert refusals[max(SIZES)] is None
    for size, refusal in refusals.items():
        if refusal is not None:
            assert refusal.code == "E2123"
            continue
        maps = backbone(picture(net, size))
        assert [tuple(m.shape[1:]) for m in maps] == expected_maps(net, size)
        assert [m.shape[1] for m in maps] == [entry["num_chs"] for entry in info]
        assert [m.shape for m in last(picture(net, size))] == [maps[-1].shape]
        for entry, features in zip(info, maps, strict=True):
            assert features.shape[-1] <= -(-size // entry["reduction"])


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_new_head_has_the_outputs_that_were_asked_for(name: str) -> None:
    net = make(name)
    shape = (2, net.num_features)
    x = picture(net, max(SIZES))
    assert net(x).shape == (2, look_up(name).spec.num_classes)
    net.reset_classifier(7)
    assert net.spec.num_classes == 7
    assert isinstance(net.get_classifier(), nn.Linear)
    assert net(x).shape == (2, 7)
    if len(net.classifiers()) > 1:
        in_training = net.train()(picture(net, look_up(name).image_size))
        assert isinstance(in_training, Outputs)
        assert all(logits.shape == (2, 7) for logits in in_training.sides)
    assert net.forward_head(net.forward_features(x), pre_logits=True).shape == shape
    net.reset_classifier(0)
    assert net.eval()(x).shape == shape
    assert not list(net.get_classifier().parameters())


@pytest.mark.parametrize("name", PARAMETERS)
def test_weights_for_colour_are_adapted_to_grey(name: str) -> None:
    spec = look_up(name).spec
    with torch.device("meta"):
        given = build(spec.replace(in_chans=3)).state_dict()
        net = build(spec.replace(in_chans=1))
    adapted, note = adapt_channels(given, net)
    shapes = {key: tensor.shape for key, tensor in net.state_dict().items()}
    changed = [key for key, tensor in adapted.items() if tensor.shape != given[key].shape]
    if not net.feature_info:  # fully connected: inputs are no colours
        assert (changed, note) == ([], "")
        return
    assert {key: tensor.shape for key, tensor in adapted.items()} == shapes
    assert changed == [note.partition(":")[0]]
    assert net.eval()(picture(net, max(SIZES))).shape == (2, spec.num_classes)


@pytest.mark.parametrize("name", sorted(SAMPLE))
def test_the_last_stage_can_learn_alone(name: str) -> None:
    net = make(name)
    if not net.feature_info:
        return
    freeze_stages(net, 1)
    backbone = extract_features(net)
    before = extract_features(net, (-2,)) if len(net.feature_info) > 1 else backbone
    learning = [p for p in backbone.parameters() if p.requires_grad]
    assert learning or net.feature_info[-1]["module"] not in dict(net.named_modules())
    assert not any(p.requires_grad for p in before.parameters()) or before is backbone
    freeze_stages(net, 0)
    assert not any(p.requires_grad for p in backbone.parameters())


@pytest.mark.parametrize("name", sorted(SAMPLE))
def test_a_pyramid_takes_the_maps(name: str) -> None:
    net = make(name)
    if len(net.feature_info) < 2:
        return
    backbone = resnets.backbone_with_fpn(net, out_channels=8)
    levels = backbone(picture(net, max(SIZES)))
    shapes = [(8, *shape[1:]) for shape in expected_maps(net, max(SIZES))[1:]]
    assert [tuple(level.shape[1:]) for level in levels.values()][:-1] == shapes


@pytest.mark.parametrize("name", sorted(SAMPLE))
def test_dilation_stops_the_map_from_shrinking_or_says_what_it_cannot_spread(name: str) -> None:
    net = make(name)
    if not net.feature_info:
        return
    refusal = refuse(lambda: dilate(net, 8))
    if refusal is not None:
        assert refusal.code == "E2802"
        assert isinstance(net.get_submodule(refusal.what), nn.Module)
        return
    size, reduction = 160, net.feature_info[-1]["reduction"]
    fine = dilate(net, 8)
    side = fine.forward_features(picture(net, size)).shape[-1]
    assert side == size // min(reduction, 8)
    assert count(net.spec).parameters == sum(p.numel() for p in fine.parameters())
