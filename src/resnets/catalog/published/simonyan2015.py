"""Very Deep Convolutional Networks for Large-Scale Image Recognition."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SIMONYAN2015

_row = partial(publish, SIMONYAN2015)
_BN = "Batch norm is not the paper's; the network is torchvision's."
_CIFAR = "Ours, after the repositories that train VGG on CIFAR: batch norm, one classifier layer."

ROWS = (
    _row("vgg11", "Table 1, A"),
    _row("vgg11_bn", "Table 1, A", _BN),
    _row("vgg13", "Table 1, B"),
    _row("vgg13_bn", "Table 1, B", _BN),
    _row(
        "vgg16",
        "Table 1, D",
        parameters=138e6,
        macs_in_he2015=15.3e9,
        imagenet_10crop_top1_in_he2015=28.07,
        imagenet_10crop_top5_in_he2015=9.33,
    ),
    _row("vgg16_bn", "Table 1, D", _BN),
    _row("vgg19", "Table 1, E", parameters=144e6, macs_in_he2015=19.6e9),
    _row("vgg19_bn", "Table 1, E", _BN),
    _row("vgg16_bn_cifar", "Table 1, D", _CIFAR),
)
