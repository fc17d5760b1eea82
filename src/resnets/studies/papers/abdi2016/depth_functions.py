"""The grid of depth and number of functions."""

from resnets.catalog.papers import ABDI2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="depth-functions",
    title="Depth against the number of functions, a grid",
    paper=ABDI2016,
    place="Section III-B; the grid is ours",
    question="Units in a stage and functions in a unit: what does each of them bring?",
    protocol="Ours, with the settings of Table II: nothing is published for the grid.",
    base={"data": "cifar10", "recipe": "abdi2016-cifar"},
    rows=(
        Row(name="d8-k1", model="multi_resnet8_k1", panel="8 layers"),
        Row(name="d8-k2", model="multi_resnet8_k2", panel="8 layers"),
        Row(name="d8-k4", model="multi_resnet8_k4", panel="8 layers"),
        Row(name="d14-k1", model="multi_resnet14_k1", panel="14 layers"),
        Row(name="d14-k2", model="multi_resnet14_k2", panel="14 layers"),
        Row(name="d14-k4", model="multi_resnet14_k4", panel="14 layers"),
        Row(name="d26-k1", model="multi_resnet26_k1", panel="26 layers"),
        Row(name="d26-k2", model="multi_resnet26_k2", panel="26 layers"),
        Row(name="d26-k4", model="multi_resnet26_k4", panel="26 layers"),
    ),
    measures={"best_test_error": "", "test_error": "", "train_error": ""},
    claims={
        "best_test_error of d8-k2 < best_test_error of d8-k1": "Section III-B: more functions help",
        "best_test_error of d8-k4 < best_test_error of d8-k2": "Section III-B: more functions help",
        "best_test_error of d14-k2 < best_test_error of d14-k1": (
            "Section III-B: more functions help"
        ),
        "best_test_error of d8-k4 > best_test_error of d26-k1": (
            "Section III-C: below the threshold depth wins (twelve functions each)"
        ),
        "best_test_error of d14-k2 < best_test_error of d8-k4": (
            "Section III-C: below the threshold depth wins (twelve functions each)"
        ),
    },
    scales={
        "smoke": Scale(rows=("d8-k1", "d8-k2", "d14-k1", "d14-k2")),
        "short": Scale(
            rows=("d8-k1", "d8-k2", "d8-k4", "d14-k1", "d14-k2", "d26-k1"), length="4ep"
        ),
        "paper": Scale(seeds=5),
    },
)
