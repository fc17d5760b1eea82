"""Identity Mappings in Deep Residual Networks."""

from __future__ import annotations

from . import gross2016, he2015

RECIPES = (
    he2015.CIFAR.replace(
        name="he2016-cifar",
        source="He et al. 2016, appendix: as in 2015, but always 0.01 for 400 iterations first.",
        warmup=he2015.WARMUP,
    ),
    gross2016.IMAGENET.replace(
        name="he2016-imagenet",
        source="He et al. 2016, appendix: rate divided by 10 at 30 and 60 epochs; the length of 90 "
        f"is that of fb.resnet.torch. {he2015.AUGMENTATION}",
        nesterov=False,
    ),
)
