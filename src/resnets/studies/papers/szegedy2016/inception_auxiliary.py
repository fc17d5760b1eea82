"""Auxiliary classifiers: GoogLeNet with two, with the upper one alone, and with none."""

from resnets.catalog.papers import SZEGEDY2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="inception-auxiliary",
    title="Auxiliary classifiers of GoogLeNet",
    paper=SZEGEDY2016,
    place="Section 4",
    question="Do auxiliary classifiers help early in training, or as regularisers at its end? "
    "What if the lower one is removed?",
    protocol="Top-1 error of one centre crop of 224 pixels. The paper prints no figures here but "
    "that of BN-GoogLeNet.",
    base={"data": "imagenet", "recipe": "szegedy2015-imagenet"},
    rows=(
        Row(
            name="both",
            label="both",
            model="googlenet{form}",
            published={
                "test_error": "googlenet:imagenet_1crop_top1_in_szegedy2016",
            },
        ),
        Row(name="upper", label="the upper one alone", model="googlenet{form}_upper_aux"),
        Row(name="none", label="none", model="googlenet{form}_no_aux"),
    ),
    measures={"test_error": "", "train_error": "", "mean_train_error": ""},
    claims={
        "test_error of upper - test_error of both < 0.5": "Section 4: no bad effect without the "
        "lower one",
        "mean_train_error of none < mean_train_error of both + 1": "Section 4: no gain early",
        "test_error of both < test_error of none": "Section 4: a slightly higher plateau",
    },
    deviations=("batch norm and 3×3 for 5×5 filters, as in torchvision's network",),
    scales={
        "smoke": Scale(
            values={"form": "_small"},
            length="4it",
            request={"recipe": "he2015-cifar", "batch_size": 64},
        ),
        "short": Scale(
            values={"form": "_small"},
            seeds=2,
            length="250it",
            request={"recipe": "he2015-cifar"},
            says=("the form for small pictures",),
        ),
        "paper": Scale(values={"form": ""}),
    },
)
