"""A network outside the grammar, laid out: steps from the input to the logits."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from .frozen import Count, Frozen, Positive
from .layers import Chain, Layer, Shape
from .network import Init


@dataclass(frozen=True)
class Step:
    """One step of a network: a layer, or a few that belong together.

    Args:
        parts: names and layers; a name is the path of the module, in the words of the library
            that has the network too.
        unit: whether it is one of the repeated parts that analyses count, probe and take out.
        feature: whether a backbone answers its output: the last map of a resolution.
    """

    parts: tuple[tuple[str, Layer], ...]
    unit: bool = False
    feature: bool = False

    @property
    def name(self) -> str:
        """Path of its last module."""
        return self.parts[-1][0]

    @property
    def layer(self) -> Chain:
        """All of it as one layer."""
        return Chain(self.parts)


def step(name: str, layer: Layer, *, unit: bool = False, feature: bool = False) -> Step:
    """Return a step of one layer."""
    return Step(((name, layer),), unit, feature)


@dataclass(frozen=True)
class Side:
    """An auxiliary classifier, which works in training only.

    Args:
        name: path of its module.
        after: name of the step whose output it reads, see ``Step.name``.
        layer: from that map to the features of its classifier.
        classifier: name of its fully connected layer, within the module.
    """

    name: str
    after: str
    layer: Chain
    classifier: str


@dataclass(frozen=True)
class Plan:
    """A network laid out.

    Args:
        body: from the input to the last feature map, or to the last hidden vector.
        head: from there to the features that the classifier reads, a vector.
        classifier: path of the fully connected layer that ends the network.
        sides: auxiliary classifiers in the order of their depth.
    """

    body: tuple[Step, ...]
    head: tuple[Step, ...]
    classifier: str
    sides: tuple[Side, ...] = ()


class FamilySpec(Frozen):
    """A network outside the grammar: a few numbers that a person writes, and ``plan()``.

    Args:
        in_chans: channels of the input.
        num_classes: outputs of the classifier; 0 for the features before it.
        init: the rule for weights.
    """

    in_chans: Positive = 3
    num_classes: Count = 1000
    init: Init = "he_fan_out"

    @abstractmethod
    def plan(self) -> Plan:
        """Lay the network out."""

    @property
    @abstractmethod
    def depth(self) -> int:
        """Weighted layers on the longest path."""

    @property
    @abstractmethod
    def natural_size(self) -> int:
        """Side in pixels of the pictures that it was designed for."""

    @property
    def in_shape(self) -> Shape:
        """Shape of a picture of the natural size."""
        return (self.in_chans, self.natural_size, self.natural_size)
