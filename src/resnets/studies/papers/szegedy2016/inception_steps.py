"""What Inception-v3 is made of, step by step: RMSProp, label smoothing, auxiliary head."""

from resnets.catalog.papers import SZEGEDY2016
from resnets.studies.declaration import Row, Scale, Study

HARD = "recipe.label_smoothing=0.0"
STEM = "published with a 7×7 stem; ours has three 3×3 from the first row on"


def _published(step: str) -> dict[str, str]:
    return {
        "test_error": f"inception_v3:imagenet_1crop_top1_{step}",
        "test_top5_error": f"inception_v3:imagenet_1crop_top5_{step}",
    }


STUDY = Study(
    name="inception-steps",
    title="Inception-v3, step by step",
    paper=SZEGEDY2016,
    place="Section 10, Table 3",
    question="What do RMSProp, label smoothing and an auxiliary head with batch norm each bring?",
    protocol="Top-1 and top-5 error of one crop of 299 pixels, on the 48,238 pictures that are not "
    "blacklisted; one run.",
    base={"data": "imagenet", "recipe": "szegedy2016-imagenet"},
    rows=(
        Row(
            name="momentum",
            label="Inception-v2, momentum",
            model="inception_v3_table1_no_aux{form}",
            request={"set": ["recipe.optimizer=sgd", HARD]},
            published={"test_error": "inception_v3:imagenet_1crop_top1_v2"},
            note=STEM,
        ),
        Row(
            name="rmsprop",
            label="+ RMSProp",
            model="inception_v3_table1_no_aux{form}",
            request={"set": [HARD]},
            published=_published("v2_rmsprop"),
            note=STEM,
        ),
        Row(
            name="label-smoothing",
            label="+ label smoothing",
            model="inception_v3_table1_no_aux{form}",
            published=_published("v2_factorised_7x7"),
            note="as the paper's next row, with factorised stem; without it 22.8 and 6.1 %",
        ),
        Row(
            name="auxiliary",
            label="+ auxiliary head with BN: Inception-v3",
            model="inception_v3_table1{form}",
            published={
                "test_error": "inception_v3:imagenet_1crop_top1",
                "test_top5_error": "inception_v3:imagenet_1crop_top5",
            },
        ),
    ),
    measures={"test_error": "", "test_top5_error": "", "train_loss": ""},
    claims={
        "test_error of rmsprop < test_error of momentum": "Table 3",
        "test_error of label-smoothing < test_error of rmsprop": "Table 3",
        "test_error of auxiliary < test_error of label-smoothing": "Table 3",
    },
    deviations=(
        "the network of Table 1 with the modules of the release; Inception-v2 with its 7×7 stem "
        "is not printed in full",
        "all 50,000 pictures count, which makes errors about 0.2 and 0.1 % higher",
        "one process stands for 50 replicas that worked asynchronously",
    ),
    scales={
        "smoke": Scale(
            values={"form": "_small"},
            length="6it",
            request={"recipe": "szegedy2016-cifar", "image_size": 16},
        ),
        "short": Scale(
            values={"form": "_small"},
            length="2ep",
            request={"recipe": "szegedy2016-cifar"},
            says=("the form for small pictures, 12 % of the widths and fewer modules",),
        ),
        "paper": Scale(values={"form": ""}, request={"image_size": 299}),
    },
)
