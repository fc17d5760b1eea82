"""What stands in the ``config.json`` of a saved model: enough to rebuild and to use it alone."""

from __future__ import annotations

from pydantic import Field, model_validator

from .architecture import AnyNetwork
from .data import DataSpec, Preprocessing
from .frozen import Frozen, Positive, reject

FORMAT = 1


class ModelConfig(Frozen):
    """A saved network: its architecture, its classes, how to feed it, and where it comes from.

    Args:
        format: version of this layout.
        model: the catalog's name, for people.
        network: the architecture; decides alone what is built.
        classes: class names in the order of the outputs.
        preprocessing: how an image becomes an input.
        data: the data it was trained on, with how it was split; None if nobody knows.
        fingerprint: fingerprint of that data.
        recipe: name of the recipe.
        measured: measured figures, for example ``{"test_top1_error": 8.4, "test_n": 10000}``.
        license: licence of the weights, where it is known.
        source: where the weights come from: a run, or the file they were read from.
    """

    format: Positive = FORMAT
    model: str = ""
    network: AnyNetwork
    classes: tuple[str, ...] = ()
    preprocessing: Preprocessing = Preprocessing()
    data: DataSpec | None = None
    fingerprint: str = ""
    recipe: str = ""
    measured: dict[str, float] = Field(default_factory=dict)
    license: str = ""
    source: str = ""

    @property
    def trained_on(self) -> str:
        """Name of the data it was trained on; empty if nobody knows."""
        return self.data.name if self.data else ""

    @model_validator(mode="after")
    def _coherent(self) -> ModelConfig:
        if self.classes and len(self.classes) != self.network.num_classes:
            outputs = self.network.num_classes
            raise reject("classes", f"{len(self.classes)} names", f"{outputs} names, one an output")
        return self
