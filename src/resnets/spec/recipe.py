"""A training recipe as data: optimizer, schedule, length and regularisation, with its source."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Union

from pydantic import AfterValidator, Field, model_validator

from .frozen import Flag, Frozen, Positive, Share, reject

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(it|ep|%)")


def _length(text: str) -> str:
    match = _LENGTH.fullmatch(text)
    if not match or (match[2] == "it" and "." in match[1]):
        raise reject("", text, "a number with a unit, such as 400it, 30ep or 50%")
    return text


Length = Annotated[str, AfterValidator(_length)]
"""A length: iterations (``400it``), epochs (``30ep``) or a share of the run (``50%``)."""


def count_steps(length: str, steps_per_epoch: int, total: int = 0) -> int:
    """Convert a length to optimizer steps.

    Args:
        length: for example ``"400it"``, ``"30ep"`` or ``"50%"``.
        steps_per_epoch: steps in one pass over the training set.
        total: steps of the whole run, which a percentage refers to.
    """
    number, unit = _LENGTH.fullmatch(_length(length)).groups()  # type: ignore[union-attr]
    scale = {"it": 1.0, "ep": float(steps_per_epoch), "%": total / 100}[unit]
    return round(float(number) * scale)


class Steps(Frozen):
    """Multiply the rate by ``factor`` at every milestone."""

    kind: Literal["steps"] = "steps"
    milestones: tuple[Length, ...] = ("50%", "75%")
    factor: Share = 0.1


class Exponential(Frozen):
    """Multiply the rate by ``factor`` again and again, after each stretch of length ``every``."""

    kind: Literal["exponential"] = "exponential"
    factor: Share = 0.94
    every: Length = "2ep"


class Cosine(Frozen):
    """Let the rate fall along half a cosine to ``final`` times its value."""

    kind: Literal["cosine"] = "cosine"
    final: Share = 0.0


class Linear(Frozen):
    """Let the rate fall along a line to ``final`` times its value."""

    kind: Literal["linear"] = "linear"
    final: Share = 0.0


class Plateau(Frozen):
    """Multiply the rate by ``factor`` after ``patience`` epochs without a lower error."""

    kind: Literal["plateau"] = "plateau"
    patience: Positive = 5
    factor: Share = 0.1


class Constant(Frozen):
    """Keep the rate as it is."""

    kind: Literal["constant"] = "constant"


Schedule = Annotated[
    Union[Steps, Exponential, Cosine, Linear, Plateau, Constant],  # noqa: UP007
    Field(discriminator="kind"),
]


class Warmup(Frozen):
    """What stands before the schedule: a rate that is low, or that climbs.

    Args:
        length: steps, epochs or share of the run; the schedule's own clock runs on meanwhile.
        kind: ``constant`` keeps ``start`` times the rate; ``linear`` climbs from there to the rate.
        start: share of the recipe's rate at the beginning.
    """

    length: Length = "0it"
    kind: Literal["constant", "linear"] = "constant"
    start: Share = 0.1


class Recipe(Frozen):
    """How a network is trained.

    Args:
        name: the catalog's name, or whatever the author calls it.
        source: paper and section, and what is ours.
        length: how long: epochs or iterations.
        batch_size: samples in a step.
        optimizer: ``sgd`` in torch's form, v ← m·v + g, w ← w - lr·v; or ``rmsprop`` in
            TensorFlow's, s ← d·s + (1 - d)·g², v ← m·v + lr·g / √(s + eps), w ← w - v, with s = 1
            at the start.
        lr: learning rate.
        momentum, weight_decay: m, and the share of w that is added to g.
        nesterov: look ahead along v, in stochastic gradient descent.
        decay, eps: d and eps of RMSProp.
        clip: largest norm of all gradients together; longer ones are shortened; 0 for any.
        decay_norm_and_bias: whether weight decay also touches batch norm and biases.
        schedule: how the rate falls.
        warmup: what happens before.
        label_smoothing: ε of q'(k) = (1 - ε)·δ(k, y) + ε/K.
        auxiliary: weight of the loss of each auxiliary classifier, in networks that have some.
        ema: decay of an exponential moving average of the weights, which is then what is evaluated
            and kept; 0 for none.
        augment: ``source`` uses what the data source allows, ``none`` nothing.
        crop: how training images are cut: as the ``source`` has it; ``scale``, a square out of the
            image with a random length of the shorter side; or ``area``, a part of random area and
            shape.
        scales: least and greatest of those lengths, for an input of 224 pixels.
        jitter: greatest change of brightness, contrast and saturation, as a share; 0.4 is usual.
        lighting: standard deviation of the colour noise along ImageNet's principal axes; 0.1 is
            usual.
        normalize: subtract the per-channel ``mean-std`` and divide, or only the ``pixel-mean``.
    """

    name: str = "custom"
    source: str = ""
    length: Length = "10ep"
    batch_size: Positive = 128
    optimizer: Literal["sgd", "rmsprop"] = "sgd"
    lr: Annotated[float, Field(gt=0.0, strict=True)] = 0.1
    momentum: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.9
    nesterov: Flag = False
    weight_decay: Annotated[float, Field(ge=0.0, strict=True)] = 1e-4
    decay: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.9
    eps: Annotated[float, Field(gt=0.0, strict=True)] = 1.0
    clip: Annotated[float, Field(ge=0.0, strict=True)] = 0.0
    decay_norm_and_bias: Flag = True
    schedule: Schedule = Steps()
    warmup: Warmup = Warmup()
    label_smoothing: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.0
    auxiliary: Share = 0.3
    ema: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.0
    augment: Literal["source", "none"] = "source"
    crop: Literal["source", "scale", "area"] = "source"
    scales: tuple[Positive, Positive] = (256, 480)
    jitter: Share = 0.0
    lighting: Annotated[float, Field(ge=0.0, strict=True)] = 0.0
    normalize: Literal["mean-std", "pixel-mean"] = "mean-std"

    @model_validator(mode="after")
    def _coherent(self) -> Recipe:
        if self.nesterov and self.optimizer != "sgd":
            raise reject("nesterov", True, ["False"], f"{self.optimizer} does not look ahead")
        if not 224 <= self.scales[0] <= self.scales[1]:
            raise reject("scales", self.scales, "two lengths from 224 on, the least first")
        if self.augment == "none" and (self.crop != "source" or self.jitter or self.lighting):
            why = "crop, jitter and lighting change training images"
            raise reject("augment", self.augment, ["source"], why)
        return self
