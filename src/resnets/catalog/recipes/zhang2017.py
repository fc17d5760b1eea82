"""PolyNet: A Pursuit of Structural Diversity in Very Deep Networks."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

from .he2015 import AUGMENTATION

RECIPES = (
    Recipe(
        name="zhang2017-imagenet",
        source="Zhang et al. 2017, Section 4: RMSProp, batches of 512 on 32 GPUs, rate 0.45, then "
        "0.045 and 0.0045; decay 0.9 and ε = 1 as in the Inception papers. Length, milestones, "
        "momentum and weight decay are ours. The paper starts its deep networks from shallower "
        f"ones by inserting and interleaving modules; ours start from scratch. {AUGMENTATION}",
        length="100ep",
        batch_size=512,
        optimizer="rmsprop",
        lr=0.45,
        momentum=0.9,
        weight_decay=4e-5,
        decay=0.9,
        eps=1.0,
        decay_norm_and_bias=False,
        schedule=Steps(milestones=("40%", "80%")),
    ),
)
