"""PolyNet: A Pursuit of Structural Diversity in Very Deep Networks."""

from __future__ import annotations

from functools import partial

from resnets.catalog.entry import publish
from resnets.catalog.papers import ZHANG2017

_row = partial(publish, ZHANG2017)

_SMALL = (
    "Ours, for pictures of 32 pixels: the same modules, a stem without strides, padded filters on "
    "maps of 32², 16² and 8², 9.5 % of the widths."
)
KINDS = ("residual", "poly2", "mpoly2", "2way", "poly3", "mpoly3", "3way")

ROWS = (
    _row(
        "polynet",
        "Section 4 and the authors' release",
        "Single crops of 331 pixels. Other code counts batch norm and pooling among the "
        "multiply-adds.",
        parameters_in_pytorchcv=95_366_600,
        macs_in_pytorchcv=34_821_340_000,
        imagenet_1crop331_top1=18.71,
        imagenet_1crop331_top5=4.25,
        imagenet_multicrop_top1=17.36,
        imagenet_multicrop_top5=3.45,
        imagenet_1crop331_test_top5=4.33,
    ),
    _row("polynet_small", "Section 4", _SMALL),
    _row(
        "polynet_small_stochastic_paths",
        "Section 4",
        f"{_SMALL} Terms are dropped with a probability that climbs to 0.25 in the last module, "
        "from the start; the paper turns stochastic paths on late in training.",
    ),
    *(
        _row(f"polynet_small_{kind}", "Section 3", f"{_SMALL} One kind of module in all stages.")
        for kind in KINDS
    ),
    *(
        _row(f"polynet_small_b_{kind}", "Section 3", f"{_SMALL} Residual blocks but in stage B.")
        for kind in (*KINDS[1:], "mixed")
    ),
)
