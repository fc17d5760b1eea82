"""Degradation in the ImageNet form: plain and residual networks of 18 and 34 layers."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="degradation-imagenet",
    title="Plain and residual networks of 18 and 34 layers",
    paper=HE2015,
    place="Section 4.1, Table 2 and Fig. 4",
    question="Does 34 beat 18 layers only with shortcuts, at the same parameters and cost?",
    protocol="10-crop top-1 error on the validation pictures; one run.",
    base={"data": "imagenet", "recipe": "he2015-imagenet"},
    rows=(
        Row(name="plain18", model="plain18{form}", panel="plain"),
        Row(name="plain34", model="plain34{form}", panel="plain"),
        Row(name="resnet18", model="resnet18_a{form}", panel="residual, option A"),
        Row(name="resnet34", model="resnet34_a{form}", panel="residual, option A"),
    ),
    measures={"ten_crop_error": "imagenet_10crop_top1", "train_error": "", "test_error": ""},
    claims={
        "train_error of plain34 > train_error of plain18": "Fig. 4, left",
        "ten_crop_error of plain34 > ten_crop_error of plain18": "Table 2",
        "train_error of resnet34 < train_error of resnet18": "Fig. 4, right",
        "ten_crop_error of resnet34 < ten_crop_error of resnet18": "Table 2",
        "train_error of resnet34 < train_error of plain34": "Fig. 4",
        "ten_crop_error of resnet34 < ten_crop_error of plain34": "Table 2",
    },
    paper_claims={
        "ten_crop_error of resnet18 - ten_crop_error of resnet34 > 2": "Table 2 (2.85)",
        "ten_crop_error of plain34 - ten_crop_error of resnet34 > 3": "Table 2 (3.51)",
    },
    deviations=("the rate falls after 5 epochs without a lower error; the paper gives no number",),
    scales={
        "smoke": Scale(
            values={"form": "_small"},
            request={
                "recipe": "he2015-cifar",
                "set": ["network.widths=[8,16,32,64]", "network.stem_width=8"],
            },
        ),
        "short": Scale(
            values={"form": "_small"},
            length="8ep",
            request={
                "recipe": "he2015-cifar",
                "set": ["network.widths=[16,32,64,128]", "network.stem_width=16"],
            },
            says=("a 3×3 stem and a quarter of the widths",),
        ),
        "paper": Scale(values={"form": ""}),
    },
)
