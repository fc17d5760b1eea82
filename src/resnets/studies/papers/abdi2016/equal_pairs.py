"""Pairs of equal size: a Multi-ResNet wins only above a depth."""

from resnets.catalog.papers import ABDI2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="equal-pairs",
    title="Pairs of equal size: k functions or k times the depth",
    paper=ABDI2016,
    place="Section V, Table II and Fig. 3",
    question="From which depth on are k functions in a unit better than k times as many units?",
    protocol="Median (mean ± deviation) of five runs, each the test error of the best epoch as "
    "the authors' code prints it; curves are means of five.",
    runs=5,
    base={"data": "cifar10", "recipe": "abdi2016-cifar"},
    rows=(
        Row(name="pre-24", model="preresnet24", panel="below the threshold"),
        Row(
            name="multi-8",
            label="multi-8, k = 4",
            model="multi_resnet8_k4",
            panel="below the threshold",
        ),
        Row(name="pre-68", model="preresnet68", panel="at the threshold"),
        Row(
            name="multi-20",
            label="multi-20, k = 4",
            model="multi_resnet20_k4",
            panel="at the threshold",
        ),
        Row(
            name="pre-110",
            model="preresnet110",
            published={"best_test_error": "cifar10_test_error_in_abdi2016"},
            panel="above the threshold",
        ),
        Row(
            name="multi-30",
            label="multi-30, k = 4",
            model="multi_resnet30_k4",
            panel="above the threshold",
        ),
    ),
    measures={"best_test_error": "cifar10_test_error", "test_error": ""},
    claims={
        "best_test_error of multi-8 > best_test_error of pre-24": "Table II",
        "best_test_error of multi-30 < best_test_error of pre-110": "Table II",
        "best_test_error of multi-20 < best_test_error of multi-8": "Table II",
        "best_test_error of multi-30 < best_test_error of multi-20": "Table II",
        "best_test_error of multi-8 - best_test_error of pre-24 > "
        "best_test_error of multi-20 - best_test_error of pre-68": (
            "Section V: the deeper the pair, the better for k functions"
        ),
    },
    deviations=("which units the nets of 24 and 30 layers leave out follows from their counts",),
    scales={
        "smoke": Scale(rows=("pre-24", "multi-8")),
        "short": Scale(rows=("pre-24", "multi-8", "pre-68", "multi-20"), length="3ep"),
        "paper": Scale(seeds=5),
    },
)
