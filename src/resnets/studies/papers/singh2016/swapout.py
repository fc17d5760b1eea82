"""Swapout, with deterministic and with stochastic inference."""

from resnets.catalog.papers import SINGH2016
from resnets.studies.declaration import Fields, Row, Scale, Study

HUNDRED: Fields = {"data": "cifar100"}
ERROR_100 = {"stochastic_test_error:30": "cifar100_test_error_in_abdi2016"}

STUDY = Study(
    name="swapout",
    title="Swapout, with deterministic and with stochastic inference",
    paper=SINGH2016,
    place="Section 4, as Abdi 2016, Table III, quotes it",
    question="Do random masks on shortcut and residual help, and does it pay to draw them when "
    "testing, too?",
    protocol="Test error of the probabilities averaged over 30 passes with sampled masks; one run. "
    "Schedule, probabilities and number of passes are unconfirmed.",
    base={"data": "cifar10", "recipe": "singh2016-cifar"},
    rows=(
        Row(
            name="none",
            label="20 layers, width 2, no masks",
            model="swapout20_{width}",
            request={"set": ['network.merge={"kind": "add"}']},
        ),
        Row(name="20-2", label="20 layers, width 2", model="swapout20_{width}"),
        Row(
            name="20-4",
            label="20 layers, width 4",
            model="swapout20_w4",
            published={"stochastic_test_error:30": "cifar10_test_error_in_nutszebra"},
        ),
        Row(name="32-4", label="32 layers, width 4", model="swapout32_w4"),
        Row(
            name="20-2-c100",
            label="20 layers, width 2, on CIFAR-100",
            model="swapout20_{width}",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
        Row(
            name="32-4-c100",
            label="32 layers, width 4, on CIFAR-100",
            model="swapout32_w4",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
    ),
    measures={
        "stochastic_test_error:30": "cifar10_test_error_in_abdi2016",
        "test_error": "",
        "train_error": "",
    },
    claims={
        "stochastic_test_error:30 of 20-2 < test_error of none": "Section 4",
        "stochastic_test_error:30 of 20-2 < test_error of 20-2": "Section 3.3",
        "stochastic_test_error:30 of 32-4 < stochastic_test_error:30 of 20-2": "results",
        "train_error of 20-2 > train_error of none": "Section 4: it regularises",
    },
    scales={
        "smoke": Scale(rows=("none", "20-2"), values={"width": "w1"}),
        "short": Scale(
            rows=("none", "20-2"),
            values={"width": "w1"},
            length="10ep",
            says=("width 1 instead of 2",),
        ),
        "paper": Scale(values={"width": "w2"}),
    },
)
