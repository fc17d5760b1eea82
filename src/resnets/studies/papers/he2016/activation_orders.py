"""Orders of batch norm and ReLU: full pre-activation is best."""

from resnets.catalog.papers import HE2016
from resnets.studies.declaration import Row, Scale, Study

BASIC, BOTTLENECK = "110 layers, basic", "164 layers, bottleneck"

STUDY = Study(
    name="activation-orders",
    title="Where batch norm and ReLU stand",
    paper=HE2016,
    place="Section 4, Table 2 and Fig. 6",
    question="Which order of batch norm, ReLU, convolution and sum trains best?",
    protocol="Median test error of five runs.",
    runs=5,
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="original",
            model="resnet{basic}",
            panel=BASIC,
            published={"test_error": "cifar10_test_error_median_in_he2016"},
        ),
        Row(
            name="bn-after-addition",
            label="BN after addition",
            model="resnet{basic}_bn_after_addition",
            panel=BASIC,
        ),
        Row(
            name="relu-before-addition",
            label="ReLU before addition",
            model="resnet{basic}_relu_before_addition",
            panel=BASIC,
        ),
        Row(
            name="relu-only-preact",
            label="ReLU-only pre-activation",
            model="resnet{basic}_relu_only_preact",
            panel=BASIC,
        ),
        Row(
            name="full-preact",
            label="full pre-activation",
            model="preresnet{basic}",
            panel=BASIC,
        ),
        Row(
            name="original-164",
            label="original, 164",
            model="resnet{bottleneck}",
            panel=BOTTLENECK,
        ),
        Row(
            name="bn-after-addition-164",
            label="BN after addition, 164",
            model="resnet{bottleneck}_bn_after_addition",
            panel=BOTTLENECK,
        ),
        Row(
            name="relu-before-addition-164",
            label="ReLU before addition, 164",
            model="resnet{bottleneck}_relu_before_addition",
            panel=BOTTLENECK,
        ),
        Row(
            name="relu-only-preact-164",
            label="ReLU-only pre-activation, 164",
            model="resnet{bottleneck}_relu_only_preact",
            panel=BOTTLENECK,
        ),
        Row(
            name="full-preact-164",
            label="full pre-activation, 164",
            model="preresnet{bottleneck}",
            panel=BOTTLENECK,
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_loss": ""},
    claims={
        "test_error of bn-after-addition > test_error of original": "Table 2",
        "train_loss of bn-after-addition > train_loss of original": "Fig. 6, left",
        "test_error of relu-before-addition > test_error of original": "Table 2",
        "test_error of full-preact < test_error of original": "Table 2",
        "test_error of full-preact < test_error of relu-only-preact": "Table 2",
        "test_error of bn-after-addition-164 > test_error of original-164": "Table 2",
        "test_error of relu-before-addition-164 > test_error of original-164": "Table 2",
        "test_error of full-preact-164 < test_error of original-164": "Table 2",
        "test_error of full-preact-164 < test_error of relu-only-preact-164": "Table 2",
    },
    paper_claims={
        "train_loss of full-preact > train_loss of original": "Section 4.2: it regularises",
    },
    scales={
        "smoke": Scale(values={"basic": 14, "bottleneck": "20_bottleneck"}),
        "short": Scale(
            rows=(
                "original",
                "bn-after-addition",
                "relu-before-addition",
                "relu-only-preact",
                "full-preact",
            ),
            values={"basic": 32},
            length="5ep",
        ),
        "paper": Scale(seeds=5, values={"basic": 110, "bottleneck": 164}),
    },
)
