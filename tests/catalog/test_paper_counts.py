"""Parameters and multiply-adds of the papers' networks, counted by hand or by other code."""

from __future__ import annotations

import pytest

from resnets.analysis import count
from resnets.catalog import look_up

COUNTS = (
    ("multi_resnet8_k4", 297_146, 47_628_928),
    ("multi_resnet8_k23", 1_702_234, 271_762_048),
    ("multi_resnet14_k10", 1_713_018, 259_965_568),
    ("multi_resnet18_k2", 22_678_952, 3_490_353_152),
    ("multi_resnet20_k4", 1_074_874, 160_875_136),
    ("multi_resnet26_k2_w10", 72_690_714, 10_457_372_928),
    ("multi_resnet26_k4_w10", 145_113_754, 20_885_461_248),
    ("multi_resnet30_k4", 1_778_362, 255_246_976),
    ("multi_resnet101_k2", 84_247_848, 15_123_087_360),
    ("multi_resnet200_k5", 10_187_354, 1_467_140_608),
    ("multi_resnet398_k5", 20_388_314, 2_937_768_448),
    ("plain18", 11_515_688, 1_794_805_760),
    ("plain20", 269_722, 40_551_040),
    ("plain32", 464_154, 68_862_592),
    ("plain34", 21_623_848, 3_644_493_824),
    ("plain44", 658_586, 97_174_144),
    ("plain56", 853_018, 125_485_696),
    ("plain110", 1_727_962, 252_887_680),
    ("plain1202", 19_421_274, 2_829_238_912),
    ("preresnet24", 292_954, 49_988_224),
    ("preresnet68", 1_047_450, 153_797_248),
    ("preresnet110", 1_727_962, 252_887_680),
    ("preresnet152", 60_185_128, 11_513_626_624),
    ("preresnet164", 1_703_258, 244_500_992),
    ("preresnet200", 64_666_152, 15_007_481_856),
    ("preresnet1001", 10_327_706, 1_487_849_984),
    ("resnet18_a", 11_515_688, 1_794_805_760),
    ("resnet20", 269_722, 40_551_040),
    ("resnet32", 464_154, 68_862_592),
    ("resnet34", 21_797_672, 3_663_761_408),
    ("resnet34_a", 21_623_848, 3_644_493_824),
    ("resnet34_c", 22_716_840, 3_830_747_136),
    ("resnet44", 658_586, 97_174_144),
    ("resnet50", 25_557_032, 4_089_184_256),
    ("resnet50_v1", 25_557_032, 3_857_973_248),
    ("resnet56", 853_018, 125_485_696),
    ("resnet101", 44_549_160, 7_801_405_440),
    ("resnet101_v1", 44_549_160, 7_570_194_432),
    ("resnet110", 1_727_962, 252_887_680),
    ("resnet110_bn_after_addition", 1_727_962, 252_887_680),
    ("resnet110_relu_before_addition", 1_727_962, 252_887_680),
    ("resnet110_relu_only_preact", 1_727_962, 252_887_680),
    ("resnet152", 60_192_808, 11_513_626_624),
    ("resnet152_v1", 60_192_808, 11_282_415_616),
    ("resnet164", 1_704_154, 247_646_720),
    ("resnet164_bn_after_addition", 1_704_154, 247_646_720),
    ("resnet164_relu_before_addition", 1_704_154, 247_646_720),
    ("resnet164_relu_only_preact", 1_704_154, 247_646_720),
    ("resnet200", 64_673_832, 15_007_481_856),
    ("resnet1001", 10_328_602, 1_490_995_712),
    ("resnet1202", 19_421_274, 2_829_238_912),
    ("resnext29_1x64d", 4_914_250, 748_365_824),
    ("resnext29_8x64d", 34_426_698, 5_387_266_048),
    ("resnext29_16x64d", 68_155_210, 10_688_866_304),
    ("resnext50_2x40d", 25_425_000, 4_124_508_160),
    ("resnext50_4x24d", 25_292_968, 4_159_832_064),
    ("resnext50_8x14d", 25_603_016, 4_267_409_408),
    ("resnext50_32x4d", 25_028_904, 4_230_479_872),
    ("resnext101_1x100d", 85_611_336, 15_272_862_720),
    ("resnext101_2x40d", 44_456_296, 7_843_553_280),
    ("resnext101_2x64d", 84_198_184, 15_123_087_360),
    ("resnext101_4x24d", 44_363_432, 7_885_701_120),
    ("resnext101_8x14d", 45_104_328, 8_076_871_680),
    ("resnext101_32x4d", 44_177_704, 7_969_996_800),
    ("resnext101_64x4d", 83_455_272, 15_460_270_080),
    ("swapout20_w2", 1_079_642, 157_730_048),
    ("swapout32_w4", 7_399_130, 1_072_089_600),
    ("wrn16_4", 2_748_890, 392_612_352),
    ("wrn16_8", 10_961_370, 1_548_145_664),
    ("wrn16_10", 17_116_634, 2_412_173_568),
    ("wrn22_8", 17_158_106, 2_454_115_328),
    ("wrn22_10", 26_797_914, 3_827_751_168),
    ("wrn28_10", 36_479_194, 5_243_328_768),
    ("wrn28_12", 52_517_850, 7_543_905_792),
    ("wrn40_1", 563_930, 83_280_512),
    ("wrn40_2", 2_243_546, 327_599_360),
    ("wrn40_4", 8_949_210, 1_298_582_016),
    ("wrn40_8", 35_748_314, 5_172_024_320),
    ("wrn52_1", 758_362, 111_592_064),
)


@pytest.mark.parametrize(("name", "parameters", "macs"), COUNTS, ids=[row[0] for row in COUNTS])
def test_counts_are_exact(name: str, parameters: int, macs: int) -> None:
    cost = count(look_up(name).spec)
    assert (cost.parameters, cost.macs, cost.flops) == (parameters, macs, 2 * macs)


OTHERS = (
    ("resnet20_b", 272_474),
    ("resnet110_b", 1_730_714),
    ("resnet18", 11_689_512),
    ("resnet18_c", 12_043_816),
    ("resnet18_small", 11_173_962),
    ("wide_resnet50_2", 68_883_240),
    ("wide_resnet101_2", 126_886_696),
)


@pytest.mark.parametrize(("name", "parameters"), OTHERS)
def test_counts_of_other_code(name: str, parameters: int) -> None:
    """Option B on CIFAR, torchvision's networks, and the ResNet-18 of CIFAR repositories."""
    assert count(look_up(name).spec).parameters == parameters


def test_a_hundred_classes_cost_only_the_classifier() -> None:
    spec = look_up("preresnet164").spec.replace(num_classes=100)
    assert count(spec).parameters == 1_726_388
