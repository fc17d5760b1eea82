"""DenseNets by depth, growth rate and form, with augmentation and without."""

from resnets.catalog.papers import HUANG2017
from resnets.studies.declaration import Fields, Row, Scale, Study

HUNDRED: Fields = {"data": "cifar100"}
ERROR_100 = {"test_error": "cifar100_test_error"}
PLAIN: Fields = {"set": ["recipe.augment=none"]}
ERROR_PLAIN = {"test_error": "cifar10_test_error_no_augmentation"}
ERROR_PLAIN_100 = {"test_error": "cifar100_test_error_no_augmentation"}
NETS = (
    ("40-12", "densenet40_k12"),
    ("100-12", "densenet100_k12"),
    ("100-24", "densenet100_k24"),
    ("bc-100-12", "densenet_bc100_k12"),
    ("bc-250-24", "densenet_bc250_k24"),
    ("bc-190-40", "densenet_bc190_k40"),
)
RESNET: Fields = {"recipe": "he2016-cifar"}

STUDY = Study(
    name="densenet",
    title="DenseNets by depth, growth rate and form",
    paper=HUANG2017,
    place="Section 4.3, Table 2 and Fig. 4",
    question="Do layers that read all layers before them need fewer parameters?",
    protocol="Test error after the last epoch; one run. Without augmentation with dropout of 0.2.",
    base={"data": "cifar10", "recipe": "huang2017-cifar"},
    rows=(
        Row(name="40-12", model="densenet{small}", panel="augmented"),
        Row(name="100-12", model="densenet{deep}", panel="augmented"),
        Row(name="100-24", model="densenet100_k24", panel="augmented"),
        Row(name="bc-100-12", label="BC-100-12", model="densenet_bc{lean}", panel="augmented"),
        Row(name="bc-250-24", label="BC-250-24", model="densenet_bc250_k24", panel="augmented"),
        Row(name="bc-190-40", label="BC-190-40", model="densenet_bc190_k40", panel="augmented"),
        Row(
            name="preresnet-1001",
            label="pre-activation ResNet-1001",
            model="preresnet{resnet}",
            request=RESNET,
            panel="augmented",
            note="with its own paper's recipe",
        ),
        *(
            Row(
                name=f"{name}-plain",
                label=f"{name.upper()} without augmentation",
                model=f"{model}_dropout",
                request=PLAIN,
                published=ERROR_PLAIN,
                panel="not augmented",
            )
            for name, model in NETS[:-1]
        ),
        *(
            Row(
                name=f"{name}-c100",
                label=f"{name.upper()} on CIFAR-100",
                model=model,
                request=HUNDRED,
                published=ERROR_100,
                panel="CIFAR-100",
            )
            for name, model in NETS
        ),
        *(
            Row(
                name=f"{name}-plain-c100",
                label=f"{name.upper()} without augmentation, on CIFAR-100",
                model=f"{model}_dropout",
                request={**PLAIN, **HUNDRED},
                published=ERROR_PLAIN_100,
                panel="CIFAR-100, not augmented",
            )
            for name, model in NETS[:-1]
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "test_error of 100-12 < test_error of 40-12": "Table 2: deeper is better",
        "test_error of 100-24 < test_error of 100-12": "Table 2: wider is better",
        "test_error of bc-100-12 < test_error of 40-12": "Table 2: with fewer parameters",
        "test_error of bc-190-40 < test_error of bc-250-24": "Table 2",
        "test_error of bc-250-24-plain < test_error of 100-24-plain": "Table 2: no overfitting",
        "test_error of bc-190-40-c100 < test_error of 100-24-c100": "Table 2",
        "test_error of bc-250-24-plain-c100 < test_error of 100-24-plain-c100": "Table 2",
        "test_error of bc-100-12 - test_error of preresnet-1001 < 0.5": "Fig. 4, right: as good "
        "with a tenth of the parameters",
    },
    deviations=("stems have 16 channels without BC, as the paper says; the authors' code has 2k",),
    scales={
        "smoke": Scale(
            rows=("40-12", "100-12", "bc-100-12", "preresnet-1001"),
            values={"small": "10_k4", "deep": "16_k4", "lean": "16_k4", "resnet": 8},
        ),
        "short": Scale(
            rows=("40-12", "100-12", "bc-100-12", "preresnet-1001"),
            values={"small": "13_k12", "deep": "22_k12", "lean": "28_k12", "resnet": 20},
            length="3ep",
            says=(
                "13 and 22 layers stand for 40 and 100, BC-28-12 for BC-100-12, 20 layers for 1001",
            ),
        ),
        "paper": Scale(
            values={"small": "40_k12", "deep": "100_k12", "lean": "100_k12", "resnet": 1001}
        ),
    },
)
