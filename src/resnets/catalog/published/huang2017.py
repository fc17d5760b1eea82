"""Huang et al. 2017: DenseNets.

``…_no_augmentation`` are errors of the networks with dropout, trained on the plain pictures.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import HUANG2017

_row = partial(publish, HUANG2017)

_STEM = "The stem has 16 channels, as the paper says; the released code always has 2k."
_PLAIN = "Trained without augmentation, which is why it has dropout."
_WIDE = "A wide network of the repository's README, not of the paper."
_FIRST = "A network of the repository's README; it is not in the paper's tables."

ROWS = (
    _row(
        "densenet40_k12",
        "Table 2",
        _STEM,
        parameters=1.0e6,
        cifar10_test_error=5.24,
        cifar100_test_error=24.42,
    ),
    _row(
        "densenet40_k12_dropout",
        "Table 2",
        f"{_STEM} {_PLAIN}",
        parameters=1.0e6,
        cifar10_test_error_no_augmentation=7.00,
        cifar100_test_error_no_augmentation=27.55,
    ),
    _row(
        "densenet100_k12",
        "Table 2",
        _STEM,
        parameters=7.0e6,
        cifar10_test_error=4.10,
        cifar100_test_error=20.20,
    ),
    _row(
        "densenet100_k12_dropout",
        "Table 2",
        f"{_STEM} {_PLAIN}",
        parameters=7.0e6,
        cifar10_test_error_no_augmentation=5.77,
        cifar100_test_error_no_augmentation=23.79,
    ),
    _row(
        "densenet100_k24",
        "Table 2",
        _STEM,
        parameters=27.2e6,
        cifar10_test_error=3.74,
        cifar100_test_error=19.25,
    ),
    _row(
        "densenet100_k24_dropout",
        "Table 2",
        f"{_STEM} {_PLAIN}",
        parameters=27.2e6,
        cifar10_test_error_no_augmentation=5.83,
        cifar100_test_error_no_augmentation=23.42,
    ),
    _row(
        "densenet_bc100_k12",
        "Table 2",
        "The paper prints one digit of the parameters.",
        parameters=0.8e6,
        cifar10_test_error=4.51,
        cifar100_test_error=22.27,
    ),
    _row(
        "densenet_bc100_k12_dropout",
        "Table 2",
        f"{_PLAIN} The paper prints one digit of the parameters.",
        parameters=0.8e6,
        cifar10_test_error_no_augmentation=5.92,
        cifar100_test_error_no_augmentation=24.15,
    ),
    _row(
        "densenet_bc250_k24",
        "Table 2",
        parameters=15.3e6,
        cifar10_test_error=3.62,
        cifar100_test_error=17.60,
    ),
    _row(
        "densenet_bc250_k24_dropout",
        "Table 2",
        _PLAIN,
        parameters=15.3e6,
        cifar10_test_error_no_augmentation=5.19,
        cifar100_test_error_no_augmentation=19.64,
    ),
    _row(
        "densenet_bc190_k40",
        "Table 2",
        parameters=25.6e6,
        cifar10_test_error=3.46,
        cifar100_test_error=17.18,
    ),
    _row(
        "densenet_bc40_k36",
        "repository README",
        _WIDE,
        parameters=1.5e6,
        cifar10_test_error=4.58,
        cifar100_test_error=22.30,
    ),
    _row(
        "densenet_bc40_k48",
        "repository README",
        _WIDE,
        parameters=2.7e6,
        cifar10_test_error=3.99,
        cifar100_test_error=20.29,
    ),
    _row(
        "densenet_bc40_k60",
        "repository README",
        _WIDE,
        parameters=4.3e6,
        cifar10_test_error=4.01,
        cifar100_test_error=19.99,
    ),
    _row("densenet121", "Table 1; errors: repository README", imagenet_1crop_top1=25.0),
    _row("densenet161", "repository README", _FIRST, imagenet_1crop_top1=22.2),
    _row("densenet169", "Table 1; errors: repository README", imagenet_1crop_top1=23.6),
    _row("densenet201", "Table 1; errors: repository README", imagenet_1crop_top1=22.5),
    _row(
        "densenet264",
        "Table 1",
        "By the count of the others it has 265 layers. No figure is confirmed.",
    ),
)
