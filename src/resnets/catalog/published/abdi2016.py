"""Abdi and Nahavandi 2016: Multi-ResNets and their baselines, Tables I to V.

CIFAR errors are medians of five runs where a mean is given. Table V has times, not errors:
milliseconds of one step on two halves of a K80.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import ABDI2016

_row = partial(publish, ABDI2016)

_CUT_OFF = "The paper cuts its counts off after two digits."
_UNEQUAL = "Which units each stage has is not published (unconfirmed); {} follows from the count."

ROWS = (
    _row("multi_resnet8_k23", "Table I", parameters=1.7e6, cifar10_test_error=7.37),
    _row("multi_resnet14_k10", "Table I", parameters=1.7e6, cifar10_test_error=6.42),
    _row(
        "preresnet24",
        "Table II",
        f"{_UNEQUAL.format('4, 4, 3')} {_CUT_OFF}",
        parameters=0.29e6,
        cifar10_test_error=7.75,
        cifar10_test_error_mean=7.76,
        cifar10_test_error_std=0.13,
    ),
    _row(
        "preresnet68",
        "Table II",
        _CUT_OFF,
        parameters=1.0e6,
        cifar10_test_error=6.27,
        cifar10_test_error_mean=6.33,
        cifar10_test_error_std=0.24,
    ),
    _row(
        "multi_resnet8_k4",
        "Table II",
        _CUT_OFF,
        parameters=0.29e6,
        cifar10_test_error=9.28,
        cifar10_test_error_mean=9.28,
        cifar10_test_error_std=0.07,
    ),
    _row(
        "multi_resnet20_k4",
        "Table II",
        _CUT_OFF,
        parameters=1.0e6,
        cifar10_test_error=6.31,
        cifar10_test_error_mean=6.29,
        cifar10_test_error_std=0.22,
    ),
    _row(
        "multi_resnet30_k4",
        "Table II",
        f"{_UNEQUAL.format('5, 4, 5')} {_CUT_OFF}",
        parameters=1.7e6,
        cifar10_test_error=5.89,
        cifar10_test_error_mean=5.85,
        cifar10_test_error_std=0.12,
    ),
    _row(
        "multi_resnet200_k5",
        "Table III",
        "",
        ("multi_resnet200_k5_bottleneck",),
        parameters=10.2e6,
        cifar10_test_error=4.35,
        cifar10_test_error_mean=4.36,
        cifar10_test_error_std=0.04,
        cifar100_test_error=20.42,
        cifar100_test_error_mean=20.44,
        cifar100_test_error_std=0.15,
    ),
    _row(
        "multi_resnet398_k5",
        "Table III",
        parameters=20.4e6,
        cifar10_test_error=3.92,
        cifar100_test_error=20.59,
    ),
    _row(
        "multi_resnet26_k2_w10",
        "Table III",
        "Shortcut option B; depth counted as 6n+2, where wide ResNets would say 28.",
        parameters=72e6,
        cifar10_test_error=3.96,
        cifar100_test_error=19.45,
    ),
    _row(
        "multi_resnet26_k4_w10",
        "Table III",
        "Shortcut option B. The authors' README prints 154e6 parameters, a slip for 145e6.",
        parameters=145e6,
        cifar10_test_error=3.73,
        cifar100_test_error=19.60,
    ),
    _row(
        "multi_resnet18_k2",
        "Table IV",
        imagenet_1crop_top1=27.39,
        imagenet_10crop_top1=25.61,
    ),
    _row(
        "preresnet34",
        "Table IV",
        "The errors are those that fb.resnet.torch prints for a ResNet-34 with ReLU after the sum; "
        "the 10-crop one stands there as 24.76.",
        imagenet_1crop_top1=26.73,
        imagenet_10crop_top1=24.77,
    ),
    _row(
        "multi_resnet101_k2",
        "Table IV",
        imagenet_1crop_top1=21.53,
        imagenet_10crop_top1=19.93,
    ),
    _row("preresnet218", "Table V", step_ms_batch128=413, step_ms_batch32=137),
    _row("preresnet434", "Table V", step_ms_batch128=838, step_ms_batch32=273),
    _row("preresnet650", "Table V", step_ms_batch128=1284, step_ms_batch32=402),
    _row("multi_resnet110_k2", "Table V", step_ms_batch128=462, step_ms_batch32=136),
    _row("multi_resnet110_k4", "Table V", step_ms_batch128=804, step_ms_batch32=238),
    _row("multi_resnet110_k6", "Table V", step_ms_batch128=1158, step_ms_batch32=341),
)
