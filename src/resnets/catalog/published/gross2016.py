"""Gross and Wilber 2016, fb.resnet.torch: the networks that torchvision has, by the same names.

They project where the shape changes (option B) and stride in the 3×3 of a bottleneck; the nets of
the 2015 release, which stride in the first 1×1, are ``resnet50_v1`` and so on.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import GROSS2016

_row = partial(publish, GROSS2016)

_STRIDE = (
    "Stride in the 3×3, as in fb.resnet.torch, ResNeXt and torchvision; He et al.'s own figures "
    "are those of {}."
)

ROWS = (
    _row(
        "resnet18",
        "README (validation error)",
        "He et al.'s own errors are those of option A, resnet18_a; multiply-adds: their Table 1.",
        ("resnet18_b",),
        macs=1.8e9,
        imagenet_1crop_top1=30.43,
        imagenet_1crop_top5=10.76,
        imagenet_10crop_top1=28.22,
        imagenet_10crop_top5=9.42,
    ),
    _row(
        "resnet50",
        "README (validation error)",
        _STRIDE.format("resnet50_v1") + " Counts: ResNeXt, Table 1.",
        ("resnet50_1x64d", "resnext50_1x64d"),
        parameters=25.5e6,
        macs=4.1e9,
        imagenet_1crop_top1=24.01,
        imagenet_1crop_top5=7.02,
        imagenet_10crop_top1=22.24,
        imagenet_10crop_top5=6.08,
        imagenet_1crop_top1_in_xie2017=23.9,
    ),
    _row(
        "resnet101",
        "README (validation error)",
        _STRIDE.format("resnet101_v1") + " Multiply-adds: ResNeXt's README.",
        ("resnet101_1x64d", "resnext101_1x64d"),
        macs=7.8e9,
        imagenet_1crop_top1=22.44,
        imagenet_1crop_top5=6.21,
        imagenet_10crop_top1=21.08,
        imagenet_10crop_top5=5.35,
        imagenet_1crop_top1_in_xie2017=22.0,
        imagenet_1crop_top5_in_xie2017=6.0,
    ),
    _row(
        "resnet152",
        "README (validation error)",
        _STRIDE.format("resnet152_v1") + " Their 11.3e9 multiply-adds grow by 2 per cent. "
        "Identity Mappings, Table 5, does not say which of the two it measures.",
        macs=11.3e9,
        imagenet_1crop320_top1_in_he2016=21.3,
        imagenet_1crop320_top5_in_he2016=5.5,
        imagenet_1crop_top1=22.16,
        imagenet_1crop_top5=6.16,
        imagenet_10crop_top1=20.69,
        imagenet_10crop_top5=5.21,
    ),
)
