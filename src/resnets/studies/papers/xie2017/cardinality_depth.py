"""Cardinality against depth and width at twice the cost."""

from resnets.catalog.papers import XIE2017
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="cardinality-depth",
    title="Cardinality against depth and width, at twice the cost",
    paper=XIE2017,
    place="Section 5.1, Table 4",
    question="What is twice the cost best spent on: more layers, wider layers or more paths?",
    protocol="Top-1 and top-5 error of one centre crop of 224 pixels; one run.",
    base={"data": "imagenet", "recipe": "xie2017-imagenet"},
    rows=(
        Row(
            name="reference",
            label="1x64d",
            model="{reference}",
            published={
                "test_error": "imagenet_1crop_top1_in_xie2017",
                "test_top5_error": "imagenet_1crop_top5_in_xie2017",
            },
            note="at half the cost",
        ),
        Row(
            name="reference-32x4d",
            label="32x4d",
            model="resnext{depth}_32x4d",
            note="at half the cost",
        ),
        Row(
            name="deeper",
            label="1x64d, deeper",
            model="{deeper}",
            published={
                "test_error": "preresnet200:imagenet_1crop_top1_in_xie2017",
                "test_top5_error": "preresnet200:imagenet_1crop_top5_in_xie2017",
            },
            note="published for the pre-activation net of fb.resnet.torch",
        ),
        Row(name="wider", label="1x100d, wider", model="resnext{depth}_1x100d"),
        Row(name="2x64d", label="2x64d, two paths", model="resnext{depth}_2x64d"),
        Row(name="64x4d", label="64x4d, 64 paths", model="resnext{depth}_64x4d"),
    ),
    measures={"test_error": "imagenet_1crop_top1", "test_top5_error": "imagenet_1crop_top5"},
    claims={
        "test_error of deeper < test_error of reference": "Table 4",
        "test_error of wider < test_error of reference": "Table 4",
        "test_error of 2x64d < test_error of wider": "Table 4",
        "test_error of 64x4d < test_error of 2x64d": "Table 4",
        "test_error of 64x4d < test_error of deeper": "Table 4",
        "test_error of reference-32x4d < test_error of deeper": (
            "Section 5.1: at half the cost of ResNet-200"
        ),
    },
    scales={
        "smoke": Scale(
            rows=("reference", "deeper", "wider", "64x4d"),
            values={"reference": "resnext11_1x64d", "deeper": "resnext20_1x64d", "depth": 11},
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
        ),
        "short": Scale(
            values={"reference": "resnext20_1x64d", "deeper": "resnext38_1x64d", "depth": 20},
            length="3ep",
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
            says=("the CIFAR form of 20 and 38 layers with a quarter of the widths",),
        ),
        "paper": Scale(values={"reference": "resnet101", "deeper": "preresnet200", "depth": 101}),
    },
)
