"""He et al. 2016, Tables 2 to 5: where batch norm and ReLU stand, and how deep one can go.

CIFAR errors of Table 2 are medians of five runs.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import HE2016

_row = partial(publish, HE2016)

_TWO_DIGITS = "The paper prints two digits of the parameters."
_COUNT_1001 = (
    "The paper prints 10.2e6 parameters; its own code, resnet-1k-layers, counts 1.2 per cent more."
)

ROWS = (
    _row(
        "resnet110_bn_after_addition",
        "Table 2",
        _TWO_DIGITS,
        parameters=1.7e6,
        cifar10_test_error=8.17,
    ),
    _row(
        "resnet110_relu_before_addition",
        "Table 2",
        _TWO_DIGITS,
        parameters=1.7e6,
        cifar10_test_error=7.84,
    ),
    _row(
        "resnet110_relu_only_preact",
        "Table 2",
        _TWO_DIGITS,
        parameters=1.7e6,
        cifar10_test_error=6.71,
    ),
    _row(
        "preresnet110",
        "Tables 2 and 3",
        f"{_TWO_DIGITS} Veit et al. train it whole (6.10) and with 23 of 54 units a batch (5.96).",
        ("preresnet110_a", "resnet110_full_preact"),
        parameters=1.7e6,
        cifar10_test_error=6.37,
        cifar10_test_error_in_abdi2016=6.02,
        cifar10_test_error_mean_in_abdi2016=6.02,
        cifar10_test_error_std_in_abdi2016=0.11,
        cifar10_test_error_in_veit2016=6.10,
        cifar10_test_error_effective_paths_in_veit2016=5.96,
    ),
    _row(
        "resnet164",
        "Tables 2 to 4",
        "Stride in the 3×3; the paper does not say.",
        ("resnet164_bottleneck", "resnet164_original"),
        parameters=1.7e6,
        cifar10_test_error=5.93,
        cifar100_test_error=25.16,
    ),
    _row("resnet164_bn_after_addition", "Table 2", parameters=1.7e6, cifar10_test_error=6.50),
    _row("resnet164_relu_before_addition", "Table 2", parameters=1.7e6, cifar10_test_error=6.14),
    _row("resnet164_relu_only_preact", "Table 2", parameters=1.7e6, cifar10_test_error=5.91),
    _row(
        "preresnet164",
        "Tables 2 to 4",
        "Stride in the first 1×1, as in the authors' code.",
        ("preresnet164_bottleneck", "resnet164_full_preact"),
        parameters=1.7e6,
        cifar10_test_error=5.46,
        cifar100_test_error=24.33,
    ),
    _row("resnet110_1layer", "Table 3", cifar10_test_error=9.90),
    _row("preresnet110_1layer", "Table 3", cifar10_test_error=8.91),
    _row(
        "resnet1001",
        "Tables 3 and 4",
        _COUNT_1001,
        ("resnet1001_bottleneck",),
        parameters=10.2e6,
        cifar10_test_error=7.61,
        cifar100_test_error=27.82,
    ),
    _row(
        "preresnet1001",
        "Tables 3 and 4",
        _COUNT_1001,
        ("preresnet1001_bottleneck",),
        parameters=10.2e6,
        cifar10_test_error=4.92,
        cifar10_test_error_mean=4.89,
        cifar10_test_error_std=0.14,
        cifar10_test_error_batch64=4.62,
        cifar10_test_error_batch64_mean=4.69,
        cifar10_test_error_batch64_std=0.20,
        cifar100_test_error=22.71,
        cifar100_test_error_mean=22.68,
        cifar100_test_error_std=0.22,
    ),
    _row(
        "resnet101_v1_bn_after_addition",
        "Section 4.1",
        "Beside the released resnet101_v1, whose 1-crop errors are 23.6 and 7.1.",
        imagenet_1crop_top1=24.6,
        imagenet_1crop_top5=7.5,
    ),
    _row(
        "preresnet152",
        "Table 5",
        "Stem and stride as in fb.resnet.torch.",
        imagenet_1crop320_top1=21.1,
        imagenet_1crop320_top5=5.5,
    ),
    _row(
        "resnet200",
        "Table 5",
        "Stride in the 3×3.",
        imagenet_1crop320_top1=21.8,
        imagenet_1crop320_top5=6.0,
    ),
    _row(
        "preresnet200",
        "Table 5",
        "Stem and stride as in fb.resnet.torch, whose model is the one trained with scale and "
        "aspect-ratio augmentation. Parameters: the table of the wide ResNets' repository.",
        parameters=64.7e6,
        imagenet_1crop320_top1=20.7,
        imagenet_1crop320_top5=5.3,
        imagenet_1crop320_top1_scale_aspect=20.1,
        imagenet_1crop320_top5_scale_aspect=4.8,
        imagenet_1crop_top1_in_gross2016=21.66,
        imagenet_1crop_top5_in_gross2016=5.79,
        imagenet_10crop_top1_in_gross2016=20.15,
        imagenet_10crop_top5_in_gross2016=4.93,
        imagenet_1crop_top1_in_xie2017=21.7,
        imagenet_1crop_top5_in_xie2017=5.8,
    ),
)
