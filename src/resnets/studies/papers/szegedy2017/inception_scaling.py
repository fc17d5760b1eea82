"""Scaling of residuals: without it wide residual Inception networks die."""

from resnets.catalog.papers import SZEGEDY2017
from resnets.studies.declaration import Row, Scale, Study


def _row(name: str, scale: str) -> Row:
    return Row(
        name=name,
        label=f"residuals times {scale}",
        model="inception_resnet_v2_paper{form}",
        request={"set": [f"network.scale=[{scale},{scale},{scale}]"]},
    )


STUDY = Study(
    name="inception-scaling",
    title="Scaling of residuals in Inception-ResNet",
    paper=SZEGEDY2017,
    place="Section 3.3",
    question="With more than a thousand filters residual Inception networks die: does a constant "
    "between 0.1 and 0.3 on the residuals keep them alive, and what does it cost?",
    protocol="Channels before the last average pooling that answer only zeros, on all test "
    "pictures. The paper prints no figures.",
    base={"data": "imagenet", "recipe": "szegedy2017-imagenet"},
    rows=(
        _row("1.0", "1.0"),
        _row("0.3", "0.3"),
        _row("0.2", "0.2"),
        _row("0.1", "0.1"),
    ),
    measures={"test_error": "", "dead_channels": "", "train_error": ""},
    claims={
        "dead_channels of 1.0 > dead_channels of 0.1": "Section 3.3",
        "dead_channels of 0.1 < 50": "Section 3.3: training is stable",
        "test_error of 0.1 - test_error of 1.0 < 1": "Section 3.3: scaling never harmed accuracy",
    },
    scales={
        "smoke": Scale(
            rows=("1.0", "0.1"),
            seeds=2,
            values={"form": "_small"},
            request={"recipe": "szegedy2016-cifar"},
        ),
        "short": Scale(
            rows=("1.0", "0.3", "0.1"),
            seeds=2,
            values={"form": "_small"},
            length="2ep",
            request={"recipe": "szegedy2016-cifar"},
            says=(
                "the form for small pictures, a tenth of the widths, in which no layer has the "
                "thousand filters that the claim is about",
            ),
        ),
        "paper": Scale(seeds=2, values={"form": ""}, request={"image_size": 299}),
    },
)
