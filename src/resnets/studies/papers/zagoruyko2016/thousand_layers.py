"""Width against depth over a thousand layers."""

from resnets.catalog.papers import ZAGORUYKO2016
from resnets.studies.declaration import Fields, Row, Scale, Study

WIDE: Fields = {"recipe": "zagoruyko2016-cifar"}
VERY_DEEP: Fields = {"recipe": "he2016-cifar"}

STUDY = Study(
    name="width-thousand-layers",
    title="Few wide layers against a thousand thin ones",
    paper=ZAGORUYKO2016,
    place="results table, CIFAR-10; deep nets: He 2015 and He 2016; Multi-ResNet: Abdi 2016",
    question="Do networks with fifty times fewer, wider layers beat those of a thousand layers?",
    protocol="Each with the recipe of its own paper; medians of five runs where a paper has them.",
    runs=5,
    base={"data": "cifar10"},
    rows=(
        Row(
            name="resnet-1202",
            model="resnet{deepest}",
            request={"recipe": "he2015-cifar"},
            panel="deep",
        ),
        Row(name="preresnet-164", model="preresnet{deep}", request=VERY_DEEP, panel="deep"),
        Row(name="preresnet-1001", model="preresnet{deeper}", request=VERY_DEEP, panel="deep"),
        Row(name="wrn-40-4", model="wrn{long}", request=WIDE, panel="wide"),
        Row(name="wrn-16-8", model="wrn{wide}", request=WIDE, panel="wide"),
        Row(name="wrn-28-10", model="wrn{wider}", request=WIDE, panel="wide"),
        Row(
            name="multi-26",
            label="Multi-ResNet-26, k = 4, w = 10",
            model="multi_resnet{multi}",
            request={"recipe": "abdi2016-cifar"},
            panel="wide",
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "test_error of wrn-16-8 < test_error of preresnet-1001": "results table",
        "test_error of wrn-40-4 < test_error of preresnet-1001": "results table",
        "test_error of wrn-28-10 < test_error of preresnet-1001": "results table",
        "test_error of wrn-16-8 < test_error of resnet-1202": "results table",
        "test_error of multi-26 < test_error of preresnet-1001": "Abdi 2016, Table III",
    },
    deviations=(
        "wide nets: pictures are padded with zeros before the crop; the authors reflect them",
    ),
    scales={
        "smoke": Scale(
            rows=("preresnet-1001", "wrn-16-8", "multi-26"),
            values={"deeper": "29_bottleneck", "wide": "10_2", "multi": "8_k2_w2"},
        ),
        "short": Scale(
            rows=("preresnet-1001", "wrn-16-8"),
            values={"deeper": "110", "wide": "16_2"},
            length="5ep",
            says=("110 layers (1.7 M parameters) stand for 1001, and 16-2 (0.69 M) for 16-8",),
        ),
        "paper": Scale(
            seeds=5,
            values={
                "deepest": 1202,
                "deep": 164,
                "deeper": 1001,
                "long": "40_4",
                "wide": "16_8",
                "wider": "28_10",
                "multi": "26_k4_w10",
            },
        ),
    },
)
