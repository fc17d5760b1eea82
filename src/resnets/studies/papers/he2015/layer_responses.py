"""Layer responses: residual functions answer little, and less the deeper the network is."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="layer-responses",
    title="Responses of layers",
    paper=HE2015,
    place="Section 4.2, Fig. 7",
    question="Are residual functions closer to zero than the layers of a plain network?",
    protocol="Standard deviation of every 3×3 layer's output, after batch norm and before ReLU or "
    "sum; their mean over the layers. Fig. 7 prints curves, not figures; layer by layer:  resnets "
    "analyze signal RUN.",
    base={"data": "cifar10", "recipe": "he2015-cifar"},
    rows=(
        Row(name="plain-20", label="plain-20", model="plain{shallow}"),
        Row(name="plain-56", label="plain-56", model="plain{middle}"),
        Row(name="resnet-20", label="ResNet-20", model="resnet{shallow}"),
        Row(name="resnet-56", label="ResNet-56", model="resnet{middle}"),
        Row(name="resnet-110", label="ResNet-110", model="resnet110"),
    ),
    measures={
        "mean_response": "",
        "test_error": "cifar10_test_error",
    },
    claims={
        "mean_response of resnet-20 < mean_response of plain-20": "Fig. 7",
        "mean_response of resnet-56 < mean_response of plain-56": "Fig. 7",
        "mean_response of resnet-56 < mean_response of resnet-20": "Fig. 7: deeper, smaller",
        "mean_response of resnet-110 < mean_response of resnet-56": "Fig. 7: deeper, smaller",
    },
    deviations=("the paper does not say on how many pictures it measured",),
    scales={
        "smoke": Scale(
            rows=("plain-20", "plain-56", "resnet-20", "resnet-56"),
            seeds=2,
            values={"shallow": 8, "middle": 20},
        ),
        "short": Scale(
            rows=("plain-20", "plain-56", "resnet-20", "resnet-56"),
            seeds=2,
            values={"shallow": 20, "middle": 56},
            length="3ep",
        ),
        "paper": Scale(seeds=2, values={"shallow": 20, "middle": 56}),
    },
)
