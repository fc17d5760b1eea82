"""Huang et al. 2016: stochastic depth, survival falling linearly to 0.5 in the last unit."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import HUANG2016

_row = partial(publish, HUANG2016)

_SHORTCUT = (
    "The authors' code averages 2×2 before it pads channels with zeros where the map shrinks; "
    "ours sub-samples, as option A."
)

ROWS = (
    _row(
        "stochastic_depth110",
        "results on CIFAR",
        f"{_SHORTCUT} Two digits are printed of the parameters. The same net at constant depth has "
        "6.41. CIFAR-100 as the wide ResNets' paper quotes it; another version of this paper "
        "prints 24.98 (unconfirmed).",
        parameters=1.7e6,
        cifar10_test_error=5.25,
        cifar10_test_error_constant_depth=6.41,
        cifar100_test_error_in_zagoruyko2016=24.58,
    ),
    _row(
        "stochastic_depth152",
        "results on SVHN",
        f"{_SHORTCUT} The net for SVHN, n = 25.",
        svhn_test_error=1.75,
    ),
    _row(
        "stochastic_depth1202",
        "results on CIFAR",
        f"{_SHORTCUT} Its training protocol is unconfirmed: 300 epochs, batch 64, rate 0.01 for "
        "10 epochs first.",
        parameters=19.4e6,
        cifar10_test_error=4.91,
        cifar10_test_error_constant_depth=7.93,
    ),
)
