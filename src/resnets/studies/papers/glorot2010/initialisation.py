"""First weights: the standard rule, the normalised one (Xavier), and He's for rectifiers."""

from resnets.catalog.papers import GLOROT2010
from resnets.studies.declaration import Fields, Row, Scale, Study

DATA = (("shapeset", "Shapeset-3×2"), ("mnist", "MNIST"), ("cifar10", "CIFAR-10"))
NETWORKS = (
    ("softsign", "softsign"),
    ("softsign-normalized", "softsign, normalised"),
    ("tanh", "tanh"),
    ("tanh-normalized", "tanh, normalised"),
    ("sigmoid", "sigmoid"),
)
HE: Fields = {"set": ['network.init="he_fan_in"']}


def _rows() -> tuple[Row, ...]:
    return tuple(
        Row(
            name=name if data == "shapeset" else f"{name}-{data}",
            label=f"{label}, {title}",
            model=f"mlp5_{name.replace('-', '_')}",
            request={} if data == "shapeset" else {"data": data},
            published={"test_error": f"{data}_test_error"},
            panel=title,
        )
        for data, title in DATA
        for name, label in NETWORKS
    )


STUDY = Study(
    name="initialisation",
    title="The first weights of deep networks",
    paper=GLOROT2010,
    place="Section 4 and Table 1, networks of five hidden layers",
    question="Does it help to start with weights that keep the variance of activations and of "
    "gradients the same in all layers?",
    protocol="Test error after five million updates, rate and depth tuned on validation data. "
    "Deviations are measured on 300 fixed pictures before the first update.",
    base={"data": "shapeset", "recipe": "glorot2010", "record_signal": 300},
    rows=(
        *_rows(),
        Row(
            name="relu",
            label="ReLU, Shapeset-3×2",
            model="mlp5_relu",
            panel="rectifiers",
            note="ours",
        ),
        Row(
            name="relu-normalized",
            label="ReLU, normalised, Shapeset-3×2",
            model="mlp5_relu_normalized",
            panel="rectifiers",
            note="ours",
        ),
        Row(
            name="relu-he",
            label="ReLU, He, Shapeset-3×2",
            model="mlp5_relu",
            request=HE,
            panel="rectifiers",
            note="He et al. 2015b: variance 2 / fan-in; ours here",
        ),
    ),
    measures={"test_error": "", "gradient_ratio": "", "activation_ratio": ""},
    claims={
        "gradient_ratio of tanh < gradient_ratio of tanh-normalized": "Fig. 7",
        "gradient_ratio of tanh < 1": "Fig. 7, top: gradients shrink on their way down",
        "activation_ratio of tanh < activation_ratio of tanh-normalized": "Fig. 6",
        "activation_ratio of relu-normalized < activation_ratio of relu-he": "He et al. 2015b",
        "test_error of tanh-normalized < test_error of tanh": "Table 1",
        "test_error of softsign < test_error of tanh": "Table 1",
        "test_error of tanh < test_error of sigmoid": "Table 1",
    },
    deviations=(
        "one rate for all networks; the paper tunes it for each, and prints none",
        "50,000 pictures again and again; the paper's generator never repeats one",
        "Small-ImageNet, the fourth column of Table 1, is not to be had",
    ),
    scales={
        "smoke": Scale(
            rows=("tanh", "tanh-normalized", "relu-normalized", "relu-he"),
            seeds=2,
            length="20it",
            request={"record_signal": 100},
        ),
        "short": Scale(
            rows=(
                "softsign",
                "tanh",
                "tanh-normalized",
                "sigmoid",
                "relu-normalized",
                "relu-he",
            ),
            seeds=2,
            length="10000it",
            request={"data": "shapeset"},
        ),
        "paper": Scale(),
    },
)
