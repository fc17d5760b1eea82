"""Xie et al. 2017: cardinality on ImageNet (Tables 1, 3 to 5) and CIFAR (Table 7, Fig. 7).

ImageNet errors are of a single centre crop of 224 pixels; CIFAR errors are means of ten runs.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import XIE2017

_row = partial(publish, XIE2017)

_NO_TABLE = "The series of Fig. 7; no figure is published as a number."

ROWS = (
    _row("resnext50_2x40d", "Table 3", imagenet_1crop_top1=23.0),
    _row("resnext50_4x24d", "Table 3", imagenet_1crop_top1=22.6),
    _row("resnext50_8x14d", "Table 3", imagenet_1crop_top1=22.3),
    _row(
        "resnext50_32x4d",
        "Tables 1 and 3",
        parameters=25.0e6,
        macs=4.2e9,
        imagenet_1crop_top1=22.2,
    ),
    _row("resnext101_2x40d", "Table 3", imagenet_1crop_top1=21.7),
    _row("resnext101_4x24d", "Table 3", imagenet_1crop_top1=21.4),
    _row("resnext101_8x14d", "Table 3", imagenet_1crop_top1=21.3),
    _row(
        "resnext101_32x4d",
        "Tables 3 and 4",
        "The README prints 7.8e9 for 101 layers; that is ResNet-101, and this has 2 per cent more.",
        macs=7.8e9,
        imagenet_1crop_top1=21.2,
        imagenet_1crop_top5=5.6,
    ),
    _row(
        "resnext101_1x100d",
        "Table 4",
        "ResNet-101, wider.",
        ("resnet101_1x100d",),
        imagenet_1crop_top1=21.3,
        imagenet_1crop_top5=5.7,
    ),
    _row("resnext101_2x64d", "Table 4", imagenet_1crop_top1=20.7, imagenet_1crop_top5=5.5),
    _row(
        "resnext101_64x4d",
        "Tables 4 and 5",
        macs=15.6e9,
        imagenet_1crop_top1=20.4,
        imagenet_1crop_top5=5.3,
        imagenet_1crop320_top1=19.1,
        imagenet_1crop320_top5=4.4,
    ),
    _row(
        "resnet50_no_shortcut",
        "Section 5.1 (residual connections)",
        imagenet_1crop_top1=31.2,
    ),
    _row(
        "resnext50_32x4d_no_shortcut",
        "Section 5.1 (residual connections)",
        imagenet_1crop_top1=26.1,
    ),
    _row("resnext29_1x64d", "Fig. 7", _NO_TABLE),
    _row("resnext29_2x64d", "Fig. 7", _NO_TABLE),
    _row("resnext29_4x64d", "Fig. 7", _NO_TABLE),
    _row(
        "resnext29_8x64d",
        "Table 7 and Fig. 7",
        parameters=34.4e6,
        cifar10_test_error=3.65,
        cifar100_test_error=17.77,
    ),
    _row(
        "resnext29_16x64d",
        "Table 7 and Fig. 7",
        parameters=68.1e6,
        cifar10_test_error=3.58,
        cifar100_test_error=17.31,
    ),
    _row("resnext29_1x128d", "Fig. 7", _NO_TABLE),
    _row("resnext29_1x192d", "Fig. 7", _NO_TABLE),
)
