"""Width against depth in wide ResNets."""

from resnets.catalog.papers import ZAGORUYKO2016
from resnets.studies.declaration import Row, Scale, Study

ZCA = {"test_error": "cifar10_test_error_zca"}
WHITENED = "published with ZCA-whitened pictures"

STUDY = Study(
    name="wide-width",
    title="Width against depth in wide ResNets",
    paper=ZAGORUYKO2016,
    place="Section 3 and results table, CIFAR-10",
    question="Are wide and shallow networks better than thin and deep ones of the same size?",
    protocol="Median test error of five runs; in the first version of the paper, one run with "
    "ZCA-whitened pictures.",
    runs=5,
    base={"data": "cifar10", "recipe": "zagoruyko2016-cifar"},
    rows=(
        Row(name="40-1", model="wrn{one}", published=ZCA, panel="40 layers", note=WHITENED),
        Row(name="40-2", model="wrn{two}", published=ZCA, panel="40 layers", note=WHITENED),
        Row(name="40-4", model="wrn{thin}", panel="40 layers"),
        Row(name="40-8", model="wrn40_8", published=ZCA, panel="40 layers", note=WHITENED),
        Row(name="16-4", model="wrn16_4", panel="16 to 28 layers"),
        Row(name="16-8", model="wrn{wide}", panel="16 to 28 layers"),
        Row(name="16-10", model="wrn16_10", published=ZCA, panel="16 to 28 layers", note=WHITENED),
        Row(name="22-8", model="wrn22_8", published=ZCA, panel="16 to 28 layers", note=WHITENED),
        Row(name="22-10", model="wrn22_10", published=ZCA, panel="16 to 28 layers", note=WHITENED),
        Row(name="28-10", model="wrn28_10", panel="16 to 28 layers"),
        Row(name="28-12", model="wrn28_12", published=ZCA, panel="16 to 28 layers", note=WHITENED),
        Row(name="52-1", model="wrn52_1", panel="52 layers"),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "test_error of 40-2 < test_error of 40-1": "results table",
        "test_error of 40-4 < test_error of 40-2": "results table",
        "test_error of 16-8 < test_error of 40-4": "results table: 11.0 against 8.9 M parameters",
        "test_error of 40-8 < test_error of 40-4": "results table",
        "test_error of 28-10 < test_error of 40-4": "results table",
        "test_error of 28-10 < test_error of 16-8": "results table",
        "test_error of 16-4 < test_error of 52-1": "results table",
    },
    deviations=("pictures are padded with zeros before the crop; the authors reflect them",),
    scales={
        "smoke": Scale(
            rows=("40-1", "40-2", "40-4", "16-8"),
            values={"one": "10_1", "two": "10_2", "thin": "16_1", "wide": "10_2"},
        ),
        "short": Scale(
            rows=("40-1", "40-2", "40-4", "16-8"),
            values={"one": "16_1", "two": "16_2", "thin": "40_1", "wide": "16_2"},
            length="6ep",
            says=(
                "16-1 and 16-2 stand for 40-1 and 40-2; 40-1 (0.56 M parameters) for 40-4 and 16-2 "
                "(0.69 M) for 16-8",
            ),
        ),
        "paper": Scale(
            seeds=5, values={"one": "40_1", "two": "40_2", "thin": "40_4", "wide": "16_8"}
        ),
    },
)
