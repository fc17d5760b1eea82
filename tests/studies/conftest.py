"""A study small enough to be read, and cells as their folders would tell them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from resnets.catalog.papers import HE2015
from resnets.spec import Run, Spec
from resnets.studies import Row, Scale, Study
from resnets.studies.cells import Outcome
from resnets.studies.measures import Value
from resnets.studies.plan import Cell

RUN = Run(model="tiny", network=Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1))


@pytest.fixture
def study() -> Study:
    return Study(
        name="depths",
        title="Depths",
        paper=HE2015,
        place="Table 6",
        question="Deeper?",
        protocol="One run.",
        runs=5,
        base={"data": "cifar10", "recipe": "he2015-cifar", "set": ["recipe.lr=0.2"]},
        rows=(
            Row(name="shallow", label="20 layers", model="resnet{small}"),
            Row(model="resnet56", request={"set": ["recipe.momentum=0.8"]}),
            Row(model="plain110"),
        ),
        measures={"test_error": "cifar10_test_error", "train_loss": ""},
        claims={"test_error of resnet56 < test_error of shallow": "Table 6"},
        paper_claims={"test_error of plain110 > 60": "Fig. 6"},
        scales={
            "smoke": Scale(rows=("shallow", "resnet56"), values={"small": 8}),
            "short": Scale(values={"small": 20}, length="4ep", request={"batch_size": 64}),
            "paper": Scale(seeds=5, values={"small": 20}, fail_above=20.0),
        },
    )


Maker = Callable[..., list[Outcome]]


@pytest.fixture
def outcomes() -> Maker:
    """Return a function that makes the finished cells of a row."""

    def make(row: str, *errors: float, n: int | None = 1000, stage: str = "finished", **more):
        cells = [Cell(row, RUN.replace(seed=seed), Path(row)) for seed in range(len(errors))]
        return [
            Outcome(
                cell,
                stage,  # type: ignore[arg-type]
                values={"test_error": Value(error, n), **more} if stage == "finished" else {},
            )
            for cell, error in zip(cells, errors, strict=True)
        ]

    return make
