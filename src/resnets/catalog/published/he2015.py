"""He et al. 2015: plain and residual networks on ImageNet (Tables 1 to 4) and CIFAR-10 (Table 6).

The bottleneck nets here stride in the first 1×1, as the authors released them; their 1-crop errors
are those of the release (``KaimingHe/deep-residual-networks``). ``imagenet_multiscale`` is Table 4.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import HE2015

_row = partial(publish, HE2015)

_TWO_DIGITS = "The paper prints two digits."
_PLAIN_34 = (
    "The paper prints 3.6e9 multiply-adds for every 34-layer net, which is the plain net's count, "
    "3.64e9, cut off"
)
_CUT_OFF = (
    "Table 1 prints 3.8e9 multiply-adds, which is 3.86e9 cut off. Stride in the first 1×1. "
    "Parameters: ResNeXt, Table 1."
)
_STRIDE_1X1 = "Stride in the first 1×1."

ROWS = (
    _row("plain18", "Tables 1 and 2", macs=1.8e9, imagenet_10crop_top1=27.94),
    _row(
        "plain34",
        "Tables 1 to 3",
        f"{_PLAIN_34}.",
        macs=3.6e9,
        imagenet_10crop_top1=28.54,
        imagenet_10crop_top5=10.02,
    ),
    _row("resnet18_a", "Tables 1 and 2", macs=1.8e9, imagenet_10crop_top1=27.88),
    _row(
        "resnet18_c",
        "Table 1",
        "Table 1's 1.8e9 multiply-adds are those of option A; option C projects in every unit, "
        "which adds 4.6 per cent. The paper has no error for 18 layers with this option.",
        macs=1.8e9,
    ),
    _row(
        "resnet34_a",
        "Tables 1 to 3",
        f"{_PLAIN_34}.",
        macs=3.6e9,
        imagenet_10crop_top1=25.03,
        imagenet_10crop_top5=7.76,
    ),
    _row(
        "resnet34",
        "Tables 1, 3 and 4",
        f"{_PLAIN_34}; three projections add half a per cent. 1-crop: fb.resnet.torch.",
        ("resnet34_b",),
        macs=3.6e9,
        imagenet_10crop_top1=24.52,
        imagenet_10crop_top5=7.46,
        imagenet_multiscale_top1=21.84,
        imagenet_multiscale_top5=5.71,
        imagenet_1crop_top1_in_gross2016=26.73,
        imagenet_1crop_top5_in_gross2016=8.74,
        imagenet_10crop_top1_in_gross2016=24.76,
        imagenet_10crop_top5_in_gross2016=7.35,
    ),
    _row(
        "resnet34_c",
        "Tables 1, 3 and 4",
        f"{_PLAIN_34}; sixteen projections add five per cent.",
        macs=3.6e9,
        imagenet_10crop_top1=24.19,
        imagenet_10crop_top5=7.40,
        imagenet_multiscale_top1=21.53,
        imagenet_multiscale_top5=5.60,
    ),
    _row(
        "resnet50_v1",
        "Tables 1, 3 and 4",
        _CUT_OFF,
        parameters=25.5e6,
        macs=3.8e9,
        imagenet_10crop_top1=22.85,
        imagenet_10crop_top5=6.71,
        imagenet_multiscale_top1=20.74,
        imagenet_multiscale_top5=5.25,
        imagenet_1crop_top1=24.7,
        imagenet_1crop_top5=7.8,
    ),
    _row(
        "resnet101_v1",
        "Tables 1, 3 and 4",
        _STRIDE_1X1,
        macs=7.6e9,
        imagenet_10crop_top1=21.75,
        imagenet_10crop_top5=6.05,
        imagenet_multiscale_top1=19.87,
        imagenet_multiscale_top5=4.60,
        imagenet_1crop_top1=23.6,
        imagenet_1crop_top5=7.1,
    ),
    _row(
        "resnet152_v1",
        "Tables 1, 3 and 4",
        "Stride in the first 1×1. The error of the 320-pixel crop is from Identity Mappings.",
        macs=11.3e9,
        imagenet_10crop_top1=21.43,
        imagenet_10crop_top5=5.71,
        imagenet_multiscale_top1=19.38,
        imagenet_multiscale_top5=4.49,
        imagenet_1crop_top1=23.0,
        imagenet_1crop_top5=6.7,
        imagenet_1crop320_top1_in_he2016=21.3,
        imagenet_1crop320_top5_in_he2016=5.5,
    ),
    _row(
        "resnet18_small",
        "Table 1, with the 3×3 stem of Section 4.2",
        "Not the paper's: the net that CIFAR repositories call ResNet-18, 18 layers of ImageNet "
        "width without the stem's stride and pool. No figure is published.",
    ),
    _row("plain20", "Fig. 6", parameters=0.27e6),
    _row("plain32", "Fig. 6", parameters=0.46e6),
    _row("plain44", "Fig. 6", parameters=0.66e6),
    _row("plain56", "Fig. 6", parameters=0.85e6),
    _row(
        "plain110",
        "Fig. 6",
        f"{_TWO_DIGITS} Its error, over 60 per cent, is in the caption and was not plotted.",
        parameters=1.7e6,
        cifar10_test_error_above=60.0,
    ),
    _row("plain1202", "Section 4.2 (the plain twin of the 1202-layer net)", parameters=19.4e6),
    _row("resnet20", "Table 6", parameters=0.27e6, cifar10_test_error=8.75),
    _row("resnet32", "Table 6", parameters=0.46e6, cifar10_test_error=7.51),
    _row("resnet44", "Table 6", parameters=0.66e6, cifar10_test_error=7.17),
    _row("resnet56", "Table 6", parameters=0.85e6, cifar10_test_error=6.97),
    _row(
        "resnet110",
        "Table 6",
        f"{_TWO_DIGITS} 6.43 is the best of five runs, whose median is 6.61 (Identity Mappings).",
        ("resnet110_a", "resnet110_original"),
        parameters=1.7e6,
        cifar10_test_error=6.43,
        cifar10_test_error_mean=6.61,
        cifar10_test_error_std=0.16,
        cifar10_test_error_median_in_he2016=6.61,
    ),
    _row("resnet1202", "Table 6", parameters=19.4e6, cifar10_test_error=7.93),
)
