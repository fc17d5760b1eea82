"""With and without shortcuts: both ResNet and ResNeXt need them."""

from resnets.catalog.papers import XIE2017
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="shortcut-ablation",
    title="Networks of 50 layers without their shortcuts",
    paper=XIE2017,
    place="Section 5.1, residual connections",
    question="Is it the paths or the shortcuts that a network of 50 layers cannot do without?",
    protocol="Top-1 error of one centre crop of 224 pixels; one run.",
    base={"data": "imagenet", "recipe": "xie2017-imagenet"},
    rows=(
        Row(
            name="resnet",
            label="ResNet-50",
            model="{resnet}",
            published={"test_error": "imagenet_1crop_top1_in_xie2017"},
        ),
        Row(
            name="resnet-plain",
            label="ResNet-50 without shortcuts",
            model="{resnet}_no_shortcut",
        ),
        Row(name="resnext", label="ResNeXt-50", model="{resnext}"),
        Row(
            name="resnext-plain",
            label="ResNeXt-50 without shortcuts",
            model="{resnext}_no_shortcut",
        ),
    ),
    measures={"test_error": "imagenet_1crop_top1", "train_error": ""},
    claims={
        "test_error of resnet-plain > test_error of resnet": "Section 5.1",
        "test_error of resnext-plain > test_error of resnext": "Section 5.1",
        "test_error of resnext < test_error of resnet": "Section 5.1",
        "test_error of resnext-plain < test_error of resnet-plain": "Section 5.1",
    },
    scales={
        "smoke": Scale(
            values={"resnet": "resnext11_1x64d", "resnext": "resnext11_32x4d"},
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
        ),
        "short": Scale(
            values={"resnet": "resnext29_1x64d", "resnext": "resnext29_32x4d"},
            length="4ep",
            request={
                "recipe": "xie2017-cifar",
                "set": ["network.widths=[64,128,256]", "network.stem_width=16"],
            },
            says=("the CIFAR form of 29 layers with a quarter of the widths",),
        ),
        "paper": Scale(values={"resnet": "resnet50", "resnext": "resnext50_32x4d"}),
    },
)
