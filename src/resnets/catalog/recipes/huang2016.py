"""Deep Networks with Stochastic Depth."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

RECIPES = (
    Recipe(
        name="huang2016-cifar",
        source="Huang et al. 2016 and the authors' code: 500 epochs, rate divided by 10 at 250 and "
        "375, Nesterov, the best of a 45,000/5,000 split.",
        length="500ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Steps(milestones=("250ep", "375ep")),
    ),
)
