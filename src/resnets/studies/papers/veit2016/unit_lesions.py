"""Units deleted and exchanged after training: residual networks and a plain one beside them."""

from resnets.catalog.papers import VEIT2016
from resnets.studies.declaration import Published, Row, Scale, Study

STUDY = Study(
    name="unit-lesions",
    title="Residual networks without some of their units",
    paper=VEIT2016,
    place="Section 4, Figs. 3 to 5",
    question="Does a residual network, like an ensemble, lose a little with every unit that is "
    "deleted, where a plain one loses everything?",
    protocol="Test error with random units deleted or exchanged, of networks that were trained as "
    "ever. Unit by unit, with box plots:  resnets analyze lesion RUN.",
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="preresnet",
            label="pre-activation ResNet-110",
            model="preresnet{depth}",
            published={
                "test_error": "cifar10_test_error_in_veit2016",
                "lesion_test_error:10": Published(
                    value=20.0, source="Veit 2016, Fig. 5 a, read off, about"
                ),
            },
        ),
        Row(
            name="stochastic",
            label="stochastic depth",
            model="stochastic_depth{depth}",
            request={"recipe": "huang2016-cifar"},
            note="the paper's last section; size of the effect unconfirmed",
        ),
        Row(name="plain", label="plain", model="plain{plain}", note="the paper's is a VGG net"),
    ),
    measures={
        "test_error": "",
        "lesion_test_error:1": "",
        "lesion_test_error:10": "",
        "reordered_test_error:10": "",
    },
    claims={
        "lesion_test_error:1 of preresnet < test_error of preresnet + 5": "Fig. 3",
        "lesion_test_error:1 of plain > test_error of plain + 5": "Fig. 3: chance level for VGG",
        "lesion_test_error:1 of preresnet < lesion_test_error:1 of plain": "Fig. 3",
        "lesion_test_error:10 of preresnet > lesion_test_error:1 of preresnet": "Fig. 5 a",
        "reordered_test_error:10 of preresnet < lesion_test_error:1 of plain": "Fig. 5 b",
    },
    paper_claims={
        "lesion_test_error:10 of stochastic < lesion_test_error:10 of preresnet": "Section 5",
    },
    scales={
        "smoke": Scale(values={"depth": 38, "plain": 38}, length="1ep"),
        "short": Scale(
            seeds=2,
            values={"depth": 38, "plain": 20},
            length="4ep",
            says=("38 layers stand for 110: 10 of 18 units are deleted, in the paper 10 of 54",),
        ),
        "paper": Scale(seeds=2, values={"depth": 110, "plain": 20}),
    },
)
