"""PolyNet's modules: polynomials of residual functions, in stage B or in all stages."""

from resnets.catalog.papers import ZHANG2017
from resnets.studies.declaration import Published, Row, Scale, Study

KINDS = (
    ("b-2way", "2-way in B", "b_2way"),
    ("b-poly2", "poly-2 in B", "b_poly2"),
    ("b-mpoly2", "mpoly-2 in B", "b_mpoly2"),
    ("b-3way", "3-way in B", "b_3way"),
    ("b-poly3", "poly-3 in B", "b_poly3"),
    ("b-mpoly3", "mpoly-3 in B", "b_mpoly3"),
    ("b-mixed", "3-way, mpoly-3, poly-3 in turn in B", "b_mixed"),
    ("a-3way", "3-way in A", "a_3way"),
    ("a-mpoly3", "mpoly-3 in A", "a_mpoly3"),
    ("c-3way", "3-way in C", "c_3way"),
    ("c-mpoly3", "mpoly-3 in C", "c_mpoly3"),
)

STUDY = Study(
    name="polynet",
    title="PolyNet: polynomials of residual functions",
    paper=ZHANG2017,
    place="Section 3, and results on ImageNet",
    question="Which polynomial of residual functions is best for its cost, and in which stage?",
    protocol="Top-1 and top-5 error of one centre crop of 331 pixels; one run.",
    base={"data": "imagenet", "recipe": "zhang2017-imagenet"},
    rows=(
        Row(
            name="residual",
            label="Inception-ResNet-v2",
            model="polynet{form}_residual",
            panel="stage B",
            published={
                "test_error": Published(value=20.05, source="Zhang 2017, authors' release"),
                "test_top5_error": Published(value=5.05, source="Zhang 2017, authors' release"),
            },
            note="the figures are those of the authors' own training of Inception-ResNet-v2",
        ),
        *(
            Row(
                name=name,
                label=label,
                model=f"polynet{{form}}_{ending}",
                panel=f"stage {name[0].upper()}",
            )
            for name, label, ending in KINDS
        ),
        Row(name="very-deep", label="Very Deep PolyNet", model="polynet{form}", panel="Very Deep"),
        Row(
            name="stochastic-paths",
            label="Very Deep PolyNet, stochastic paths",
            model="polynet{form}_stochastic_paths",
            panel="Very Deep",
            note="terms are dropped from the start; in the paper late in training",
        ),
    ),
    measures={
        "test_error": "imagenet_1crop331_top1",
        "test_top5_error": "imagenet_1crop331_top5",
        "train_error": "",
    },
    claims={
        "test_error of b-2way < test_error of residual": "Section 3",
        "test_error of b-poly3 < test_error of residual": "Section 3",
        "test_error of b-mpoly3 < test_error of b-poly3": "Section 3: best in B, with more weights",
        "test_error of b-mpoly3 < test_error of b-3way": "Section 3",
        "test_error of b-mixed < test_error of b-mpoly3": "Section 3: better than any uniform one",
        "test_error of a-3way < test_error of a-mpoly3": "Section 3: 3-way is best in A and C",
        "test_error of c-3way < test_error of c-mpoly3": "Section 3: 3-way is best in A and C",
        "test_error of very-deep < test_error of residual": "results",
    },
    deviations=(
        "from scratch; the paper starts deep networks from shallower ones by insertion and "
        "interleaving",
        "length, milestones, momentum and weight decay are ours: the paper does not print them",
    ),
    scales={
        "smoke": Scale(
            rows=("residual", "b-2way", "b-poly3", "b-mpoly3", "very-deep"),
            values={"form": "_small"},
            request={"recipe": "szegedy2016-cifar"},
        ),
        "short": Scale(
            rows=("residual", "b-2way", "b-poly3", "b-mpoly3"),
            values={"form": "_small"},
            length="2ep",
            request={"recipe": "szegedy2016-cifar"},
            says=("the forms for small pictures, 9.5 % of the widths and fewer modules",),
        ),
        "paper": Scale(values={"form": ""}, request={"image_size": 331}),
    },
)
