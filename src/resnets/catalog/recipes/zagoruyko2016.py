"""Wide Residual Networks."""

from __future__ import annotations

from resnets.spec import Recipe, Steps

RECIPES = (
    Recipe(
        name="zagoruyko2016-cifar",
        source="Zagoruyko, Komodakis 2016, Section 3: 200 epochs, rate times 0.2 at 60, 120 and "
        "160. The authors pad crops by reflection; here as the data source does.",
        length="200ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Steps(milestones=("60ep", "120ep", "160ep"), factor=0.2),
    ),
)
