"""Names: which network each one is, and what is said of those that are none."""

from __future__ import annotations

import pytest

from resnets.catalog import list_names, look_up
from resnets.errors import ConfigError
from resnets.spec import ORDERS, Add, Gate, Keep


def refusal(name: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        look_up(name)
    assert caught.value.exit == 2
    return caught.value


def test_numbers_of_the_imagenet_table_are_imagenet_networks() -> None:
    for depth in (18, 34, 50, 101, 152, 200):
        for family in ("resnet", "preresnet"):
            entry = look_up(f"{family}{depth}")
            assert (entry.image_size, entry.spec.num_classes) == (224, 1000)
    assert look_up("multi_resnet18_k2").image_size == 224
    assert look_up("multi_resnet101_k2").image_size == 224
    assert look_up("plain34").image_size == 224


@pytest.mark.parametrize("depth", [8, 14, 20, 26, 74, 1202])
def test_every_other_number_is_6n_plus_2(depth: int) -> None:
    for name in (f"resnet{depth}", f"plain{depth}", f"preresnet{depth}", f"swapout{depth}_w2"):
        spec = look_up(name).spec
        assert spec.depths == ((depth - 2) // 6,) * 3
        assert (spec.depth, spec.kernels) == (depth, (3, 3))


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("resnet164", 18),
        ("preresnet164", 18),
        ("preresnet1001", 111),
        ("preresnet398", 44),
        ("multi_resnet200_k5", 22),
        ("multi_resnet398_k5", 44),
        ("resnet110_bottleneck", 12),
    ],
)
def test_bottleneck_networks_on_cifar_are_9n_plus_2(name: str, units: int) -> None:
    spec = look_up(name).spec
    assert (spec.depths, spec.kernels, spec.widths) == ((units,) * 3, (1, 3, 1), (64, 128, 256))


def test_endings_choose_the_other_form() -> None:
    assert look_up("resnet50_cifar").spec == look_up("resnet50_basic").spec
    assert look_up("resnet50_basic").spec.depths == (8, 8, 8)
    assert look_up("resnet164_basic").spec.depths == (27, 27, 27)
    assert look_up("preresnet200_bottleneck").spec.depths == (22, 22, 22)
    assert look_up("multi_resnet200_k5_imagenet").spec.depths == (3, 24, 36, 3)
    assert look_up("resnet18_small").spec.stem == "3x3"
    assert look_up("resnet18_small").spec.widths == look_up("resnet18").spec.widths


def test_endings_stand_in_any_order() -> None:
    assert look_up("multi_resnet26_w10_k4").spec == look_up("multi_resnet26_k4_w10").spec


def test_unequal_stages_of_multi_resnet() -> None:
    assert look_up("preresnet24").spec.depths == (4, 4, 3)
    assert look_up("multi_resnet30_k4").spec.depths == (5, 4, 5)


def test_stride_of_bottlenecks() -> None:
    assert look_up("resnet50").spec.stride_at == 1
    assert look_up("resnet50_v1").spec.stride_at == 0
    assert look_up("preresnet164").spec.stride_at == 0
    assert look_up("preresnet200").spec.stride_at == 1


def test_shortcut_rows_of_identity_mappings() -> None:
    merges = {
        "scaling_0_1": Add(shortcut=0.0, residual=1.0),
        "scaling_05_1": Add(shortcut=0.5, residual=1.0),
        "scaling_05_05": Add(shortcut=0.5, residual=0.5),
        "exclusive_gate_b0": Gate(bias=0.0),
        "exclusive_gate_b6": Gate(bias=-6.0),
        "exclusive_gate_b7": Gate(bias=-7.0),
        "shortcut_gate_b0": Gate(bias=0.0, exclusive=False),
        "shortcut_gate_b6": Gate(bias=-6.0, exclusive=False),
        "conv_shortcut": Add(),
        "dropout_shortcut": Keep(shortcut=0.5, per="element"),
    }
    for ending, merge in merges.items():
        for depth, option in ((110, "A"), (164, "B")):
            name = f"resnet{depth}_{ending}"
            assert name in list_names()
            spec = look_up(name).spec
            assert spec.merge == merge
            assert spec.shortcut == ("C" if ending == "conv_shortcut" else option)


def test_orders_of_identity_mappings() -> None:
    for depth in (110, 164):
        for order in ("bn_after_addition", "relu_before_addition", "relu_only_preact"):
            assert f"resnet{depth}_{order}" in list_names()
            assert look_up(f"resnet{depth}_{order}").spec.order == ORDERS[order]
        assert look_up(f"resnet{depth}_original").name == f"resnet{depth}"
        assert look_up(f"resnet{depth}_full_preact").name == f"preresnet{depth}"
        assert look_up(f"preresnet{depth}").spec.order == ORDERS["full_preact"]


