"""Block kind: how many convolutions, and of which sizes, a unit should have."""

from resnets.catalog.papers import ZAGORUYKO2016
from resnets.studies.declaration import Published, Row, Scale, Study

LAYERS, KINDS = "convolutions in a unit", "sizes of the convolutions"

STUDY = Study(
    name="wide-blocks",
    title="Kinds of units in wide ResNets",
    paper=ZAGORUYKO2016,
    place="Section 3, studies of units, CIFAR-10",
    question="How many convolutions should a unit have at the same depth, and of which sizes?",
    protocol="Median test error of five runs, on WRN-40-2. Of the sizes only the figure of "
    "B(3,3) is at hand.",
    runs=5,
    base={"data": "cifar10", "recipe": "zagoruyko2016-cifar"},
    rows=(
        Row(name="l1", label="1 convolution", model="wrn{net}_l1", panel=LAYERS),
        Row(name="l2", label="2 convolutions", model="wrn{net}", panel=LAYERS),
        Row(name="l3", label="3 convolutions", model="wrn{net}_l3", panel=LAYERS),
        Row(name="l4", label="4 convolutions", model="wrn{net}_l4", panel=LAYERS),
        Row(
            name="B33",
            label="B(3,3)",
            model="wrn{net}",
            published={
                "test_error": Published(value=5.73, source="Zagoruyko 2016, study of unit kinds")
            },
            panel=KINDS,
        ),
        Row(
            name="B31",
            label="B(3,1)",
            model="wrn{net}",
            request={"set": ["network.kernels=[3,1]"]},
            panel=KINDS,
        ),
        Row(
            name="B13",
            label="B(1,3)",
            model="wrn{net}",
            request={"set": ["network.kernels=[1,3]"]},
            panel=KINDS,
        ),
        Row(
            name="B131",
            label="B(1,3,1)",
            model="wrn{net}",
            request={"set": ["network.kernels=[1,3,1]"]},
            panel=KINDS,
        ),
        Row(
            name="B313",
            label="B(3,1,3)",
            model="wrn{net}",
            request={"set": ["network.kernels=[3,1,3]"]},
            panel=KINDS,
        ),
        Row(
            name="B311",
            label="B(3,1,1)",
            model="wrn{net}",
            request={"set": ["network.kernels=[3,1,1]"]},
            panel=KINDS,
        ),
    ),
    measures={"test_error": "cifar10_test_error_convolution_study"},
    claims={
        "test_error of l2 < test_error of l1": "study of convolutions",
        "test_error of l2 < test_error of l3": "study of convolutions",
        "test_error of l3 < test_error of l4": "study of convolutions",
        "test_error of B33 < test_error of B31": "study of unit kinds: B(3,3) is best",
        "test_error of B33 < test_error of B13": "study of unit kinds: B(3,3) is best",
        "test_error of B33 < test_error of B131": "study of unit kinds: B(3,3) is best",
    },
    deviations=(
        "pictures are padded with zeros before the crop; the authors reflect them",
        "units of other sizes are put in the place of B(3,3), where the paper changes the depth so "
        "that the parameters stay about equal",
    ),
    scales={
        "smoke": Scale(rows=("l1", "l2", "l4", "B131"), values={"net": "16_1"}),
        "short": Scale(
            rows=("l1", "l2", "l3", "l4", "B31", "B13", "B33"),
            values={"net": "40_1"},
            length="4ep",
            says=("width 1 instead of 2",),
        ),
        "paper": Scale(seeds=5, values={"net": "40_2"}),
    },
)
