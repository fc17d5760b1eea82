"""Cardinality against width at equal cost."""

from resnets.catalog.papers import XIE2017
from resnets.studies.declaration import Row, Scale, Study

FIFTY, HUNDRED = "50 layers", "101 layers"
IN_XIE2017 = {"test_error": "imagenet_1crop_top1_in_xie2017"}

STUDY = Study(
    name="cardinality-width",
    title="Cardinality against width, at equal cost",
    paper=XIE2017,
    place="Section 5.1, Table 3 and Fig. 5",
    question="If parameters and cost stay, are many narrow paths better than few wide ones?",
    protocol="Top-1 error of one centre crop of 224 pixels; one run.",
    base={"data": "imagenet", "recipe": "xie2017-imagenet"},
    rows=(
        Row(name="1x64d", model="{base}", published=IN_XIE2017, panel=FIFTY),
        Row(name="2x40d", model="resnext{depth}_2x40d", panel=FIFTY),
        Row(name="4x24d", model="resnext{depth}_4x24d", panel=FIFTY),
        Row(name="8x14d", model="resnext{depth}_8x14d", panel=FIFTY),
        Row(name="32x4d", model="resnext{depth}_32x4d", panel=FIFTY),
        Row(
            name="101-1x64d",
            label="1x64d, 101 layers",
            model="resnet101",
            published=IN_XIE2017,
            panel=HUNDRED,
        ),
        Row(name="101-2x40d", label="2x40d, 101 layers", model="resnext101_2x40d", panel=HUNDRED),
        Row(name="101-4x24d", label="4x24d, 101 layers", model="resnext101_4x24d", panel=HUNDRED),
        Row(name="101-8x14d", label="8x14d, 101 layers", model="resnext101_8x14d", panel=HUNDRED),
        Row(name="101-32x4d", label="32x4d, 101 layers", model="resnext101_32x4d", panel=HUNDRED),
    ),
    measures={"test_error": "imagenet_1crop_top1", "train_error": ""},
    claims={
        "test_error of 2x40d < test_error of 1x64d": "Table 3",
        "test_error of 4x24d < test_error of 2x40d": "Table 3",
        "test_error of 8x14d < test_error of 4x24d": "Table 3",
        "test_error of 32x4d < test_error of 8x14d": "Table 3",
        "test_error of 32x4d < test_error of 1x64d": "Table 3",
        "train_error of 32x4d < train_error of 1x64d": "Fig. 5, left",
        "test_error of 101-32x4d < test_error of 101-1x64d": "Table 3",
        "train_error of 101-32x4d < train_error of 101-1x64d": "Fig. 5, right (16 against 20)",
    },
    scales={
        "smoke": Scale(
            rows=("1x64d", "2x40d", "32x4d"),
            values={"base": "resnext11_1x64d", "depth": 11},
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
        ),
        "short": Scale(
            rows=("1x64d", "2x40d", "4x24d", "32x4d"),
            values={"base": "resnext20_1x64d", "depth": 20},
            length="5ep",
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
            says=("the CIFAR form of 20 layers with a quarter of the widths",),
        ),
        "paper": Scale(values={"base": "resnet50", "depth": 50}),
    },
)
