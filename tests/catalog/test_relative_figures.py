"""What the papers print of the families outside the grammar, and exact counts of other code."""

from __future__ import annotations

import pytest

from resnets.analysis import count
from resnets.catalog import list_names, look_up

COUNTS = (
    # By hand, as the residual networks of the papers.
    ("vgg16", 138_357_544, 15_470_264_320),
    ("vgg19", 143_667_240, 19_632_062_464),
    ("densenet40_k12", 1_019_722, 264_812_928),
    ("densenet100_k12", 6_979_642, 1_769_516_448),
    ("densenet100_k24", 27_249_082, 6_889_347_744),
    ("densenet_bc100_k12", 769_162, 287_929_692),
    ("densenet_bc250_k24", 15_324_406, 5_418_785_724),
    ("densenet_bc190_k40", 25_624_430, 9_301_945_740),
    # torchvision
    ("alexnet", 61_100_840, 714_188_480),
    ("vgg11", 132_863_336, 7_609_090_048),
    ("vgg13_bn", 133_053_736, 11_308_466_176),
    ("densenet121", 7_978_856, 2_834_161_664),
    ("densenet161", 28_681_000, 7_727_907_072),
    ("densenet169", 14_149_480, 3_359_843_328),
    ("densenet201", 20_013_928, 4_291_365_888),
    ("googlenet", 13_004_888, 1_498_376_192),
    ("googlenet_no_aux", 6_624_904, 1_498_376_192),
    ("inception_v3", 27_161_264, 5_713_216_096),
    # BVLC/caffe
    ("alexnet_original", 60_965_224, 724_406_816),
    ("googlenet_original", 13_378_280, 1_582_671_872),
    # timm
    ("inception_v3_no_aux", 23_834_568, 5_713_216_096),
    ("inception_v4", 42_679_816, 12_253_974_624),
    ("inception_resnet_v2", 55_843_464, 13_155_794_016),
    # pytorchcv
    ("polynet", 95_366_600, 34_699_493_472),
)


@pytest.mark.parametrize(("name", "parameters", "macs"), COUNTS, ids=[row[0] for row in COUNTS])
def test_counts_are_exact(name: str, parameters: int, macs: int) -> None:
    cost = count(look_up(name).spec)
    assert (cost.parameters, cost.macs) == (parameters, macs)


