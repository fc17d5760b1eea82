"""A network as a walk: nothing lost on the way, units without their functions by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.analysis.forks import fork
from resnets.analysis.walk import survey, walk
from resnets.catalog import look_up
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import Add, Gate, Keep, Spec
from resnets.spec.families import VGG, Highway, InceptionResNet, PolyNet

SMALL = {"depths": (2, 2), "widths": (4, 8), "stem_width": 4, "num_classes": 3}
SPECS = {
    "post-activation, A": Spec(**SMALL, shortcut="A"),
    "pre-activation, B": Spec(**SMALL, order="full_preact"),
    "batch norm after the sum": Spec(**SMALL, shortcut="A", order="bn_after_addition"),
    "constants": Spec(**SMALL, shortcut="A", merge=Add(shortcut=0.5, residual=0.25)),
    "exclusive gate": Spec(**SMALL, shortcut="A", merge=Gate(bias=-1.0)),
    "shortcut-only gate": Spec(**SMALL, shortcut="C", merge=Gate(bias=0.0, exclusive=False)),
    "stochastic depth": Spec(**SMALL, shortcut="A", merge=Keep(residual=0.5, schedule="linear")),
    "two functions": Spec(**SMALL, order="full_preact", branches=2, branch_form="loop"),
    "two fused": Spec(**SMALL, order="full_preact", branches=2),
    "plain": Spec(**SMALL, shortcut="none"),
    "vgg": VGG(depths=(1, 1, 2), widths=(4, 8, 8), hidden=0, side=1, num_classes=3),
    "densenet": look_up("densenet40_k12").spec.replace(depths=(2, 2), num_classes=3),
    "inception-resnet": InceptionResNet(
        form="v1", stem="small", depths=(1, 1, 1), width=0.125, num_classes=3
    ),
    "polynet": PolyNet(
        stages=(("2-way", "mpoly-3"), ("poly-3",), ("mpoly-2",)), stem="small", width=0.125
    ),
    "highway": Highway(depths=(2, 2), widths=(4, 8), hidden=0, num_classes=3),
}


def trained(spec: Spec) -> nn.Module:
    """A network in evaluation mode whose batch norms have seen something."""
    net = build(spec, seed=3)
    generator = torch.Generator().manual_seed(5)
    for module in net.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean.copy_(torch.randn(module.running_mean.shape, generator=generator))
            module.running_var.uniform_(0.5, 2.0, generator=generator)
    return net.eval()


def draw(spec: Spec, count: int = 2) -> Tensor:
    side = spec.natural_size if isinstance(spec, VGG) else 16
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", SPECS)
def test_a_walk_is_the_network(name: str) -> None:
    net, x = trained(SPECS[name]), draw(SPECS[name])
    way = walk(net)
    with torch.no_grad():
        y = way.stem(x)
        for i in range(len(way.places)):
            y = way.step(i, i, True, y)
        torch.testing.assert_close(way.head(y), net(x))


@pytest.mark.parametrize("name", [name for name in SPECS if name not in ("plain", "vgg")])
def test_the_parts_of_a_unit_are_the_unit(name: str) -> None:
    net, x = trained(SPECS[name]), draw(SPECS[name])
    way = walk(net)
    with torch.no_grad():
        y = way.stem(x)
        for place in way.places:
            parts, expected = place.fork, place.unit(y)
            if parts is not None:  # a highway layer that changes the width is plain
                e = parts.enter(y)
                total = torch.stack([function(e) for function in parts.functions]).sum(0)
                torch.testing.assert_close(parts.join(e, parts.shortcut(e), total), expected)
            y = place.after(expected)


def test_a_deleted_post_activation_unit_keeps_shortcut_and_relu() -> None:
    net = trained(SPECS["post-activation, A"])
    way = walk(net)
    x = torch.randn(2, 4, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(way.places[0].bypass(x), x.relu())
        padded = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, 4)).relu()
        torch.testing.assert_close(way.places[2].bypass(x), padded)


def test_a_deleted_pre_activation_unit_is_its_shortcut() -> None:
    net = trained(SPECS["pre-activation, B"])
    way = walk(net)
    x = torch.randn(2, 4, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(way.places[1].bypass(x), x)
        # The first unit and those that change the shape share a head with their shortcut.
        torch.testing.assert_close(way.places[0].bypass(x), net.units()[0].head(x))
        unit = net.units()[2]
        torch.testing.assert_close(way.places[2].bypass(x), unit.shortcut(unit.head(x)))


def test_constants_gates_and_masks_on_the_shortcut_stay() -> None:
    x = torch.randn(2, 4, 8, 8)
    with torch.no_grad():
        constants = walk(trained(SPECS["constants"])).places[1]
        torch.testing.assert_close(constants.bypass(x), (0.5 * x).relu())
        net = trained(SPECS["exclusive gate"])
        gate = torch.sigmoid(net.units()[1].merge.conv(x))
        torch.testing.assert_close(walk(net).places[1].bypass(x), ((1 - gate) * x).relu())
        masks = walk(trained(SPECS["stochastic depth"])).places[1]
        torch.testing.assert_close(masks.bypass(x), x.relu())


def test_a_plain_unit_has_no_parts_and_leaves_nothing() -> None:
    net, x = trained(SPECS["plain"]), torch.randn(2, 4, 8, 8)
    way = walk(net)
    assert [place.fork for place in way.places] == [None] * 4
    assert way.places[1].bypass(x) is x
    layout = survey(way, draw(SPECS["plain"], 1))
    assert layout.deletable == (True, True, False, True)
    assert layout.changes == (False, False, True, False)


def test_a_shortcut_times_zero_is_none() -> None:
    spec = Spec(**SMALL, shortcut="A", merge=Add(shortcut=0.0))
    assert fork(build(spec).units()[0]) is None


def test_families_outside_the_grammar() -> None:
    vgg = walk(trained(SPECS["vgg"]))
    with torch.no_grad():
        layout = survey(vgg, draw(SPECS["vgg"], 1))
    assert layout.deletable == (False, False, True, True)
    assert layout.groups == ((2, 3),)
    dense = trained(SPECS["densenet"])
    place = walk(dense).places[0]
    x = torch.randn(2, 16, 8, 8)
    with torch.no_grad():
        whole, without = place.unit(x), place.bypass(x)
    torch.testing.assert_close(without[:, :16], x)
    assert without.shape == whole.shape == (2, 28, 8, 8)
    assert without[:, 16:].abs().max() == 0 < whole[:, 16:].abs().max()


def test_groups_of_exchangeable_units_of_resnet110() -> None:
    spec = look_up("preresnet110").spec.replace(widths=(1, 2, 4), stem_width=1)
    with torch.no_grad():
        layout = survey(walk(build(spec).eval()), torch.zeros(1, 3, 8, 8))
    assert [len(group) for group in layout.groups] == [18, 17, 17]
    assert [i for i, changes in enumerate(layout.changes) if changes] == [18, 36]
    assert all(layout.deletable)


def test_deleted_terms_and_gated_layers() -> None:
    x = torch.randn(2, 4, 8, 8)
    net = trained(SPECS["highway"])
    layer = net.units()[1]
    with torch.no_grad():
        kept = (1 - torch.sigmoid(layer.gate(x))) * x
        torch.testing.assert_close(walk(net).places[1].bypass(x), kept)
    place = walk(trained(SPECS["polynet"])).places[0]
    assert place.fork is not None
    assert len(place.fork.functions) == 2
    torch.testing.assert_close(place.bypass(x), x.relu())


def test_a_network_without_units_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        walk(nn.Linear(2, 2))
    assert caught.value.code == "E2652"
    assert "Linear" in caught.value.what
