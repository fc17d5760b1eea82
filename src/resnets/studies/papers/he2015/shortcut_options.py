"""Shortcut options: zeros, projections where the shape changes, projections everywhere."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="shortcut-options",
    title="Shortcut options A, B and C",
    paper=HE2015,
    place="Section 4.1, Table 3",
    question="What is gained by shortcuts with parameters?",
    protocol="10-crop top-1 and top-5 error on the validation pictures; one run.",
    base={"data": "imagenet", "recipe": "he2015-imagenet"},
    rows=(
        Row(name="plain", label="plain", model="plain{depth}"),
        Row(name="A", label="A, zeros", model="resnet{depth}_a"),
        Row(name="B", label="B, projection where the shape changes", model="resnet{depth}_b"),
        Row(name="C", label="C, projections everywhere", model="resnet{depth}_c"),
    ),
    measures={
        "ten_crop_error": "imagenet_10crop_top1",
        "ten_crop_top5_error": "imagenet_10crop_top5",
        "test_error": "",
    },
    claims={
        "ten_crop_error of A < ten_crop_error of plain": "Table 3",
        "ten_crop_error of B < ten_crop_error of A": "Table 3",
        "ten_crop_error of C < ten_crop_error of B": "Table 3",
        "ten_crop_error of A - ten_crop_error of C < 2": "Section 4.1: no option is essential",
    },
    deviations=("the rate falls after 5 epochs without a lower error; the paper gives no number",),
    scales={
        "smoke": Scale(values={"depth": 8}, request={"recipe": "he2015-cifar"}),
        "short": Scale(
            rows=("A", "B", "C"),
            seeds=2,
            values={"depth": 20},
            length="6ep",
            request={"recipe": "he2015-cifar"},
        ),
        "paper": Scale(values={"depth": 34}),
    },
)
