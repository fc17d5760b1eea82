"""Szegedy et al. 2015: GoogLeNet."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SZEGEDY2015

_row = partial(publish, SZEGEDY2015)

_TORCHVISION = (
    "The network is torchvision's: batch norm, 3×3 filters where the paper has 5×5, a 2×2 max-pool "
    "before module 5a where it has 3×3, dropout of 0.2 (0.4)."
)
_SIDES = (
    "An auxiliary classifier reads means over 4×4 regions, as torchvision's; the paper's are 5×5 "
    "windows at a distance of 3, on a map of 14×14 the same up to their borders."
)
_SMALL = (
    "Ours, for small pictures: a 3×3 convolution without stride for the 7×7 with stride 2, without "
    "the max-pool behind it."
)

ROWS = (
    _row(
        "googlenet",
        "Table 1",
        f"{_TORCHVISION} Without its auxiliary classifiers it has 6,624,904 parameters. The error "
        "is that of the network with batch norm, BN-GoogLeNet.",
        macs_in_szegedy2016=1.5e9,
        imagenet_1crop_top1_in_szegedy2016=26.8,
    ),
    _row(
        "googlenet_upper_aux",
        "Table 1",
        f"{_TORCHVISION} Without the lower auxiliary classifier; Szegedy et al. 2016, Section 4, "
        "find no bad effect of that.",
    ),
    _row("googlenet_no_aux", "Table 1", f"{_TORCHVISION} Without auxiliary classifiers."),
    _row(
        "googlenet_original",
        "Tables 1 and 3",
        f"{_SIDES} The paper says 1.5e9 multiply-adds, ours are those of its Table 1. Constants of "
        "local response norm, which it does not print, are those of Krizhevsky et al. 2012. "
        "Parameters are those of the replica in BVLC/caffe: 6,998,552 without auxiliary "
        "classifiers.",
        macs=1.5e9,
        imagenet_1crop_top5=10.07,
        imagenet_10crop_top5=9.15,
        imagenet_144crop_top5=7.89,
        imagenet_1crop_top1_in_szegedy2016=29.0,
        imagenet_1crop_top5_in_szegedy2016=9.2,
    ),
    _row("googlenet_small", "Table 1", f"{_TORCHVISION} {_SMALL}"),
    _row("googlenet_small_upper_aux", "Table 1", f"{_TORCHVISION} {_SMALL}"),
    _row("googlenet_small_no_aux", "Table 1", f"{_TORCHVISION} {_SMALL}"),
)
