"""Shallow ensembles: how far depth can be traded for residual functions."""

from resnets.catalog.papers import ABDI2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="shallow-ensembles",
    title="Few units with many functions against many units",
    paper=ABDI2016,
    place="Section V, Table I",
    question="With as many residual functions in all, how shallow may a network become?",
    protocol="Test error of the best epoch, as the authors' code prints it; with the settings of "
    "the ResNets that they are set beside.",
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="resnet",
            label="ResNet-110",
            model="resnet{deep}",
            published={"best_test_error": "cifar10_test_error_median_in_he2016"},
        ),
        Row(name="preresnet", label="pre-activation ResNet-110", model="preresnet{deep}"),
        Row(name="shallow", label="Multi-ResNet-8, k = 23", model="multi_resnet{shallow}"),
        Row(name="middle", label="Multi-ResNet-14, k = 10", model="multi_resnet{middle}"),
    ),
    measures={"best_test_error": "cifar10_test_error", "test_error": "", "train_error": ""},
    claims={
        "best_test_error of shallow > best_test_error of preresnet": "Table I",
        "best_test_error of middle < best_test_error of shallow": "Table I",
        "best_test_error of middle - best_test_error of preresnet < 0.5": "Table I (0.05)",
    },
    scales={
        "smoke": Scale(values={"deep": 14, "shallow": "8_k2", "middle": "8_k3"}),
        "short": Scale(
            values={"deep": 26, "shallow": "8_k4", "middle": "14_k2"},
            length="5ep",
            says=("26 layers stand for 110; k so that all have twelve functions",),
        ),
        "paper": Scale(values={"deep": 110, "shallow": "8_k23", "middle": "14_k10"}),
    },
)
