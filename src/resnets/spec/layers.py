"""The second level of families outside the grammar: named layers, every number explicit."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from resnets.errors import ConfigError

Shape = tuple[int, ...]
"""Of one sample: channels, height and width of a map, or the number of features of a vector."""

Pair = tuple[int, int]

ActKind = Literal["relu", "sigmoid", "tanh", "softsign"]


class Layer(ABC):
    """One layer as data: what it is and, for an input's shape, the shape of its output."""

    @abstractmethod
    def shape(self, given: Shape) -> Shape:
        """Return the shape of the output for the shape of an input."""

    @property
    def reduction(self) -> int:
        """How many times smaller the side of a map is behind the layer, borders aside."""
        return 1


@dataclass(frozen=True)
class Conv(Layer):
    """A convolution.

    Args:
        channels: of the output.
        kernel: height and width of the filters.
        stride: distance of output positions on the input.
        padding: zeros above and below, left and right.
        groups: groups of channels that do not see one another.
        bias: whether a learnt constant is added to every channel.
    """

    channels: int
    kernel: Pair
    stride: int = 1
    padding: Pair = (0, 0)
    groups: int = 1
    bias: bool = False

    def shape(self, given: Shape) -> Shape:
        return (self.channels, *_slide(given, self.kernel, self.stride, self.padding))

    @property
    def reduction(self) -> int:
        return self.stride


@dataclass(frozen=True)
class Linear(Layer):
    """A fully connected layer with bias; of a map, over all of its values."""

    features: int

    def shape(self, given: Shape) -> Shape:
        return (self.features,)


@dataclass(frozen=True)
class Norm(Layer):
    """Batch norm.

    Args:
        eps: added to the variance.
    """

    eps: float = 1e-5

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True)
class LocalNorm(Layer):
    """Local response norm: x / (k + α · Σx²)^β, the sum over ``channels`` neighbours.

    Source: Krizhevsky et al. 2012, Section 3.3, with its k = 2, α = 1e-4 and β = 0.75.
    """

    channels: int = 5

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True)
class Act(Layer):
    """A non-linearity without parameters."""

    kind: ActKind = "relu"

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True)
class Dropout(Layer):
    """Dropout of single values with probability ``p``."""

    p: float

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True)
class Pool(Layer):
    """A window that slides over a map and keeps its maximum or its mean.

    Args:
        kind: ``max`` or ``mean``; the mean does not count padding unless ``count_padding``.
        kernel, stride, padding: of the window.
        ceil: whether the last, incomplete window counts.
        count_padding: whether a mean divides by the whole window at the border.
    """

    kind: Literal["max", "mean"]
    kernel: int
    stride: int
    padding: int = 0
    ceil: bool = False
    count_padding: bool = True

    def shape(self, given: Shape) -> Shape:
        kernel, padding = (self.kernel, self.kernel), (self.padding, self.padding)
        return (given[0], *_slide(given, kernel, self.stride, padding, self.ceil))

    @property
    def reduction(self) -> int:
        return self.stride


@dataclass(frozen=True)
class Resize(Layer):
    """Mean pooling to a map of ``side`` × ``side``, whatever the size before."""

    side: int

    def shape(self, given: Shape) -> Shape:
        return (given[0], self.side, self.side)


@dataclass(frozen=True)
class Flatten(Layer):
    """A map as a vector."""

    def shape(self, given: Shape) -> Shape:
        return (math.prod(given),)


@dataclass(frozen=True)
class Chain(Layer):
    """Layers one after another.

    Args:
        parts: names and layers; a dot in a name opens a folder of modules. A ``Concat`` without a
            name has no folder: its branches stand beside the other parts.
    """

    parts: tuple[tuple[str, Layer], ...]

    def shape(self, given: Shape) -> Shape:
        for _, part in self.parts:
            given = part.shape(given)
        return given

    @property
    def reduction(self) -> int:
        return math.prod(part.reduction for _, part in self.parts)


@dataclass(frozen=True)
class Concat(Layer):
    """Branches over one input whose outputs stand one behind the other: split, transform, merge.

    Args:
        branches: for each one names and layers; all names are different.
    """

    branches: tuple[tuple[tuple[str, Layer], ...], ...]

    def shape(self, given: Shape) -> Shape:
        shapes = [Chain(branch).shape(given) for branch in self.branches]
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    @property
    def reduction(self) -> int:
        return Chain(self.branches[0]).reduction


@dataclass(frozen=True)
class Grow(Layer):
    """x ⊕ F(x): the output of F stands behind its input (DenseNet)."""

    body: Chain

    def shape(self, given: Shape) -> Shape:
        return (given[0] + self.body.shape(given)[0], *given[1:])


@dataclass(frozen=True)
class Residual(Layer):
    """x + scale · F(x), and a ReLU unless told otherwise (Inception-ResNet).

    Args:
        body: F.
        scale: the constant on F.
        act: whether a ReLU follows the sum.
    """

    body: Chain
    scale: float = 1.0
    act: bool = True

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True)
class Highway(Layer):
    """T(x) · H(x) + (1 - T(x)) · x with a learnt gate T = σ(W x + b) (highway networks).

    Args:
        body: H.
        gate: W x + b, a convolution or a fully connected layer with bias.
        bias: initial value of b.
    """

    body: Chain
    gate: Conv | Linear
    bias: float

    def shape(self, given: Shape) -> Shape:
        return given


def _slide(given: Shape, kernel: Pair, stride: int, padding: Pair, ceil: bool = False) -> Pair:
    sides = []
    for side, length, pad in zip(given[1:], kernel, padding, strict=True):
        room = side + 2 * pad - length
        steps = -(-room // stride) if ceil else room // stride
        if steps < 0:
            raise ConfigError(
                "E2123",
                "the picture is too small for the network",
                what=f"a window of {kernel[0]}×{kernel[1]} on a map of {given[1]}×{given[2]}",
                do="give larger pictures:  --image-size",
            )
        # A window that would begin beyond the right padding does not count.
        if ceil and steps * stride >= side + pad:
            steps -= 1
        sides.append(steps + 1)
    return sides[0], sides[1]
