"""Split, transform, aggregate: three forms of one function, and a neuron as the simplest one."""

from resnets.catalog.papers import XIE2017
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="aggregation",
    title="Aggregated transformations in three forms",
    paper=XIE2017,
    place="Sections 3.2 and 3.3, Eq. 1 to 4, Fig. 3",
    question="Are split, concatenated and grouped paths one function, and is a neuron one of their "
    "kind?",
    protocol="Exact: the three forms with equal weights, and Σ w·x term by term, in double "
    "precision; differences are relative.",
    experiment="aggregate",
    rows=tuple(
        Row(
            name=f"{paths}x{width}d",
            label=f"{paths} path{'s' * (paths > 1)} of {width} channels",
            request={"cardinality": paths, "width": width},
        )
        for paths, width in ((1, 64), (4, 14), (32, 4))
    ),
    measures={"form_error": "", "neuron_error": ""},
    claims={
        "form_error of 32x4d < 0.000000001": "Fig. 3: equivalent",
        "neuron_error of 32x4d < 0.000000001": "Eq. 1",
    },
    scales={
        "smoke": Scale(),
        "short": Scale(),
        "paper": Scale(),
    },
)