def test_one_layer_units_skip_one_convolution() -> None:
    spec = look_up("resnet110_1layer").spec
    assert (spec.kernels, spec.depths, spec.depth) == ((3,), (36, 36, 36), 110)


def test_paths_and_widths() -> None:
    spec = look_up("resnext29_16x64d").spec
    assert (spec.cardinality, spec.inner, spec.widths) == (16, 4.0, (256, 512, 1024))
    assert look_up("resnext50_1x64d").name == "resnet50"
    assert look_up("resnext152_1x64d").spec == look_up("resnet152").spec
    assert look_up("wrn28_10").spec.widths == (160, 320, 640)
    assert look_up("wrn28_10_dropout").spec.dropout == 0.3
    assert look_up("wrn40_2_l3").spec.depths == (4, 4, 4)
    assert look_up("multi_resnet26_k2_w10").spec.shortcut == "B"
    assert look_up("multi_resnet20_k4").spec.shortcut == "A"


def test_masks_of_stochastic_depth_and_swapout() -> None:
    assert look_up("stochastic_depth110").spec.merge == Keep(residual=0.5, schedule="linear")
    swapout = look_up("swapout20_w2").spec
    assert swapout.merge == Keep(shortcut=0.5, residual=0.5, per="element", schedule="linear")
    assert swapout.widths == (32, 64, 128)
    effective = look_up("preresnet110_23units").spec
    assert effective == look_up("preresnet110").spec.replace(merge=Keep(units=23))


@pytest.mark.parametrize(
    ("name", "rule", "tries"),
    [
        ("resnet21", "depth must be 6n+2, try 20 or 26", "resnet20 or resnet26"),
        ("resnet51", "depth must be 6n+2, try 50 or 56", "resnet50_basic or resnet56"),
        ("resnet3", "depth must be 6n+2, try 8 or 14", "resnet8 or resnet14"),
        ("resnet111_bottleneck", "depth must be 9n+2, try 110 or 119", "resnet110_bottleneck"),
        ("wrn27_10", "depth must be 6n+4, try 22 or 28", "wrn22_10 or wrn28_10"),
        ("wrn41_2_l3", "depth must be 9n+4, try 40 or 49", "wrn40_2_l3 or wrn49_2_l3"),
        ("resnext30_8x64d", "depth must be 9n+2, try 29 or 38", "resnext29_8x64d"),
        ("resnet20_imagenet", "depth must be one of 18, 34, 50, 101, 152, 200", ""),
        ("wide_resnet18_2", "depth must be one of 50, 101, 152, 200", ""),
        ("resnext18_32x4d_imagenet", "paths need an inner layer", ""),
        ("resnet18_v1", "v1 says where a bottleneck strides", ""),
        ("resnet50_1layer", "1layer splits the units of basic networks on CIFAR", ""),
        ("multi_resnet18_k2_w2", "w widens networks on CIFAR only", ""),
        ("multi_resnet110", "multi_resnet needs more than a depth: multi_resnet110_k2", ""),
        ("resnext50", "resnext needs more than a depth: resnext50_32x4d", ""),
        ("swapout20", "swapout needs more than a depth: swapout20_w2", ""),
    ],
)
def test_rules_of_families(name: str, rule: str, tries: str) -> None:
    error = refusal(name)
    assert error.code == "E2202"
    assert error.title.startswith(rule)
    assert tries in " ".join(error.do)
    assert error.what == name


def test_suggestions_are_names_of_networks() -> None:
    for name in ("resnet51", "resnet163", "preresnet199", "multi_resnet201_k2"):
        for suggestion in refusal(name).do[0].removeprefix("try ").split(" or "):
            assert look_up(suggestion).spec.kernels == (3, 3)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("resnet_50", "resnet50"),
        ("ResNet20", "resnet20"),
        ("resnext50_32x4", "resnext50_32x4d"),
        ("wideresnet50_2", "wide_resnet50_2"),
        ("resnet110_exclusive_gate", "resnet110_exclusive_gate_b6"),
    ],
)
def test_unknown_names_list_the_nearest(name: str, near: str) -> None:
    error = refusal(name)
    assert error.code == "E2201"
    assert near in error.do[0]


@pytest.mark.parametrize(
    "name", ["", "foo", "resnet", "resnet020", "resnet999999", "resnet20_b_b", "20", "resnet-20"]
)
def test_what_is_no_name(name: str) -> None:
    assert refusal(name).code == "E2201"


def test_an_unknown_ending_shows_those_of_the_family() -> None:
    text = str(refusal("wrn28_10_dropouts"))
    assert "names of this family look like wrn28_10" in text
    assert "its endings: _10, _l3, _dropout" in text


def test_a_foreign_name_is_escaped() -> None:
    assert "\x1b" not in str(refusal("resnet20\x1b[31m"))
