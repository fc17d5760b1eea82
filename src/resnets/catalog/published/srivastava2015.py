"""Highway Networks, and Training Very Deep Networks by the same authors in the same year."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SRIVASTAVA2015, SRIVASTAVA2015_DEEP

_row = partial(publish, SRIVASTAVA2015)
_deep = partial(publish, SRIVASTAVA2015_DEEP)

_THIN = (
    "The paper prints no count but some 5000 parameters a layer: 50 units with gates have 5100, 71 "
    "plain ones 5112. Layers are counted without that of the classes. ReLU is one of the two "
    "non-linearities that were searched over, the gate's bias of -2 that of the network in Fig. 2."
)
_GUESS = (
    "The paper prints neither the widths of A and C nor the size of the last hidden layer. Ours: "
    "one width a stage, as the authors' release has it for B, and 250 hidden units, with which A "
    "comes to 236,328 parameters."
)

ROWS = (
    *(_row(f"plain_mlp{depth}", "Fig. 1", _THIN) for depth in (10, 20, 50, 100)),
    *(_row(f"highway_mlp{depth}", "Fig. 1", _THIN) for depth in (10, 20, 50, 100)),
    _deep("highway11", "Table 2, A", _GUESS, parameters=236e3, cifar10_test_error=10.82),
    _deep(
        "highway19",
        "Table 2, B",
        _GUESS,
        parameters=2.3e6,
        cifar10_test_error=7.54,
        cifar10_test_error_mean=7.72,
        cifar10_test_error_std=0.16,
    ),
    _deep(
        "highway19_gap",
        "Table 3",
        "As in the authors' release, with a 1×1 convolution to 100 channels before the global "
        "pooling; no count is printed.",
        cifar10_test_error=7.60,
        cifar10_test_error_mean=7.69,
        cifar10_test_error_std=0.12,
        cifar100_test_error=32.24,
        cifar100_test_error_mean=32.39,
        cifar100_test_error_std=0.15,
    ),
    _deep(
        "highway32",
        "Table 2, C",
        f"{_GUESS} C has ten layers a stage, 3×3 and 1×1 in turn, of 32, 64 and 96 channels: 2.4 "
        "per cent more than the two or three digits that are printed.",
        parameters=1.25e6,
        cifar10_test_error=8.80,
    ),
)
