"""Pre-activation by depth: the deeper the network, the more it gains."""

from resnets.catalog.papers import HE2016
from resnets.studies.declaration import Fields, Row, Scale, Study

HUNDRED: Fields = {"data": "cifar100"}
MEDIAN, ERROR_100 = "cifar10_test_error_median_in_he2016", "cifar100_test_error"

STUDY = Study(
    name="preact-depth",
    title="Pre-activation against depth",
    paper=HE2016,
    place="Section 4.1, Table 3",
    question="How much does full pre-activation gain as a network gets deeper?",
    protocol="Median test error of five runs, on CIFAR-10 and CIFAR-100.",
    runs=5,
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="110-1layer",
            label="110, one layer a unit",
            model="resnet{single}_1layer",
            panel="110 layers, one a unit",
        ),
        Row(
            name="110-1layer-preact",
            label="110, one layer a unit, pre-activation",
            model="preresnet{single}_1layer",
            panel="110 layers, one a unit",
        ),
        Row(
            name="110",
            model="resnet{basic}",
            panel="110 layers",
            published={"test_error": MEDIAN},
        ),
        Row(
            name="110-preact",
            label="110, pre-activation",
            model="preresnet{basic}",
            panel="110 layers",
        ),
        Row(name="164", model="resnet{bottleneck}", panel="164 layers"),
        Row(
            name="164-preact",
            label="164, pre-activation",
            model="preresnet{bottleneck}",
            panel="164 layers",
        ),
        Row(name="1001", model="resnet{deep}", panel="1001 layers"),
        Row(
            name="1001-preact",
            label="1001, pre-activation",
            model="preresnet{deep}",
            panel="1001 layers",
        ),
        Row(
            name="164-c100",
            label="164 on CIFAR-100",
            model="resnet{bottleneck}",
            request=HUNDRED,
            published={"test_error": ERROR_100},
            panel="CIFAR-100",
        ),
        Row(
            name="164-preact-c100",
            label="164, pre-activation, on CIFAR-100",
            model="preresnet{bottleneck}",
            request=HUNDRED,
            published={"test_error": ERROR_100},
            panel="CIFAR-100",
        ),
        Row(
            name="1001-c100",
            label="1001 on CIFAR-100",
            model="resnet{deep}",
            request=HUNDRED,
            published={"test_error": ERROR_100},
            panel="CIFAR-100",
        ),
        Row(
            name="1001-preact-c100",
            label="1001, pre-activation, on CIFAR-100",
            model="preresnet{deep}",
            request=HUNDRED,
            published={"test_error": ERROR_100},
            panel="CIFAR-100",
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "test_error of 110-1layer-preact < test_error of 110-1layer": "Table 3",
        "test_error of 110-preact < test_error of 110": "Table 3",
        "test_error of 164-preact < test_error of 164": "Table 3",
        "test_error of 1001-preact < test_error of 1001": "Table 3",
        "test_error of 1001-preact < test_error of 110-preact": "Table 3",
        "test_error of 1001 - test_error of 1001-preact > test_error of 110 - "
        "test_error of 110-preact": "Table 3: the gain grows with depth",
        "test_error of 164-preact-c100 < test_error of 164-c100": "Table 3",
        "test_error of 1001-preact-c100 < test_error of 1001-c100": "Table 3",
    },
    scales={
        "smoke": Scale(
            rows=("110-1layer", "110-1layer-preact", "110", "110-preact", "1001", "1001-preact"),
            values={"single": 14, "basic": 14, "deep": "29_bottleneck"},
        ),
        "short": Scale(
            rows=("110-1layer", "110-1layer-preact", "110", "110-preact", "1001", "1001-preact"),
            values={"single": 20, "basic": 20, "deep": 56},
            length="4ep",
            says=("20 layers stand for 110, 56 for 1001",),
        ),
        "paper": Scale(
            seeds=5,
            values={"single": 110, "basic": 110, "bottleneck": 164, "deep": 1001},
        ),
    },
)
