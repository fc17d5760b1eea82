"""Sameness with torchvision and timm: keys, outputs, gradients, statistics, feature maps."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision import models

from resnets.networks import LayeredNetwork, build
from resnets.spec import FamilySpec
from resnets.spec.families import VGG, DenseNet, GoogLeNet
from resnets.weights.layouts import find_layout

from .peers import PEERS, Peer
from .sameness import TOLERANCE, compare, compare_with

DTYPES = sorted(TOLERANCE, key=str)
QUICK = {
    "resnet18-torchvision",
    "resnet50-torchvision",
    "resnext50_32x4d-torchvision",
    "googlenet_no_aux-torchvision",
    "densenet121-torchvision",
    "preresnet18_bare-timm",
}
MEASURED = [
    pytest.param(peer, marks=[] if str(peer) in QUICK else [pytest.mark.slow], id=str(peer))
    for peer in PEERS
]


def check_kept(theirs: nn.Module, spec: FamilySpec, size: int, dtype: torch.dtype) -> None:
    """Compare with a class that a library names as ours, and builds in other sizes only."""
    apart = compare(build(spec), theirs, dict, dict, size, dtype)
    assert apart.largest < TOLERANCE[dtype], apart


@pytest.mark.parametrize("peer", PEERS, ids=str)
def test_keys_and_shapes_are_the_librarys(peer: Peer) -> None:
    layout = find_layout(peer.library, peer.spec)
    with torch.device("meta"):
        ours, theirs = build(peer.spec), peer.make()
    written, expected = layout.write(ours.state_dict(), peer.spec), theirs.state_dict()
    assert {k: v.shape for k, v in written.items()} == {k: v.shape for k, v in expected.items()}
    theirs.load_state_dict(written, strict=True, assign=True)
    ours.load_state_dict(layout.read(expected, peer.spec), strict=True, assign=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("peer", MEASURED)
def test_outputs_and_gradients_are_the_librarys(peer: Peer, dtype: torch.dtype) -> None:
    apart = compare_with(peer.library, peer.make(), peer.spec, peer.size, dtype)
    assert apart.largest < TOLERANCE[dtype], apart


@pytest.mark.parametrize("peer", [p for p in PEERS if p.library == "timm"], ids=str)
def test_feature_maps_are_those_that_timm_announces(peer: Peer) -> None:
    import timm

    with torch.device("meta"):
        theirs = timm.create_model(peer.theirs, features_only=True).feature_info
        ours = [(info["num_chs"], info["reduction"]) for info in build(peer.spec).feature_info]
    if peer.spec.family == "vgg":  # timm lists the map behind the last pool, too
        ours.append((512, 32))
    assert ours == list(zip(theirs.channels(), theirs.reduction(), strict=True))


def test_every_quick_network_is_compared() -> None:
    assert not QUICK - {str(peer) for peer in PEERS}


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_small_densenet_is_torchvisions_class(dtype: torch.dtype) -> None:
    theirs = models.DenseNet(8, (2, 3, 1, 2), 12, bn_size=3, num_classes=5)
    spec = DenseNet(
        depths=(2, 3, 1, 2), growth=8, bottleneck=3, stem="7x7", stem_width=12, num_classes=5
    )
    check_kept(theirs, spec, 64, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("norm", [False, True])
def test_a_small_vgg_is_torchvisions_class(norm: bool, dtype: torch.dtype) -> None:
    layers = models.vgg.make_layers([4, "M", 8, 8, "M"], batch_norm=norm)
    theirs = models.VGG(layers)
    widths = ((8 * 7 * 7, 16), (16, 16), (16, 5))
    for position, (inputs, outputs) in zip((0, 3, 6), widths, strict=True):
        theirs.classifier[position] = nn.Linear(inputs, outputs)
    spec = VGG(depths=(1, 2), widths=(4, 8), norm=norm, hidden=16, num_classes=5)
    check_kept(theirs, spec, 30, dtype)


@pytest.mark.parametrize("auxiliary", [("upper",), ()])
def test_fewer_auxiliary_classifiers_leave_the_others_as_they_are(
    auxiliary: tuple[str, ...],
) -> None:
    whole = build(GoogLeNet(num_classes=5), seed=1).double()
    fewer = build(GoogLeNet(num_classes=5, auxiliary=auxiliary), seed=2).double()
    state = {k: v for k, v in whole.state_dict().items() if k in fewer.state_dict()}
    fewer.load_state_dict(state, strict=True)
    x = torch.randn(2, 3, 32, 32, dtype=torch.float64)
    torch.testing.assert_close(fewer.eval()(x), whole.eval()(x))
    left = {key.split(".")[0] for key in whole.state_dict().keys() - state.keys()}
    assert left == ({"aux1"} if auxiliary else {"aux1", "aux2"})
    assert isinstance(fewer, LayeredNetwork)
    assert len(fewer.classifiers()) == 1 + len(auxiliary)
