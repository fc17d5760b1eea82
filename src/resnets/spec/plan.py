"""A network outside the grammar, laid out: steps from the input to the logits."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from .frozen import Count, Frozen, Positive
from .layers import Chain, Concat, Conv, Grow, Highway, Layer, Linear, Residual, Shape
from .network import Init
from .polynomial import Each, Polynomial


@dataclass(frozen=True)
class Step:
    """One step of a network: a layer, or a few that belong together.

    Args:
        parts: names and layers; a name is the path of the module, in the words of the library
            that has the network too.
        unit: whether it is one of the repeated parts that analyses count, probe and take out.
        feature: whether a backbone answers its output: the last map of a resolution.
        label: what people call it, for example ``block 1, layer 6``.
    """

    parts: tuple[tuple[str, Layer], ...]
    unit: bool = False
    feature: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        """Path of its last module."""
        return self.parts[-1][0]

    @property
    def layer(self) -> Chain:
        """All of it as one layer."""
        return Chain(self.parts)


def step(
    name: str, layer: Layer, *, unit: bool = False, feature: bool = False, label: str = ""
) -> Step:
    """Return a step of one layer."""
    return Step(((name, layer),), unit, feature, label)


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

    @property
    def depth(self) -> int:
        """Weighted layers on the longest path, the classifier among them."""
        return sum(count_depth(step.layer) for step in (*self.body, *self.head)) + 1

    def shapes(self, given: Shape) -> dict[str, Shape]:
        """Return the shape behind every step of the body, by the step's name.

        Raises:
            ConfigError: the picture is too small.
        """
        found = {}
        for each in self.body:
            found[each.name] = given = each.layer.shape(given)
        return found

    def check(self, given: Shape) -> None:
        """Make sure that pictures of a shape can be trained on, auxiliary classifiers included.

        Raises:
            ConfigError: the picture is too small.
        """
        found = self.shapes(given)
        for side in self.sides:
            side.layer.shape(found[side.after])


def count_depth(layer: Layer) -> int:
    """Count the weighted layers on the longest path through a layer."""
    match layer:
        case Conv() | Linear():
            return 1
        case Chain():
            return sum(count_depth(part) for _, part in layer.parts)
        case Concat():
            return max(count_depth(Chain(branch)) for branch in layer.branches)
        case Grow() | Residual() | Highway():
            return count_depth(layer.body)
        case Each():
            return count_depth(layer.layer)
        case Polynomial():
            depths = [count_depth(Chain(layer.function(term))) for term in range(layer.terms)]
            return sum(depths) if layer.cascade else max(depths)
    return 0


class FamilySpec(Frozen):
    """A network outside the grammar: a few numbers that a person writes, and ``plan()``.

    Args:
        in_chans: channels of the input.
        num_classes: outputs of the classifier; 0 for the features before it.
        init: the rule for weights.
    """

    every_layer_follows: ClassVar[bool] = False
    """Whether the classifier follows the rule too; elsewhere it has torch's default weights."""

    dimensions: ClassVar[int] = 2
    """Of what is convolved; all families read pictures."""

    in_chans: Positive = 3
    num_classes: Count = 1000
    init: Init = "he_fan_out"

    @abstractmethod
    def plan(self) -> Plan:
        """Lay the network out."""

    @property
    def depth(self) -> int:
        """Weighted layers on the longest path."""
        return self.plan().depth

    @property
    @abstractmethod
    def natural_size(self) -> int:
        """Side in pixels of the pictures that it was designed for."""

    @property
    def in_shape(self) -> Shape:
        """Shape of a picture of the natural size."""
        return (self.in_chans, self.natural_size, self.natural_size)
