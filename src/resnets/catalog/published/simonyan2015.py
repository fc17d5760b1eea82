"""Simonyan and Zisserman 2015: VGG, stacks of 3×3 convolutions.

``imagenet_dense`` are errors of one network applied to whole pictures of one size (first version of
the paper, as we remember its Table 3).
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SIMONYAN2015

_row = partial(publish, SIMONYAN2015)

_BN = "Batch norm is not the paper's; the network is torchvision's."
_CIFAR = (
    "The form of the repositories that train VGG on CIFAR: one fully connected layer on a map of "
    "one position."
)
_CIFAR_BN = f"{_CIFAR} With batch norm, as torchvision's."
_DENSE = "The errors are unconfirmed: of Table 3, training with jittered sizes where there is such."
_MACS = "He et al. 2015 count fewer multiply-adds: 15.3e9 and 19.6e9 for 16 and 19 layers."

ROWS = (
    _row(
        "vgg11",
        "Tables 1 to 3, A",
        _DENSE,
        parameters=133e6,
        imagenet_dense_top1=29.6,
        imagenet_dense_top5=10.4,
    ),
    _row("vgg11_bn", "Table 1, A", _BN),
    _row("vgg11_cifar", "Table 1, A", _CIFAR),
    _row("vgg11_bn_cifar", "Table 1, A", _CIFAR_BN),
    _row(
        "vgg13",
        "Tables 1 to 3, B",
        _DENSE,
        parameters=133e6,
        imagenet_dense_top1=28.7,
        imagenet_dense_top5=9.9,
    ),
    _row("vgg13_bn", "Table 1, B", _BN),
    _row("vgg13_cifar", "Table 1, B", _CIFAR),
    _row("vgg13_bn_cifar", "Table 1, B", _CIFAR_BN),
    _row(
        "vgg16",
        "Tables 1 to 3, D",
        f"{_DENSE} {_MACS}",
        parameters=138e6,
        macs_in_he2015=15.3e9,
        imagenet_dense_top1=25.6,
        imagenet_dense_top5=8.1,
        imagenet_10crop_top1_in_he2015=28.07,
        imagenet_10crop_top5_in_he2015=9.33,
    ),
    _row("vgg16_bn", "Table 1, D", _BN),
    _row("vgg16_cifar", "Table 1, D", _CIFAR),
    _row("vgg16_bn_cifar", "Table 1, D", _CIFAR_BN),
    _row(
        "vgg19",
        "Tables 1 to 3, E",
        f"{_DENSE} {_MACS}",
        parameters=144e6,
        macs_in_he2015=19.6e9,
        imagenet_dense_top1=25.5,
        imagenet_dense_top5=8.0,
    ),
    _row("vgg19_bn", "Table 1, E", _BN),
    _row("vgg19_cifar", "Table 1, E", _CIFAR),
    _row(
        "vgg19_bn_cifar",
        "Table 1, E; repository bearpaw/pytorch-classification",
        f"{_CIFAR_BN} The figures are the repository's.",
        parameters=20.04e6,
        cifar10_test_error=6.66,
        cifar100_test_error=28.05,
    ),
)
