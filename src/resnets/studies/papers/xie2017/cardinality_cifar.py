"""Cardinality against width on CIFAR: more paths, or wider ones."""

from resnets.catalog.papers import XIE2017
from resnets.studies.declaration import Fields, Row, Scale, Study

HUNDRED: Fields = {"data": "cifar100"}
PATHS, WIDTH = "more paths", "wider"

STUDY = Study(
    name="cardinality-cifar",
    title="Cardinality against width on CIFAR",
    paper=XIE2017,
    place="Appendix A, Table 7 and Fig. 7",
    question="As a network of 29 layers grows, is it better to add paths of 64 channels or to "
    "widen the only one?",
    protocol="Mean test error of ten runs; Fig. 7 has no numbers but those of Table 7.",
    runs=10,
    base={"data": "cifar10", "recipe": "xie2017-cifar"},
    rows=(
        Row(name="1x64d", model="resnext{depth}_1x64d", panel=PATHS),
        Row(name="2x64d", model="resnext{depth}_2x64d", panel=PATHS),
        Row(name="4x64d", model="resnext{depth}_4x64d", panel=PATHS),
        Row(name="8x64d", model="resnext{depth}_8x64d", panel=PATHS),
        Row(name="16x64d", model="resnext{depth}_16x64d", panel=PATHS),
        Row(name="1x128d", model="resnext{depth}_1x128d", panel=WIDTH),
        Row(name="1x192d", model="resnext{depth}_1x192d", panel=WIDTH),
        Row(
            name="8x64d-c100",
            label="8x64d on CIFAR-100",
            model="resnext{depth}_8x64d",
            request=HUNDRED,
            published={"test_error": "cifar100_test_error"},
            panel="CIFAR-100",
        ),
        Row(
            name="16x64d-c100",
            label="16x64d on CIFAR-100",
            model="resnext{depth}_16x64d",
            request=HUNDRED,
            published={"test_error": "cifar100_test_error"},
            panel="CIFAR-100",
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_error": ""},
    claims={
        "test_error of 2x64d < test_error of 1x64d": "Fig. 7",
        "test_error of 4x64d < test_error of 2x64d": "Fig. 7",
        "test_error of 8x64d < test_error of 4x64d": "Fig. 7",
        "test_error of 16x64d < test_error of 8x64d": "Table 7",
        "test_error of 2x64d < test_error of 1x128d": "Fig. 7",
        "test_error of 4x64d < test_error of 1x192d": "Fig. 7",
        "test_error of 16x64d-c100 < test_error of 8x64d-c100": "Table 7",
    },
    scales={
        "smoke": Scale(
            rows=("1x64d", "2x64d", "1x128d"),
            values={"depth": 11},
            request={"set": ["network.widths=[64,128,256]", "network.stem_width=16"]},
        ),
        "short": Scale(
            rows=("1x64d", "2x64d", "4x64d", "1x128d", "1x192d"),
            values={"depth": 20},
            length="2ep",
            request={"set": ["network.widths=[64,128,256]", "network.stem_width=16"]},
            says=("20 layers with a quarter of the widths",),
        ),
        "paper": Scale(seeds=10, values={"depth": 29}),
    },
)
