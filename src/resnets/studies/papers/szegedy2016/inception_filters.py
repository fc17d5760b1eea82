"""Factorised filters: 3×3 twice, 1×7 and 7×1, against the full 5×5 and 7×7."""

from resnets.catalog.papers import SZEGEDY2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="inception-filters",
    title="Inception-v3 with factorised and with full filters",
    paper=SZEGEDY2016,
    place="Section 3, Figs. 1 and 3",
    question="Does an Inception network lose anything when 5×5 becomes two 3×3, and n×n becomes "
    "1×n and n×1?",
    protocol="Ours: Inception-v3 without auxiliary head, with each filter of 5×5 and 7×7 in one "
    "piece. The paper prints the savings, 28 % of a 5×5 and 33 % of a 3×3 that becomes 3×1 and "
    "1×3, and no figures for whole networks:  resnets show inception_v3 "
    "--principles.",
    base={"data": "imagenet", "recipe": "szegedy2016-imagenet"},
    rows=(
        Row(name="factorised", model="inception_v3_table1_no_aux{form}"),
        Row(name="full", model="inception_v3_table1_full_filters_no_aux{form}"),
    ),
    measures={"test_error": "", "macs": "", "parameters": "", "train_error": ""},
    claims={
        "macs of factorised < macs of full": "Section 3",
        "parameters of factorised < parameters of full": "Section 3",
        "test_error of factorised - test_error of full < 1": "Section 3.1: no loss of "
        "expressiveness (ours: by 1 %)",
    },
    deviations=("one process stands for 50 replicas that worked asynchronously",),
    scales={
        "smoke": Scale(
            values={"form": "_small"},
            length="6it",
            request={"recipe": "szegedy2016-cifar", "image_size": 16},
        ),
        "short": Scale(
            values={"form": "_small"},
            length="3ep",
            request={"recipe": "szegedy2016-cifar"},
            says=("the form for small pictures, 12 % of the widths and fewer modules",),
        ),
        "paper": Scale(values={"form": ""}, request={"image_size": 299}),
    },
)
