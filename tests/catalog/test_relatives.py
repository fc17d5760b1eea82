"""Names of the families outside the grammar: which spec each one is, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from resnets.analysis import count
from resnets.catalog import list_names, look_up
from resnets.errors import ConfigError
from resnets.spec.families import VGG, AlexNet, GoogLeNet, InceptionV3, InceptionV4, PolyNet
from resnets.spec.families.polynet import VERY_DEEP


def spec_of(name: str) -> Any:
    return look_up(name).spec


def refusal(name: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        look_up(name)
    assert caught.value.exit == 2
    return caught.value


SPECS = {
    "alexnet": AlexNet(),
    "alexnet_original": AlexNet(widths=(96, 256, 384, 384, 256), groups=2, local_norm=True),
    "vgg16": VGG(depths=(2, 2, 3, 3, 3)),
    "vgg11_bn": VGG(depths=(1, 1, 2, 2, 2), norm=True),
    "googlenet": GoogLeNet(),
    "googlenet_upper_aux": GoogLeNet(auxiliary=("upper",)),
    "googlenet_no_aux": GoogLeNet(auxiliary=()),
    "googlenet_original": GoogLeNet(norm=False, kernel=5, dropout=0.4),
    "inception_v3": InceptionV3(),
    "inception_v3_no_aux": InceptionV3(auxiliary=False),
    "inception_v3_table1": InceptionV3(form="table1", depths=(3, 5, 2)),
    "inception_v3_full_filters": InceptionV3(filters="full"),
    "inception_v4": InceptionV4(),
    "polynet": PolyNet(),
    "polynet_stochastic_paths": PolyNet(keep=0.75),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_name_is_the_spec(name: str) -> None:
    assert spec_of(name) == SPECS[name]


def test_names_of_densenet_say_bottleneck_compression_and_growth() -> None:
    found = {
        name: (s.depths, s.growth, s.bottleneck, s.compression, s.stem_width)
        for name in ("40_k12", "_b40_k12", "_c40_k12", "_bc100_k12", "_bc250_k24")
        for s in [spec_of(f"densenet{name}")]
    }
    assert found == {
        "40_k12": ((12, 12, 12), 12, 0, 1.0, 16),
        "_b40_k12": ((6, 6, 6), 12, 4, 1.0, 16),
        "_c40_k12": ((12, 12, 12), 12, 0, 0.5, 16),
        "_bc100_k12": ((16, 16, 16), 12, 4, 0.5, 24),
        "_bc250_k24": ((41, 41, 41), 24, 4, 0.5, 48),
    }
    assert spec_of("densenet40_k12_dropout") == spec_of("densenet40_k12").replace(dropout=0.2)


@pytest.mark.parametrize(
    ("name", "depths", "growth"),
    [
        ("densenet121", (6, 12, 24, 16), 32),
        ("densenet161", (6, 12, 36, 24), 48),
        ("densenet169", (6, 12, 32, 32), 32),
        ("densenet201", (6, 12, 48, 32), 32),
    ],
)
def test_densenets_for_imagenet(name: str, depths: tuple[int, ...], growth: int) -> None:
    spec = spec_of(name)
    assert (spec.depths, spec.growth, spec.stem_width) == (depths, growth, 2 * growth)
    assert (spec.bottleneck, spec.compression, spec.stem) == (4, 0.5, "7x7")
    assert spec.depth == int(name.removeprefix("densenet"))


def test_forms_of_inception_resnet() -> None:
    found = {
        ending: (s.form, s.depths, s.scale)
        for ending in ("v1", "v2", "v2_paper")
        for s in [spec_of(f"inception_resnet_{ending}")]
    }
    scale = (0.17, 0.1, 0.2)
    assert found == {
        "v1": ("v1", (5, 10, 5), scale),
        "v2": ("v2_released", (10, 20, 10), scale),
        "v2_paper": ("v2", (5, 10, 5), scale),
    }


def test_polynet_by_kind_and_by_stage() -> None:
    assert spec_of("polynet").stages == VERY_DEEP
    assert [len(stage) for stage in VERY_DEEP] == [10, 20, 10]
    assert spec_of("polynet_poly3").stages == tuple(("poly-3",) * n for n in (10, 20, 10))
    middle = spec_of("polynet_small_b_mpoly2").stages
    assert middle == (("residual",) * 2, ("mpoly-2",) * 3, ("residual",) * 2)
    mixed = ("3-way", "mpoly-3", "poly-3")
    assert spec_of("polynet_b_mixed").stages[1] == (*mixed * 6, "3-way", "mpoly-3")


KINDS = {
    "residual": "I + F",
    "poly2": "I + F + F²",
    "mpoly2": "I + F + GF",
    "2way": "I + F + G",
    "poly3": "I + F + F² + F³",
    "mpoly3": "I + F + GF + HGF",
    "3way": "I + F + G + H",
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_modules_are_the_papers(kind: str) -> None:
    for name in (f"polynet_{kind}", f"polynet_small_{kind}"):
        units = [step for step in spec_of(name).plan().body if step.unit]
        assert {step.layer.parts[0][1].formula for step in units} == {KINDS[kind]}


def test_what_modules_share_costs_no_parameters_but_time() -> None:
    """Modules of equal order compute as much; only poly modules have the weights of one F."""
    costs = {kind: count(spec_of(f"polynet_small_{kind}")) for kind in KINDS}
    for order in "23":
        names = (f"poly{order}", f"mpoly{order}", f"{order}way")
        poly, mpoly, way = (costs[name] for name in names)
        assert poly.macs == mpoly.macs == way.macs
        assert costs["residual"].parameters < poly.parameters < mpoly.parameters == way.parameters


SMALL = [
    name
    for name in list_names("*small*")
    if look_up(name).spec.family.startswith(("inception", "polynet"))
]


@pytest.mark.parametrize("name", SMALL)
def test_small_forms_are_for_pictures_of_32_pixels(name: str) -> None:
    spec = spec_of(name)
    assert (spec.natural_size, spec.num_classes) == (32, 10)
    plan = spec.plan()
    shapes = plan.shapes((3, 32, 32))
    assert {shapes[step.name][1] for step in plan.body if step.unit} == {32, 16, 8}
    plan.check((3, 32, 32))
    assert count(spec).macs < 1e8


@pytest.mark.parametrize(
    ("pure", "residual"),
    [
        ("inception_v3_small", "inception_resnet_v1_small"),
        ("inception_v4_small", "inception_resnet_v2_small"),
        ("inception_v4_small", "inception_resnet_v2_paper_small"),
    ],
)
def test_small_partners_cost_about_the_same(pure: str, residual: str) -> None:
    macs = [count(spec_of(name)).macs for name in (pure, residual)]
    assert macs[1] / macs[0] == pytest.approx(1, abs=0.05)
    assert residual in look_up(pure).explanation or pure in look_up(residual).explanation


@pytest.mark.parametrize(
    ("name", "rule", "tries"),
    [
        ("vgg12", "depth must be 11, 13, 16 or 19", "vgg11 or vgg13"),
        ("densenet122", "a growth rate is missing; without one depth must be one of 121", "k12"),
        ("densenet_bc100", "a growth rate is missing", "densenet_bc40_k12"),
        ("densenet41_k12", "depth must be 3n+4, try 40 or 43", "densenet40_k12"),
        ("densenet_bc101_k12", "depth must be 6n+4, try 100 or 106", "densenet_bc100_k12"),
        ("alexnet_original_cifar", "the network of 2012 has no form for CIFAR", "alexnet_cifar"),
    ],
)
def test_rules_of_families(name: str, rule: str, tries: str) -> None:
    error = refusal(name)
    assert (error.code, error.what) == ("E2202", name)
    assert error.title.startswith(rule)
    assert tries in " ".join(error.do)
    for word in error.do[0].removeprefix("try ").split(" or "):
        assert look_up(word).name == word


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("inceptionv3", "inception_v3"),
        ("inception_resnet_v2_tf", "inception_resnet_v2"),
        ("vgg16bn", "vgg16_bn"),
        ("polynet_poly4", "polynet"),
        ("googlenet_aux", "googlenet"),
        ("alexnet8", "alexnet"),
    ],
)
def test_unknown_names_list_the_nearest(name: str, near: str) -> None:
    error = refusal(name)
    assert error.code == "E2201"
    assert near in " ".join(error.do)


def test_an_ending_of_another_family_is_none_of_this_one() -> None:
    error = refusal("inception_v4_table1")
    assert error.code == "E2201"
    assert "its endings: _small" in error.do
