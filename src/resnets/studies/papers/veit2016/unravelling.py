"""The unravelled view, proved on small linear networks: every path written out and added up."""

from resnets.catalog.papers import VEIT2016
from resnets.studies.declaration import Published, Row, Scale, Study


def _row(units: int, branches: int) -> Row:
    functions = f", {branches} functions each" if branches > 1 else ""
    source = "Veit 2016, Section 3: 2^n" if branches == 1 else "Abdi 2016, Section III: 2^(kn)"
    switches = Published(value=float(2 ** (units * branches)), source=source)
    published: dict[str, str | Published] = {"switches": switches}
    if branches == 1:
        published["paths"] = switches
    return Row(
        name=f"{units}x{branches}",
        label=f"{units} unit" + "s" * (units > 1) + functions,
        request={"units": units, "branches": branches},
        published=published,
        note="" if branches == 1 else "a path takes one function or the shortcut: (1 + k)^n",
    )


STUDY = Study(
    name="unravelling",
    title="A residual network as the sum of its paths",
    paper=VEIT2016,
    place="Section 3, Eq. 3 to 6; Abdi 2016, Section III",
    question="Is a stack of n units with k functions the sum of all its paths, and how many ways "
    "are there to leave functions on?",
    protocol="Exact: all paths through random linear units, in double precision.",
    experiment="unravel",
    rows=(_row(1, 1), _row(3, 1), _row(10, 1), _row(1, 2), _row(4, 2), _row(3, 4)),
    measures={"paths": "", "switches": "", "proof_error": ""},
    claims={
        "proof_error of 10x1 < 0.000000001": "Eq. 6, for linear functions",
        "proof_error of 3x4 < 0.000000001": "Abdi 2016, Eq. 4, for linear functions",
        "switches of 1x2 > 3": "Abdi 2016: a block with two functions has four options, three "
        "paths, and both together",
        "paths of 10x1 > 1023": "Section 3: 2^n, exponential in the depth",
    },
    scales={
        "smoke": Scale(),
        "short": Scale(),
        "paper": Scale(),
    },
)
