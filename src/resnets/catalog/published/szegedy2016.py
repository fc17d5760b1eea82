"""Rethinking the Inception Architecture for Computer Vision."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import SZEGEDY2016

_row = partial(publish, SZEGEDY2016)

_SMALL = (
    "Ours, for pictures of 32 pixels: the same modules, a stem without strides and pools, padded "
    "filters on maps of 32², 16² and 8², fewer modules, 12 % of the widths. Its residual partner "
    "is inception_resnet_v1_small."
)
_FILTERS = {
    "linear_pairs": "without ReLU within a pair of filters that stands for a larger one (Fig. 2).",
    "early_filters": "with 3×1 and 1×3 for 3×3 filters on its largest maps; the paper finds that "
    "this does not work well in early layers.",
    "even_filters": "with 2×2 and 2×2 for 3×3 filters on its largest maps, which at equal widths "
    "saves 11 % where 3×1 and 1×3 save 33 %.",
}

ROWS = (
    _row(
        "inception_v3",
        "Tables 3 and 4",
        "The released form, which differs from Table 1 in its stem, in one module C fewer and in "
        "5×5 filters. Errors on single crops are those of the 48,238 pictures that are not "
        "blacklisted; on all 50,000 they are about 0.2 and 0.1 higher. The cost in Table 3 is 4.8 "
        "G operations. 3,326,696 parameters are those of the auxiliary classifier.",
        parameters_in_torchvision=27_161_264,
        macs_in_timm=5.73e9,
        imagenet_1crop_top1=21.2,
        imagenet_1crop_top5=5.6,
        imagenet_12crop_top1=19.47,
        imagenet_12crop_top5=4.48,
        imagenet_144crop_top1=18.77,
        imagenet_144crop_top5=4.2,
        imagenet_12crop_top1_in_szegedy2017=19.8,
        imagenet_12crop_top5_in_szegedy2017=4.6,
        imagenet_144crop_top1_in_szegedy2017=18.9,
        imagenet_144crop_top5_in_szegedy2017=4.3,
        imagenet_1crop_top1_bn_inception=25.2,
        imagenet_1crop_top5_bn_inception=7.8,
        imagenet_1crop_top1_v2=23.4,
        imagenet_1crop_top1_v2_rmsprop=23.1,
        imagenet_1crop_top5_v2_rmsprop=6.3,
        imagenet_1crop_top1_v2_label_smoothing=22.8,
        imagenet_1crop_top5_v2_label_smoothing=6.1,
        imagenet_1crop_top1_v2_factorised_7x7=21.6,
        imagenet_1crop_top5_v2_factorised_7x7=5.8,
    ),
    _row(
        "inception_v3_no_aux",
        "Tables 3 and 4",
        "The released form without its auxiliary classifier, as in timm.",
        parameters_in_timm=23.83e6,
        macs_in_timm=5.73e9,
    ),
    _row(
        "inception_v3_table1",
        "Table 1",
        "The paper prints the widths of maps only; inside the modules they are those of the "
        "release.",
    ),
    _row(
        "inception_v3_full_filters",
        "Section 3",
        "Ours: the released form with 5×5 and 7×7 filters in place of the factorised ones.",
    ),
    _row("inception_v3_small", "Table 1", _SMALL),
    _row(
        "inception_v3_full_filters_small",
        "Section 3",
        "Ours: inception_v3_small with 5×5 and 7×7 filters in place of the factorised ones.",
    ),
    *(
        _row(f"inception_v3_{kind}_small", "Section 3", f"Ours: inception_v3_small {what}")
        for kind, what in _FILTERS.items()
    ),
)
