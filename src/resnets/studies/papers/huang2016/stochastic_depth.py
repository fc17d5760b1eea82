"""Stochastic depth against constant depth."""

from resnets.catalog.papers import HUANG2016
from resnets.studies.declaration import Fields, Published, Row, Scale, Study

THOUSAND: Fields = {
    "recipe": {
        "name": "huang2016-cifar",
        "length": "300ep",
        "batch_size": 64,
        "schedule": {"kind": "steps", "milestones": ["150ep", "225ep"], "factor": 0.1},
        "warmup": {"length": "10ep", "kind": "constant", "start": 0.1},
    }
}
HUNDRED: Fields = {"data": "cifar100"}
OTHER_VERSION = Published(value=27.76, source="Huang 2016, another version (unconfirmed)")
UNCONFIRMED = "the protocol of 1202 layers is unconfirmed"

STUDY = Study(
    name="stochastic-depth",
    title="Stochastic depth",
    paper=HUANG2016,
    place="Section 4, results on CIFAR",
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
        Row(
            name="constant-c100",
            label="constant depth, 110, on CIFAR-100",
            model="resnet110",
            request=HUNDRED,
            published={"selected_test_error": OTHER_VERSION},
            panel="CIFAR-100",
            note="the version of the paper with this figure has 24.98 for stochastic depth",
        ),
        Row(
            name="stochastic-c100",
            label="stochastic depth, 110, on CIFAR-100",
            model="stochastic_depth110",
            request=HUNDRED,
            published={"selected_test_error": "cifar100_test_error_in_zagoruyko2016"},
            panel="CIFAR-100",
            note="as the wide ResNets' paper quotes it",
        ),
    ),
    measures={"selected_test_error": "cifar10_test_error", "test_error": "", "train_error": ""},
    claims={
        "selected_test_error of stochastic < selected_test_error of constant": "results",
        "train_error of stochastic > train_error of constant": "Section 4: it regularises",
        "selected_test_error of stochastic-1202 < selected_test_error of constant-1202": "results",
        "selected_test_error of stochastic-1202 < selected_test_error of stochastic": "results",
        "selected_test_error of stochastic-c100 < selected_test_error of constant-c100": "results",
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
