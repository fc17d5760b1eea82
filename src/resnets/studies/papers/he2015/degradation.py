"""Degradation: a deeper plain net trains worse, a deeper residual net does not."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="degradation",
    title="Degradation of plain networks, and its reversal",
    paper=HE2015,
    place="Section 4.2, Table 6 and Fig. 6, CIFAR-10",
    question="Does the training error rise when a plain network gets deeper, and fall when a "
    "residual network of the same cost does?",
    protocol="Test error of one 32×32 view after 64,000 iterations; one run, of 110 layers the "
    "best of five.",
    base={"data": "cifar10", "recipe": "he2015-cifar"},
    rows=(
        Row(model="plain20", panel="plain"),
        Row(model="plain32", panel="plain"),
        Row(model="plain44", panel="plain"),
        Row(model="plain56", panel="plain"),
        Row(model="plain110", panel="plain"),
        Row(model="resnet20", panel="residual"),
        Row(model="resnet32", panel="residual"),
        Row(model="resnet44", panel="residual"),
        Row(model="resnet56", panel="residual"),
        Row(model="resnet110", panel="residual"),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "train_error of plain56 > train_error of plain20": "Fig. 6, left",
        "test_error of plain56 > test_error of plain20": "Fig. 6, left",
        "train_error of plain32 > train_error of plain20": "Fig. 6, left",
        "train_error of plain44 > train_error of plain32": "Fig. 6, left",
        "train_error of plain56 > train_error of plain44": "Fig. 6, left",
        "train_error of resnet56 < train_error of resnet20": "Fig. 6, middle",
        "train_error of resnet56 < train_error of plain56": "Fig. 6",
        "test_error of resnet56 < test_error of plain56": "Fig. 6",
        "test_error of resnet56 < test_error of resnet20": "Table 6",
        "test_error of resnet110 < test_error of resnet56": "Table 6",
    },
    paper_claims={"test_error of plain110 > 60": "Fig. 6, caption"},
    deviations=(
        "110 layers start with a rate of 0.01 for 400 iterations; the paper waits until the "
        "training error is below 80 %",
    ),
    scales={
        "smoke": Scale(rows=("plain20", "plain32", "resnet20", "resnet32")),
        "short": Scale(rows=("plain20", "plain56", "resnet20", "resnet56"), length="6ep"),
        "paper": Scale(seeds=5),
    },
)
