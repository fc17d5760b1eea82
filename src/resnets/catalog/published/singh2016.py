"""Singh, Hoiem and Forsyth 2016: swapout, as Multi-ResNet's Table III quotes its results."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SINGH2016

_row = partial(publish, SINGH2016)

_KEEP = "Keeping falls linearly from 1 to 0.5 on both terms (unconfirmed). Shortcut option B."

ROWS = (
    _row(
        "swapout20_w2",
        "v2(20) W×2, quoted in arXiv 1609.05672, Table III",
        f"{_KEEP} Two digits are printed of the parameters.",
        parameters=1.1e6,
        cifar10_test_error_in_abdi2016=6.58,
        cifar100_test_error_in_abdi2016=25.86,
    ),
    _row(
        "swapout20_w4",
        "v2(20) W×4, README of nutszebra/swapout",
        f"{_KEEP} The error is of that repository, not of the paper.",
        cifar10_test_error_in_nutszebra=5.09,
    ),
    _row(
        "swapout32_w4",
        "v2(32) W×4, quoted in arXiv 1609.05672, Table III",
        _KEEP,
        parameters=7.43e6,
        cifar10_test_error_in_abdi2016=4.76,
        cifar100_test_error_in_abdi2016=22.72,
    ),
)
