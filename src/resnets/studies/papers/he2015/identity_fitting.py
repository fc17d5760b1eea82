"""Fitting the identity with plain and residual stacks."""

from resnets.catalog.papers import HE2015
from resnets.studies.declaration import Row, Scale, Study

DEPTHS = (1, 2, 4, 8, 16)

STUDY = Study(
    name="identity-fitting",
    title="Plain and residual stacks that learn the identity",
    paper=HE2015,
    place="Section 3.1",
    question="Is the identity hard to find for a stack of non-linear layers, and easy for residual "
    "ones, which only have to become zero?",
    protocol="A toy of ours: units of two fully connected layers learn to answer normal vectors "
    "unchanged; squared error for each number, 1 for who always answers zero. The paper says it "
    "without figures.",
    experiment="fit-identity",
    rows=tuple(
        Row(
            name=f"{kind}-{units}",
            label=f"{kind}, {units} unit" + "s" * (units > 1),
            request={"shortcut": shortcut, "units": units},
        )
        for kind, shortcut in (("plain", "none"), ("residual", "identity"))
        for units in DEPTHS
    ),
    measures={"identity_error": "", "initial_identity_error": ""},
    claims={
        "identity_error of residual-1 < identity_error of plain-1": "Section 3.1",
        "identity_error of residual-4 < identity_error of plain-4": "Section 3.1",
        "identity_error of residual-16 < identity_error of plain-16": "Section 3.1",
        "identity_error of plain-16 > identity_error of plain-2": "Section 3.1: harder when deeper",
        "identity_error of residual-16 < identity_error of plain-1": "Section 3.1: whatever the "
        "depth",
    },
    scales={
        "smoke": Scale(seeds=2, request={"steps": 100}),
        "short": Scale(seeds=5),
        "paper": Scale(seeds=5, request={"steps": 5000}),
    },
)