CIFAR = ("cifar10_test_error", "cifar100_test_error")
PLAIN = tuple(f"{name}_no_augmentation" for name in CIFAR)
CROPS = tuple(f"imagenet_{n}crop_top{k}" for n in (1, 12, 144) for k in (1, 5))
SINGLE = CROPS[:2]
FIGURES: tuple[tuple[str, tuple[str, ...], tuple[float, ...]], ...] = (
    ("densenet40_k12", ("parameters", *CIFAR), (1.0e6, 5.24, 24.42)),
    ("densenet40_k12_dropout", ("parameters", *PLAIN), (1.0e6, 7.00, 27.55)),
    ("densenet100_k12", ("parameters", *CIFAR), (7.0e6, 4.10, 20.20)),
    ("densenet100_k12_dropout", ("parameters", *PLAIN), (7.0e6, 5.77, 23.79)),
    ("densenet100_k24", ("parameters", *CIFAR), (27.2e6, 3.74, 19.25)),
    ("densenet100_k24_dropout", ("parameters", *PLAIN), (27.2e6, 5.83, 23.42)),
    ("densenet_bc100_k12", ("parameters", *CIFAR), (0.8e6, 4.51, 22.27)),
    ("densenet_bc100_k12_dropout", ("parameters", *PLAIN), (0.8e6, 5.92, 24.15)),
    ("densenet_bc250_k24", ("parameters", *CIFAR), (15.3e6, 3.62, 17.60)),
    ("densenet_bc250_k24_dropout", ("parameters", *PLAIN), (15.3e6, 5.19, 19.64)),
    ("densenet_bc190_k40", ("parameters", *CIFAR), (25.6e6, 3.46, 17.18)),
    ("densenet121", CROPS[:1], (25.0,)),
    ("densenet161", CROPS[:1], (22.2,)),
    ("densenet169", CROPS[:1], (23.6,)),
    ("densenet201", CROPS[:1], (22.5,)),
    (
        "vgg16",
        (
            *("parameters", "macs_in_he2015"),
            *("imagenet_10crop_top1_in_he2015", "imagenet_10crop_top5_in_he2015"),
        ),
        (138e6, 15.3e9, 28.07, 9.33),
    ),
    ("vgg19", ("parameters", "macs_in_he2015"), (144e6, 19.6e9)),
    (
        "googlenet_original",
        ("macs", *(f"{name}_in_szegedy2016" for name in SINGLE), "imagenet_10crop_top5"),
        (1.5e9, 29.0, 9.2, 9.15),
    ),
    (
        "googlenet",
        ("macs_in_szegedy2016", "imagenet_1crop_top1_in_szegedy2016"),
        (1.5e9, 26.8),
    ),
    (
        "inception_v3",
        (
            *CROPS,
            *(f"{name}_in_szegedy2017" for name in CROPS[2:]),
            *(f"{name}_bn_inception" for name in SINGLE),
            "imagenet_1crop_top1_v2",
            *(f"{name}_v2_rmsprop" for name in SINGLE),
            *(f"{name}_v2_label_smoothing" for name in SINGLE),
            *(f"{name}_v2_factorised_7x7" for name in SINGLE),
            "macs_in_timm",
        ),
        (
            *(21.2, 5.6, 19.47, 4.48, 18.77, 4.2),
            *(19.8, 4.6, 18.9, 4.3),
            *(25.2, 7.8, 23.4, 23.1, 6.3, 22.8, 6.1, 21.6, 5.8),
            5.73e9,
        ),
    ),
    ("inception_v3_no_aux", ("parameters_in_timm", "macs_in_timm"), (23.83e6, 5.73e9)),
    (
        "inception_v4",
        (*CROPS, "parameters_in_timm", "macs_in_timm"),
        (20.0, 5.0, 18.7, 4.2, 17.7, 3.8, 42.68e6, 12.28e9),
    ),
    ("inception_resnet_v1", CROPS, (21.3, 5.5, 19.8, 4.6, 18.8, 4.3)),
    (
        "inception_resnet_v2",
        (*CROPS, "parameters_in_timm", "macs_in_timm"),
        (19.9, 4.9, 18.7, 4.1, 17.8, 3.7, 55.84e6, 13.18e9),
    ),
    (
        "polynet",
        (
            *("imagenet_1crop331_top1", "imagenet_1crop331_top5", "imagenet_1crop331_test_top5"),
            *("imagenet_multicrop_top1", "imagenet_multicrop_top5"),
            *("parameters_in_pytorchcv", "macs_in_pytorchcv"),
        ),
        (18.71, 4.25, 4.33, 17.36, 3.45, 95_366_600, 34_821_340_000),
    ),
)


@pytest.mark.parametrize(("name", "keys", "values"), FIGURES, ids=[row[0] for row in FIGURES])
def test_figures_are_those_that_the_papers_print(
    name: str, keys: tuple[str, ...], values: tuple[float, ...]
) -> None:
    published = look_up(name).published
    assert {key: published.get(key) for key in keys} == dict(zip(keys, values, strict=True))


OTHERS = [
    name
    for name in list_names()
    if look_up(name).spec.family not in ("residual", "highway", "perceptron")
]


@pytest.mark.parametrize("name", OTHERS)
def test_counts_in_other_papers_and_code_are_met_or_explained(name: str) -> None:
    entry = look_up(name)
    cost = count(entry.spec)
    for figure, value in entry.published.items():
        if figure.startswith(("parameters", "macs")):
            ours = cost.parameters if figure.startswith("parameters") else cost.macs
            apart = abs(ours / value - 1)
            assert apart < (0.06 if entry.explanation else 0.01), f"{figure}: {value}, ours {ours}"


@pytest.mark.parametrize("name", OTHERS)
def test_a_network_of_ours_and_one_without_figures_says_why(name: str) -> None:
    entry = look_up(name)
    if not entry.published:
        assert entry.explanation
        assert entry.explanation.endswith(".")
