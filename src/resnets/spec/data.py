"""What a network is fed: the data of a run, and the preprocessing that travels with its weights."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .frozen import Count, Flag, Frozen, Positive, Real, reject

SOURCES = (
    "digits",
    "cifar10",
    "cifar100",
    "svhn",
    "mnist",
    "fashion-mnist",
    "shapeset",
    "imagenet",
    "folder:PATH",
    "parquet:PATH",
)


class DataSpec(Frozen):
    """The data of a run.

    Args:
        name: a source, for example ``cifar10``, ``folder:PATH`` or ``parquet:PATH``.
        holdout: samples of the training split that become the validation split, by class share.
        split_seed: seed of the holdout, of the split of a source that has none, and of pictures
            that are made.
        image_size: side of the network's input in pixels; None takes the source's own.
        bad_images: ``refuse`` stops at an image that cannot be read, ``skip`` counts and goes on.
        allow_missing_classes: accept a class of the training split that is absent elsewhere.
    """

    name: str = "digits"
    holdout: Count = 0
    split_seed: Count = 0
    image_size: Annotated[int, Field(ge=1, le=4096, strict=True)] | None = None
    bad_images: Literal["refuse", "skip"] = "refuse"
    allow_missing_classes: Flag = False

    @model_validator(mode="after")
    def _known(self) -> DataSpec:
        kind, colon, path = self.name.partition(":")
        allowed = {s.partition(":")[0]: ":" in s for s in SOURCES}
        if allowed.get(kind) is not bool(colon) or (colon and not path):
            raise reject("name", self.name, list(SOURCES))
        return self


class Preprocessing(Frozen):
    """How an image becomes a network's input; saved with every model, obeyed wherever it is used.

    A picture is decoded to ``channels``; its shorter side is resized to ``resize`` and its centre
    cropped to ``image_size``; values are scaled to 0 … 1, then ``(value - mean) / std``.

    Args:
        channels: 1 for grey, 3 for RGB.
        image_size: side of the input, pixels.
        resize: length of the shorter side before the crop, pixels.
        mean: one value for each channel, or for each of C·H·W pixels in that order; 0 … 1.
        std: one value for each channel.
        background: grey value, 0 … 255, on which transparent pictures are composited.
    """

    channels: Positive = 3
    image_size: Positive = 32
    resize: Positive = 32
    mean: tuple[Real, ...] = (0.5, 0.5, 0.5)
    std: tuple[Annotated[float, Field(gt=0.0, strict=True)], ...] = (0.5, 0.5, 0.5)
    background: Annotated[int, Field(ge=0, le=255, strict=True)] = 255

    @model_validator(mode="after")
    def _coherent(self) -> Preprocessing:
        lengths = (self.channels, self.channels * self.image_size**2)
        if len(self.mean) not in lengths:
            raise reject("mean", f"{len(self.mean)} values", f"{lengths[0]} or {lengths[1]} values")
        if len(self.std) != self.channels:
            raise reject("std", f"{len(self.std)} values", f"{self.channels} values")
        return self
