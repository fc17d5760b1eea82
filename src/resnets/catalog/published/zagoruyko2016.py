"""Zagoruyko and Komodakis 2016: wide ResNets.

``…_zca`` are errors with ZCA-whitened pictures (first version of the paper), the others with mean
and standard deviation subtracted (later versions, medians of five runs).
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import ZAGORUYKO2016

_row = partial(publish, ZAGORUYKO2016)

_ONE_DIGIT = "The paper prints one digit of the parameters."
_CUT_OFF = "The paper prints 2.7e6 parameters, which is 2.75e6 cut off."
_CONVOLUTIONS = "The same depth and number of layers as wrn40_2, in units of {} convolutions."

ROWS = (
    _row(
        "wrn40_1",
        "first version, results table",
        _ONE_DIGIT,
        parameters=0.6e6,
        cifar10_test_error_zca=6.85,
        cifar100_test_error_zca=30.89,
    ),
    _row(
        "wrn40_2",
        "first version, results table, and study of convolutions in a unit",
        "The paper prints two digits of the parameters.",
        parameters=2.2e6,
        cifar10_test_error_zca=5.33,
        cifar100_test_error_zca=26.04,
        cifar10_test_error_convolution_study=5.43,
    ),
    _row(
        "wrn40_2_l1",
        "study of convolutions in a unit",
        _CONVOLUTIONS.format(1),
        cifar10_test_error_convolution_study=6.69,
    ),
    _row(
        "wrn40_2_l3",
        "study of convolutions in a unit",
        _CONVOLUTIONS.format(3),
        cifar10_test_error_convolution_study=5.65,
    ),
    _row(
        "wrn40_2_l4",
        "study of convolutions in a unit",
        _CONVOLUTIONS.format(4),
        cifar10_test_error_convolution_study=5.93,
    ),
    _row(
        "wrn40_4",
        "results table",
        parameters=8.9e6,
        cifar10_test_error=4.53,
        cifar100_test_error=21.18,
        cifar10_test_error_zca=4.97,
        cifar100_test_error_zca=22.89,
    ),
    _row(
        "wrn40_8",
        "first version, results table",
        parameters=35.7e6,
        cifar10_test_error_zca=4.66,
    ),
    _row(
        "wrn40_10_dropout",
        "repository README",
        "Single runs, with dropout 0.3.",
        cifar10_test_error=3.8,
        cifar100_test_error=18.3,
    ),
    _row(
        "wrn28_10",
        "results table",
        parameters=36.5e6,
        cifar10_test_error=4.00,
        cifar100_test_error=19.25,
        cifar10_test_error_zca=4.17,
        cifar100_test_error_zca=20.50,
    ),
    _row(
        "wrn28_10_dropout",
        "dropout table",
        "Dropout 0.3.",
        parameters=36.5e6,
        cifar10_test_error=3.89,
        cifar100_test_error=18.85,
    ),
    _row(
        "wrn28_12",
        "first version, results table",
        parameters=52.5e6,
        cifar10_test_error_zca=4.33,
        cifar100_test_error_zca=20.43,
    ),
    _row(
        "wrn22_8",
        "first version, results table",
        parameters=17.2e6,
        cifar10_test_error_zca=4.38,
        cifar100_test_error_zca=21.22,
    ),
    _row(
        "wrn22_10",
        "first version, results table",
        parameters=26.8e6,
        cifar10_test_error_zca=4.44,
        cifar100_test_error_zca=20.75,
    ),
    _row(
        "wrn16_4",
        "results table",
        _CUT_OFF,
        parameters=2.7e6,
        cifar10_test_error=5.02,
        cifar100_test_error=24.03,
    ),
    _row(
        "wrn16_8",
        "results table",
        "The error on SVHN is a single run with dropout 0.4.",
        parameters=11.0e6,
        cifar10_test_error=4.27,
        cifar100_test_error=20.43,
        cifar10_test_error_zca=4.81,
        cifar100_test_error_zca=22.07,
        svhn_test_error_dropout=1.54,
    ),
    _row(
        "wrn16_10",
        "first version, results table",
        parameters=17.1e6,
        cifar10_test_error_zca=4.56,
        cifar100_test_error_zca=21.59,
    ),
    _row("wrn52_1", "results table", cifar10_test_error=6.43, cifar100_test_error=29.89),
    _row(
        "wide_resnet50_2",
        "repository README (WRN-50-2-bottleneck)",
        "The README of the pretrained model prints a top-5 error of 6.03.",
        parameters=68.9e6,
        imagenet_1crop_top1=21.9,
        imagenet_1crop_top5=5.79,
    ),
    _row(
        "wide_resnet101_2",
        "the rule of WRN-50-2-bottleneck (torchvision's net)",
        "No figure is published.",
    ),
)
