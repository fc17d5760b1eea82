"""Wightman 2019, timm: pre-activation ImageNet networks behind a bare stem, ``resnetv2_*`` there.

The stem is a convolution and a max-pool; the first unit has a head of its own. Those of
fb.resnet.torch, ``preresnet50`` and so on, have batch norm and ReLU in the stem instead.
"""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import WIGHTMAN2019

_row = partial(publish, WIGHTMAN2019, table="models/resnetv2.py")

ROWS = (
    _row("preresnet18_bare", aliases=("resnetv2_18",), parameters=11_687_720),
    _row("preresnet34_bare", aliases=("resnetv2_34",), parameters=21_795_880),
    _row("preresnet50_bare", aliases=("resnetv2_50",), parameters=25_549_352),
    _row("preresnet101_bare", aliases=("resnetv2_101",), parameters=44_541_480),
    _row("preresnet152_bare", aliases=("resnetv2_152",), parameters=60_185_128),
)
