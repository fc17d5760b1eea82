"""Understanding the difficulty of training deep feedforward neural networks."""

from __future__ import annotations

from resnets.spec import Constant, Recipe

RECIPES = (
    Recipe(
        name="glorot2010",
        source="Glorot, Bengio 2010, Section 2.3: batches of 10, five million steps of plain "
        "gradient descent without momentum or weight decay. The paper tunes the rate for each "
        "network on validation data and prints none; 0.01 is ours.",
        length="5000000it",
        batch_size=10,
        lr=0.01,
        momentum=0.0,
        weight_decay=0.0,
        schedule=Constant(),
        augment="none",
    ),
)
