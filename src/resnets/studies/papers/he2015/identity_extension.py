"""The constructed solution: a shallow net and identity layers, which no training finds."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="identity-extension",
    title="A deeper network by construction",
    paper=HE2015,
    place="Section 1, the constructed solution",
    question="A shallow network and identity layers behind each of its stages are a deeper network "
    "that is as good: does training a deeper one find anything as good?",
    protocol="Ours: units that are identities are put behind each stage of the trained network, "
    "six with which 20 layers become 56, and its training loss is taken again. Published are the "
    "test errors of the trained networks.",
    base={"data": "cifar10", "recipe": "he2015-cifar"},
    rows=(
        Row(name="plain-20", label="plain-20", model="plain{shallow}", panel="plain"),
        Row(name="plain-56", label="plain-56", model="plain{deep}", panel="plain"),
        Row(name="resnet-20", label="ResNet-20", model="resnet{shallow}", panel="residual"),
        Row(name="resnet-56", label="ResNet-56", model="resnet{deep}", panel="residual"),
    ),
    measures={
        "final_train_loss": "",
        "extension_change:6": "",
        "test_error": "cifar10_test_error",
    },
    claims={
        "extension_change:6 of plain-20 < 0.0001": "by construction",
        "extension_change:6 of resnet-20 < 0.0001": "by construction: F = 0",
        "final_train_loss of plain-56 > final_train_loss of plain-20": "Section 1: training finds "
        "nothing as good",
        "final_train_loss of resnet-56 < final_train_loss of resnet-20": "Section 4.2: residual "
        "training finds better",
    },
    scales={
        "smoke": Scale(seeds=2, values={"shallow": 8, "deep": 20}),
        "short": Scale(seeds=2, values={"shallow": 20, "deep": 56}, length="3ep"),
        "paper": Scale(seeds=2, values={"shallow": 20, "deep": 56}),
    },
)
