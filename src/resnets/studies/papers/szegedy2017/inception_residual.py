"""Inception with and without residual connections, at equal cost."""

from resnets.catalog.papers import SZEGEDY2017
from resnets.studies.declaration import Row, Scale, Study

FIRST, SECOND = "v3 and Inception-ResNet-v1", "v4 and Inception-ResNet-v2"

STUDY = Study(
    name="inception-residual",
    title="Inception with and without residual connections",
    paper=SZEGEDY2017,
    place="Section 5, Table 2 and Figs. 21 to 26",
    question="Do residual connections make Inception networks of equal cost better, or only "
    "faster to train?",
    protocol="Top-1 and top-5 error of one crop of 299 pixels, without blacklisted pictures; one "
    "run. The speed is seen in the curves; its measure is ours.",
    base={"data": "imagenet", "recipe": "szegedy2017-imagenet"},
    rows=(
        Row(name="v3", label="Inception-v3", model="inception_v3{aux}{form}", panel=FIRST),
        Row(
            name="resnet-v1",
            label="Inception-ResNet-v1",
            model="inception_resnet_v1{form}",
            panel=FIRST,
        ),
        Row(name="v4", label="Inception-v4", model="inception_v4{form}", panel=SECOND),
        Row(
            name="resnet-v2",
            label="Inception-ResNet-v2",
            model="inception_resnet_v2{form}",
            panel=SECOND,
        ),
    ),
    measures={
        "test_error": "imagenet_1crop_top1",
        "test_top5_error": "imagenet_1crop_top5",
        "mean_train_error": "",
        "train_error": "",
    },
    claims={
        "mean_train_error of resnet-v1 < mean_train_error of v3": "Fig. 21: trains much faster",
        "mean_train_error of resnet-v2 < mean_train_error of v4": "Fig. 23: trains much faster",
        "test_error of resnet-v1 - test_error of v3 < 1": "Table 2 (0.1)",
        "test_error of resnet-v2 - test_error of v4 < 1": "Table 2 (-0.1): not necessary",
        "test_error of v4 < test_error of v3": "Table 2: size decides",
        "test_error of resnet-v2 < test_error of resnet-v1": "Table 2: size decides",
    },
    deviations=(
        "all 50,000 pictures count, which makes errors about 0.3 and 0.15 % higher",
        "Inception-ResNet-v2 is the released form, whose figures these are",
        "one process stands for 20 replicas",
    ),
    scales={
        "smoke": Scale(
            values={"form": "_small", "aux": "_no_aux"}, request={"recipe": "szegedy2016-cifar"}
        ),
        "short": Scale(
            values={"form": "_small", "aux": "_no_aux"},
            rows=("v4", "resnet-v2"),
            seeds=2,
            length="3ep",
            request={"recipe": "szegedy2016-cifar"},
            says=("the forms for small pictures, about a tenth of the widths",),
        ),
        "paper": Scale(values={"form": "", "aux": ""}, request={"image_size": 299}),
    },
)
