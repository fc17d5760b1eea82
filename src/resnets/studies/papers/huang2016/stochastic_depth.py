"""Stochastic depth against constant depth."""

from resnets.catalog.papers import HUANG2016
from resnets.studies.declaration import Fields, Row, Scale, Study

THOUSAND: Fields = {
    "recipe": {
        "name": "huang2016-cifar",
        "length": "300ep",
        "batch_size": 64,
        "schedule": {"kind": "steps", "milestones": ["150ep", "225ep"], "factor": 0.1},
        "warmup": {"length": "10ep", "kind": "constant", "start": 0.1},
    }
}
UNCONFIRMED = "the protocol of 1202 layers is unconfirmed"

STUDY = Study(
    name="stochastic-depth",
    title="Stochastic depth",
    paper=HUANG2016,
    place="Section 4, results on CIFAR-10",
    question="Does it help to leave out units at random while training, the last ones most often?",
    protocol="Test error of the epoch with the lowest error on 5,000 pictures that are held out; "
    "one run.",
    base={"data": "cifar10", "recipe": "huang2016-cifar", "holdout": 5000},
    rows=(
        Row(
            name="constant",
            label="constant depth, 110",
            model="resnet{depth}",
            published={
                "selected_test_error": "stochastic_depth110:cifar10_test_error_constant_depth"
            },
            panel="110 layers",
        ),
        Row(
            name="stochastic",
            label="stochastic depth, 110",
            model="stochastic_depth{depth}",
            panel="110 layers",
        ),
        Row(
            name="constant-1202",
            label="constant depth, 1202",
            model="resnet1202",
            request=THOUSAND,
            published={
                "selected_test_error": "stochastic_depth1202:cifar10_test_error_constant_depth"
            },
            panel="1202 layers",
            note=UNCONFIRMED,
        ),
        Row(
            name="stochastic-1202",
            label="stochastic depth, 1202",
            model="stochastic_depth1202",
            request=THOUSAND,
            panel="1202 layers",
            note=UNCONFIRMED,
        ),
    ),
    measures={"selected_test_error": "cifar10_test_error", "test_error": "", "train_error": ""},
    claims={
        "selected_test_error of stochastic < selected_test_error of constant": "results",
        "train_error of stochastic > train_error of constant": "Section 4: it regularises",
        "selected_test_error of stochastic-1202 < selected_test_error of constant-1202": "results",
        "selected_test_error of stochastic-1202 < selected_test_error of stochastic": "results",
    },
    deviations=("shortcuts sub-sample where the map shrinks; the authors' code averages 2×2",),
    scales={
        "smoke": Scale(
            rows=("constant", "stochastic"), values={"depth": 8}, request={"holdout": 200}
        ),
        "short": Scale(rows=("constant", "stochastic"), values={"depth": 32}, length="12ep"),
        "paper": Scale(values={"depth": 110}),
    },
)
