"""Over a thousand layers: no difficulty to train, and more over-fitting."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="thousand-layers",
    title="Over a thousand layers",
    paper=HE2015,
    place="Section 4.2, Table 6 and Fig. 6 right",
    question="Can 1202 layers be trained, and do they help?",
    protocol="Test error of one 32×32 view after 64,000 iterations; one run, of 110 layers the "
    "best of five.",
    base={"data": "cifar10", "recipe": "he2015-cifar"},
    rows=(
        Row(name="moderate", label="110 layers", model="resnet{moderate}"),
        Row(name="deep", label="1202 layers", model="resnet{deep}"),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={"train_error of deep < train_error of moderate + 1": "Section 4.2"},
    paper_claims={
        "train_error of deep < 0.1": "Section 4.2",
        "test_error of deep > test_error of moderate": "Table 6",
    },
    deviations=(
        "both start with a rate of 0.01 for 400 iterations; the paper waits until the training "
        "error is below 80 %",
        "training error while the weights change, with augmentation",
    ),
    scales={
        "smoke": Scale(values={"moderate": 8, "deep": 56}),
        "short": Scale(
            values={"moderate": 20, "deep": 110},
            length="6ep",
            says=("the two depths stand for 110 and 1202",),
        ),
        "paper": Scale(values={"moderate": 110, "deep": 1202}),
    },
)
