"""Speed of convergence: where plain and residual nets end alike, the residual one is faster."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="convergence",
    title="Residual networks converge faster",
    paper=HE2015,
    place="Section 4.1, Table 2 and Fig. 4",
    question="Where a plain network is shallow enough to be trained well, is the residual one "
    "sooner there?",
    protocol="10-crop top-1 error on the validation pictures; the speed is seen in the curves. "
    "The two measures of speed are ours.",
    base={"data": "imagenet", "recipe": "he2015-imagenet"},
    rows=(
        Row(name="plain", label="plain", model="{plain}"),
        Row(name="residual", label="residual", model="{residual}"),
    ),
    measures={
        "ten_crop_error": "imagenet_10crop_top1",
        "mean_train_error": "",
        "epochs_to_train_error:50": "",
    },
    claims={
        "mean_train_error of residual < mean_train_error of plain": "Section 4.1, Fig. 4",
        "epochs_to_train_error:50 of residual < epochs_to_train_error:50 of plain": (
            "Section 4.1, Fig. 4"
        ),
    },
    paper_claims={
        "ten_crop_error of plain - ten_crop_error of residual < 1": "Table 2 (0.06)",
    },
    deviations=("the rate falls after 5 epochs without a lower error; the paper gives no number",),
    scales={
        "smoke": Scale(
            values={"plain": "plain8", "residual": "resnet8"},
            request={"recipe": "he2015-cifar"},
        ),
        "short": Scale(
            seeds=3,
            values={"plain": "plain20", "residual": "resnet20"},
            length="6ep",
            request={"recipe": "he2015-cifar"},
        ),
        "paper": Scale(values={"plain": "plain18", "residual": "resnet18_a"}),
    },
)
