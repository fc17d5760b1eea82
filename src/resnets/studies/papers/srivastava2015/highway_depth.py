"""Depth of thin networks: plain against highway layers, each with its best settings of a search."""

from resnets.catalog.papers import SRIVASTAVA2015
from resnets.studies.declaration import Row, Scale, Study
from resnets.studies.search import Among, Search, Span

STUDY = Study(
    name="highway-depth",
    title="Plain and highway networks of 10 to 100 layers",
    paper=SRIVASTAVA2015,
    place="Section 3.1 and Fig. 1; Training Very Deep Networks, Fig. 1",
    question="Can gated layers be trained however deep the network is, where plain ones cannot?",
    protocol="Training loss on MNIST after 400 epochs, of the best tenth of 100 runs with random "
    "settings; n counts all runs. The paper prints curves, not figures.",
    runs=100,
    base={"data": "mnist", "recipe": "srivastava2015-mnist"},
    rows=(
        Row(name="plain-10", label="plain, 10 layers", model="plain_mlp10", panel="10 layers"),
        Row(name="highway-10", label="highway, 10", model="highway_mlp10", panel="10 layers"),
        Row(name="plain-20", label="plain, 20 layers", model="plain_mlp20", panel="20 layers"),
        Row(name="highway-20", label="highway, 20", model="highway_mlp20", panel="20 layers"),
        Row(name="plain-50", label="plain, 50 layers", model="plain_mlp50", panel="50 layers"),
        Row(name="highway-50", label="highway, 50", model="highway_mlp50", panel="50 layers"),
        Row(name="plain-100", label="plain, 100 layers", model="plain_mlp100", panel="100 layers"),
        Row(name="highway-100", label="highway, 100", model="highway_mlp100", panel="100 layers"),
    ),
    search=Search(
        draws=(
            Span(path="recipe.lr", low=0.001, high=0.1, log=True),
            Span(path="recipe.momentum", low=0.5, high=0.95),
            Span(path="recipe.schedule.factor", low=0.95, high=0.999),
            Among(
                options=(
                    ("network.act=relu", "network.init=he_fan_in"),
                    ("network.act=tanh", "network.init=xavier_uniform"),
                )
            ),
            Span(path="network.gate_bias", low=-10.0, high=-1.0),
        ),
    ),
    measures={"train_loss": "", "train_error": "", "test_error": ""},
    claims={
        "train_loss of plain-50 > train_loss of plain-10": "Fig. 1: plain networks degrade",
        "train_loss of plain-100 > train_loss of plain-20": "Fig. 1: plain networks degrade",
        "train_loss of highway-50 < train_loss of plain-50": "Fig. 1",
        "train_loss of highway-100 < train_loss of plain-100": "Fig. 1: by two orders of magnitude",
        "train_loss of highway-100 < train_loss of plain-20 + 0.1": "Fig. 1: as good as plain "
        "networks of 10 and 20 layers",
    },
    deviations=(
        "the paper does not print the ranges of its search: rate 0.001 to 0.1, momentum 0.5 to "
        "0.95, decay 0.95 to 0.999 an epoch, bias of the gates -10 to -1 are ours",
        "layers are counted without that of the classes",
    ),
    scales={
        "smoke": Scale(
            seeds=3,
            rows=("plain-10", "highway-10", "plain-50", "highway-50"),
        ),
        "short": Scale(
            seeds=8,
            length="2ep",
            says=("the decay is that of an epoch, of which there are two",),
        ),
        "paper": Scale(seeds=100),
    },
)
