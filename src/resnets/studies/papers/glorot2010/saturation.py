"""Saturation by layer: sigmoid, tanh and softsign while deep networks are trained."""

from resnets.catalog.papers import GLOROT2010
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="saturation",
    title="Saturation of hidden layers, and the non-linearity",
    paper=GLOROT2010,
    place="Section 3, Figs. 2 to 4, and Table 1 on Shapeset-3×2",
    question="Which hidden layers of a deep network are driven into saturation, and by which "
    "non-linearity?",
    protocol="Test error after five million updates, rate and depth tuned on validation data; "
    "activations of the trained network. Every run also records them on 300 fixed pictures after "
    "every epoch; by layer and epoch:  resnets analyze signal RUN.",
    base={"data": "shapeset", "recipe": "glorot2010", "record_signal": 300},
    rows=(
        Row(name="sigmoid-4", label="sigmoid, 4 layers", model="mlp4_sigmoid"),
        Row(name="sigmoid", label="sigmoid, 5 layers", model="mlp5_sigmoid"),
        Row(name="tanh", label="tanh, 5 layers", model="mlp5_tanh"),
        Row(name="softsign", label="softsign, 5 layers", model="mlp5_softsign"),
        Row(
            name="relu",
            label="ReLU, 5 layers",
            model="mlp5_relu",
            note="ours: a rectifier is flat where it answers zero",
        ),
    ),
    measures={
        "test_error": "shapeset_test_error",
        "mean_activation:1": "",
        "mean_activation:4": "",
        "mean_activation:5": "",
        "saturation:1": "",
        "saturation:4": "",
        "saturation:5": "",
    },
    claims={
        "mean_activation:4 of sigmoid-4 < mean_activation:1 of sigmoid-4": "Fig. 2: the last "
        "hidden layer is pushed to zero",
        "mean_activation:5 of sigmoid < mean_activation:1 of sigmoid": "Fig. 2",
        "saturation:1 of tanh > saturation:5 of tanh": "Fig. 3, top: layer 1 first",
        "saturation:1 of softsign < saturation:1 of tanh": "Fig. 3, bottom, and Fig. 4",
    },
    paper_claims={
        "mean_activation:5 of sigmoid < 0.05": "Section 3.1: five layers never escape",
        "mean_activation:4 of sigmoid-4 > 0.05": "Fig. 2: four layers escape around epoch 100",
        "test_error of sigmoid > test_error of tanh": "Table 1",
        "test_error of softsign < test_error of tanh": "Table 1",
    },
    deviations=(
        "one rate for all networks; the paper tunes it for each, and prints none",
        "50,000 pictures again and again; the paper's generator never repeats one",
        "activations on 300 training pictures; the paper's are of the test split",
    ),
    scales={
        "smoke": Scale(
            rows=("sigmoid-4", "sigmoid", "tanh", "softsign"),
            seeds=2,
            length="20it",
            request={"record_signal": 100},
        ),
        "short": Scale(seeds=2, length="10000it", request={"data": "shapeset"}),
        "paper": Scale(),
    },
)
