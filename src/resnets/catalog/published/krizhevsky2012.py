"""Krizhevsky et al. 2012: AlexNet, and its form of 2014 for one graphics card."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import KRIZHEVSKY2012, KRIZHEVSKY2014

_row = partial(publish, KRIZHEVSKY2012)
_one_card = partial(publish, KRIZHEVSKY2014)

ROWS = (
    _row(
        "alexnet_original",
        "Section 3.5 and Table 2",
        "The error is that of one network on the validation pictures of 2012, averaged over ten "
        "crops. Dropout stands before the hidden layers here, behind them in the paper; biases "
        "start at 0, where the paper starts some at 1. The paper's pictures have 224 pixels, which "
        "fits its maps only with a border of two zeros.",
        parameters=60e6,
        imagenet_10crop_top1=40.7,
        imagenet_10crop_top5=18.2,
    ),
    _one_card(
        "alexnet",
        "the network for one graphics card",
        "The network is torchvision's: fewer channels in the first convolutions, no groups, no "
        "local response norm. No figure is confirmed.",
    ),
    _one_card(
        "alexnet_cifar",
        "repository bearpaw/pytorch-classification",
        "The form of the repository that trains AlexNet on CIFAR: padding of 5, 2×2 max-pools, one "
        "fully connected layer on a map of one position. The figures are the repository's.",
        parameters=2.47e6,
        cifar10_test_error=22.78,
        cifar100_test_error=56.13,
    ),
)
