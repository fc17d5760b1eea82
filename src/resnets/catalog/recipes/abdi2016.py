"""Multi-Residual Networks."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

RECIPES = (
    Recipe(
        name="abdi2016-cifar",
        source="Abdi, Nahavandi 2016, Section V: 200 epochs; drops at 81 and 122 and Nesterov as "
        "in the authors' code.",
        length="200ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Steps(milestones=("81ep", "122ep")),
    ),
)
