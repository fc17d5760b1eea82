"""Training through paths of effective length only: 23 of 54 units in every mini-batch."""

from resnets.catalog.papers import VEIT2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="effective-paths",
    title="Training through effective paths only",
    paper=VEIT2016,
    place="Section 4.4",
    question="Is anything lost if the long paths, through which hardly any gradient flows, are "
    "never trained?",
    protocol="Test error at the end; with all units in evaluation. Recipe, number of runs and "
    "whether F was scaled in evaluation are unconfirmed.",
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="full",
            label="all units",
            model="preresnet{depth}",
            published={"test_error": "cifar10_test_error_in_veit2016"},
        ),
        Row(
            name="effective",
            label="23 of 54 units a mini-batch",
            model="preresnet{depth}_{count}units",
            published={"test_error": "preresnet110:cifar10_test_error_effective_paths_in_veit2016"},
        ),
        Row(
            name="effective-scaled",
            label="23 of 54 units, F scaled in evaluation",
            model="preresnet{depth}_{count}units",
            request={"set": ["network.merge.residual=0.426"]},
            note="F times 23/54 in evaluation, its mean while training; ours, to compare",
        ),
    ),
    measures={"test_error": "", "train_error": ""},
    claims={
        "test_error of effective < test_error of full + 0.5": "Section 4.4: no significant "
        "difference (5.96 and 6.10)",
        "train_error of effective > train_error of full": "fewer units while it trains (ours)",
    },
    scales={
        "smoke": Scale(values={"depth": 14, "count": 3}),
        "short": Scale(
            values={"depth": 32, "count": 6},
            length="8ep",
            says=("6 of 15 units stand for 23 of 54",),
        ),
        "paper": Scale(values={"depth": 110, "count": 23}),
    },
)
