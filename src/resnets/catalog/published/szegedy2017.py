"""Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SZEGEDY2017

_row = partial(publish, SZEGEDY2017)

_CROPS = (
    "Errors on single crops are those of pictures that are not blacklisted, which makes them about "
    "0.3 and 0.15 lower; on 12 and 144 crops those of all 50,000. Figures of the AAAI version."
)


def _small(share: str, partner: str) -> str:
    return (
        "Ours, for pictures of 32 pixels: the same modules, a stem without strides and pools, "
        f"padded filters on maps of 32², 16² and 8², fewer modules, {share} of the widths. Its "
        f"partner of about the same cost is {partner}."
    )


ROWS = (
    _row(
        "inception_v4",
        "Fig. 9 and Tables 2 to 4",
        _CROPS,
        parameters_in_timm=42.68e6,
        macs_in_timm=12.28e9,
        imagenet_1crop_top1=20.0,
        imagenet_1crop_top5=5.0,
        imagenet_12crop_top1=18.7,
        imagenet_12crop_top5=4.2,
        imagenet_144crop_top1=17.7,
        imagenet_144crop_top5=3.8,
    ),
    _row(
        "inception_resnet_v1",
        "Fig. 15 and Tables 2 to 4",
        f"{_CROPS} Other code has wider blocks C and 23,995,624 parameters.",
        imagenet_1crop_top1=21.3,
        imagenet_1crop_top5=5.5,
        imagenet_12crop_top1=19.8,
        imagenet_12crop_top5=4.6,
        imagenet_144crop_top1=18.8,
        imagenet_144crop_top5=4.3,
    ),
    _row(
        "inception_resnet_v2",
        "Fig. 15 and Tables 2 to 4",
        f"{_CROPS} The network is the one whose weights were released; the paper draws "
        "inception_resnet_v2_paper.",
        parameters_in_timm=55.84e6,
        macs_in_timm=13.18e9,
        imagenet_1crop_top1=19.9,
        imagenet_1crop_top5=4.9,
        imagenet_12crop_top1=18.7,
        imagenet_12crop_top5=4.1,
        imagenet_144crop_top1=17.8,
        imagenet_144crop_top5=3.7,
    ),
    _row(
        "inception_resnet_v2_paper",
        "Figs. 15 to 20",
        "As drawn, with 1152 and 2144 channels in B and C, which are the sums of the reductions; "
        "the paper prints 1154 and 2048.",
    ),
    _row("inception_v4_small", "Fig. 9", _small("9.5 %", "inception_resnet_v2_small")),
    _row("inception_resnet_v1_small", "Fig. 15", _small("12 %", "inception_v3_small")),
    _row("inception_resnet_v2_small", "Fig. 15", _small("10 %", "inception_v4_small")),
    _row("inception_resnet_v2_paper_small", "Fig. 15", _small("10 %", "inception_v4_small")),
)
