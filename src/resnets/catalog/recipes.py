"""The recipes of the papers as data, and two of ours."""

from __future__ import annotations

from resnets.errors import ConfigError, nearest
from resnets.spec import Cosine, Linear, Network, Plateau, Recipe, Steps, Warmup

DEEP = 110
"""Layers from which the 2015 recipe starts with a low rate."""

_WARMUP = Warmup(length="400it", kind="constant", start=0.1)
_AUGMENTATION = "Augmentation is the data source's."

_HE2015_CIFAR = Recipe(
    name="he2015-cifar",
    source="He et al. 2015, Section 4.2: 64,000 iterations, rate divided by 10 at 32,000 and "
    "48,000; with 110 layers and more 0.01 for the first 400, where the paper waits for a training "
    "error below 80 per cent. Weight decay spares batch norm and biases, as in the authors' "
    "release.",
    length="64000it",
    batch_size=128,
    lr=0.1,
    weight_decay=1e-4,
    decay_norm_and_bias=False,
    schedule=Steps(milestones=("50%", "75%")),
    normalize="pixel-mean",
)

_GROSS2016_IMAGENET = Recipe(
    name="gross2016-imagenet",
    source=f"fb.resnet.torch: 90 epochs, rate divided by 10 every 30, Nesterov. {_AUGMENTATION}",
    length="90ep",
    batch_size=256,
    lr=0.1,
    nesterov=True,
    weight_decay=1e-4,
    schedule=Steps(milestones=("30ep", "60ep")),
)

RECIPES = (
    Recipe(
        name="quick",
        source="Ours: a few epochs, a rate that climbs for 30 % of them and falls to 0; chosen "
        "with ResNet-20 and 5 epochs on a 45,000/5,000 split of CIFAR-10's training images.",
        length="10ep",
        batch_size=128,
        lr=0.4,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Linear(),
        warmup=Warmup(length="30%", kind="linear", start=0.1),
    ),
    Recipe(
        name="fine-tune",
        source="Ours: a low rate along a cosine, from weights that are good already.",
        length="10ep",
        batch_size=64,
        lr=0.01,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Cosine(),
        warmup=Warmup(length="5%", kind="linear", start=0.1),
    ),
    _HE2015_CIFAR,
    _HE2015_CIFAR.replace(
        name="he2016-cifar",
        source="He et al. 2016, appendix: as in 2015, but always 0.01 for 400 iterations first.",
        warmup=_WARMUP,
    ),
    Recipe(
        name="he2015-imagenet",
        source="He et al. 2015, Section 3.4: up to 600,000 iterations, rate divided by 10 when the "
        "error stops falling; the patience of 5 epochs is ours. Weight decay spares batch norm and "
        f"biases, as in the authors' release. {_AUGMENTATION}",
        length="600000it",
        batch_size=256,
        lr=0.1,
        weight_decay=1e-4,
        decay_norm_and_bias=False,
        schedule=Plateau(patience=5, factor=0.1),
    ),
    _GROSS2016_IMAGENET.replace(
        name="he2016-imagenet",
        source="He et al. 2016, appendix: rate divided by 10 at 30 and 60 epochs; the length of 90 "
        f"is that of fb.resnet.torch. {_AUGMENTATION}",
        nesterov=False,
    ),
    _GROSS2016_IMAGENET,
    Recipe(
        name="xie2017-cifar",
        source="Xie et al. 2017, appendix A: 300 epochs, rate divided by 10 at 150 and 225; "
        "Nesterov as in the authors' code.",
        length="300ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Steps(milestones=("150ep", "225ep")),
    ),
    _GROSS2016_IMAGENET.replace(
        name="xie2017-imagenet",
        source="Xie et al. 2017, Section 4: rate divided by 10 three times, every 30 epochs; 100 "
        f"epochs and Nesterov as in the authors' code. {_AUGMENTATION}",
        length="100ep",
        schedule=Steps(milestones=("30ep", "60ep", "90ep")),
    ),
    Recipe(
        name="zagoruyko2016-cifar",
        source="Zagoruyko, Komodakis 2016, Section 3: 200 epochs, rate times 0.2 at 60, 120 and "
        "160. The authors pad crops by reflection; here as the data source does.",
        length="200ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=5e-4,
        schedule=Steps(milestones=("60ep", "120ep", "160ep"), factor=0.2),
    ),
    Recipe(
        name="abdi2016-cifar",
        source="Abdi, Nahavandi 2016, Section V: 200 epochs; drops at 81 and 122 and Nesterov as "
        "in the authors' code.",
        length="200ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Steps(milestones=("81ep", "122ep")),
    ),
    Recipe(
        name="huang2016-cifar",
        source="Huang et al. 2016 and the authors' code: 500 epochs, rate divided by 10 at 250 and "
        "375, Nesterov, the best of a 45,000/5,000 split.",
        length="500ep",
        batch_size=128,
        lr=0.1,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Steps(milestones=("250ep", "375ep")),
    ),
    Recipe(
        name="singh2016-cifar",
        source="Singh et al. 2016 (unconfirmed): 256 epochs, rate divided by 10 at 192 and 224.",
        length="256ep",
        batch_size=128,
        lr=0.1,
        weight_decay=1e-4,
        schedule=Steps(milestones=("192ep", "224ep")),
    ),
)

_BY_NAME = {recipe.name: recipe for recipe in RECIPES}


def list_recipes() -> list[str]:
    """List the recipes by name."""
    return list(_BY_NAME)


def look_up_recipe(name: str, spec: Network) -> Recipe:
    """Return a recipe for a network.

    Args:
        name: the recipe.
        spec: the network: in ``he2015-cifar`` one of 110 layers and more starts at a low rate.

    Raises:
        ConfigError: the name is unknown.
    """
    if name not in _BY_NAME:
        guesses = nearest(name, list(_BY_NAME))
        raise ConfigError(
            "E2210",
            "unknown recipe",
            what=name,
            do=[
                *([f"did you mean {', '.join(guesses)}?"] if guesses else []),
                f"recipes: {', '.join(_BY_NAME)}",
            ],
        )
    recipe = _BY_NAME[name]
    if name == "he2015-cifar" and spec.depth >= DEEP:
        return recipe.replace(warmup=_WARMUP)
    return recipe
