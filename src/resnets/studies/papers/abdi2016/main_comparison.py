"""The main comparison: Multi-ResNets of ten to 145 million parameters."""

from resnets.catalog.papers import ABDI2016
from resnets.studies.declaration import Fields, Row, Scale, Study

HUNDRED: Fields = {"data": "cifar100"}
ERROR_100 = {"best_test_error": "cifar100_test_error"}

STUDY = Study(
    name="multi-resnet",
    title="Multi-ResNets against the state of the art",
    paper=ABDI2016,
    place="Section V, Table III",
    question="How good do deep and wide networks of many functions become?",
    protocol="Median (mean ± deviation) of five runs of 200 layers and k = 5, one of the others; "
    "the test error of the best epoch as the authors' code prints it.",
    runs=5,
    base={"data": "cifar10", "recipe": "abdi2016-cifar"},
    rows=(
        Row(name="200", label="200, k = 5", model="multi_resnet{deep}", panel="CIFAR-10"),
        Row(name="398", label="398, k = 5", model="multi_resnet{deeper}", panel="CIFAR-10"),
        Row(name="26-k2", label="26, k = 2, w = 10", model="multi_resnet{wide}", panel="CIFAR-10"),
        Row(name="26-k4", label="26, k = 4, w = 10", model="multi_resnet{wider}", panel="CIFAR-10"),
        Row(
            name="200-c100",
            label="200, k = 5, on CIFAR-100",
            model="multi_resnet{deep}",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
        Row(
            name="398-c100",
            label="398, k = 5, on CIFAR-100",
            model="multi_resnet{deeper}",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
        Row(
            name="26-k2-c100",
            label="26, k = 2, w = 10, on CIFAR-100",
            model="multi_resnet{wide}",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
        Row(
            name="26-k4-c100",
            label="26, k = 4, w = 10, on CIFAR-100",
            model="multi_resnet{wider}",
            request=HUNDRED,
            published=ERROR_100,
            panel="CIFAR-100",
        ),
    ),
    measures={"best_test_error": "cifar10_test_error", "test_error": ""},
    claims={
        "best_test_error of 398 < best_test_error of 200": "Table III",
        "best_test_error of 26-k4 < best_test_error of 26-k2": "Table III",
        "best_test_error of 26-k4 < best_test_error of 200": "Table III",
        "best_test_error of 26-k2-c100 < best_test_error of 200-c100": "Table III",
        "best_test_error of 26-k2-c100 < best_test_error of 26-k4-c100": "Table III",
    },
    deviations=(
        "batch 128 for all; the authors' README trains 200 layers with k = 5 in batches of 64",
    ),
    scales={
        "smoke": Scale(
            rows=("200", "398", "26-k2", "26-k4"),
            values={
                "deep": "11_k2_bottleneck",
                "deeper": "20_k2_bottleneck",
                "wide": "8_k2_w2",
                "wider": "8_k3_w2",
            },
        ),
        "short": Scale(
            rows=("200", "398", "26-k2", "26-k4"),
            values={
                "deep": "11_k3_bottleneck",
                "deeper": "20_k3_bottleneck",
                "wide": "8_k2_w2",
                "wider": "8_k4_w2",
            },
            length="2ep",
            says=(
                "11 layers stand for 200, 20 for 398, both with k = 3; 8 layers of twice the width "
                "for 26 of ten times",
            ),
        ),
        "paper": Scale(
            seeds=5,
            values={
                "deep": "200_k5",
                "deeper": "398_k5",
                "wide": "26_k2_w10",
                "wider": "26_k4_w10",
            },
        ),
    },
)
