"""The signal layer by layer: what flows forward, what flows back, and how weights would move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnets.errors import ConfigError

from .distribution import Counter, Distribution, describe
from .layers import KINDS, Layer, find_layers
from .observation import observing, separate_branches, watching

Batch = tuple[Tensor, Tensor | None]
"""Images (n, C, H, W) on the network's device, and labels (n,), or None to look forward only."""


@dataclass(frozen=True)
class LayerSignal:
    """What was measured at one layer.

    Args:
        name: path of the layer in the network.
        kind: one of ``KINDS``.
        unit: number of the unit that it is or lies in, from 0; None outside of all.
        kernel: longest side of a convolution's filters; 1 for a fully connected layer, else 0.
        shape: of one output, without the batch; the first call's where there are several.
        activation: its outputs.
        flat: share of outputs at which a non-linearity is flat, below 5 % of its steepest slope;
            None for a layer that is none.
        response: name of the layer whose output is this one's response: the batch norm that reads
            its output as it is, or the layer itself.
        gradient: ∂E/∂output, E being each sample's own loss; None if nothing flowed back.
        weight: its weights, where it has its own.
        weight_gradient: ∂E/∂weight, E being the mean loss.
    """

    name: str
    kind: str
    unit: int | None
    kernel: int
    shape: tuple[int, ...]
    activation: Distribution
    flat: float | None
    response: str
    gradient: Distribution | None = None
    weight: Distribution | None = None
    weight_gradient: Distribution | None = None

    @property
    def gradient_norm(self) -> float | None:
        """Root mean square over the samples of the norm of ∂E/∂output."""
        if self.gradient is None:
            return None
        return (self.gradient.square * torch.Size(self.shape).numel()) ** 0.5

    @property
    def weight_gradient_norm(self) -> float | None:
        """Norm of ∂E/∂weight."""
        gradient = self.weight_gradient
        return None if gradient is None else (gradient.square * gradient.n) ** 0.5

    def to_dict(self) -> dict[str, Any]:
        """Return the layer as JSON data."""
        parts = ("activation", "gradient", "weight", "weight_gradient")
        found = {part: getattr(self, part) for part in parts}
        return {
            **vars(self),
            "shape": list(self.shape),
            **{part: value and value.to_dict() for part, value in found.items()},
            "gradient_norm": self.gradient_norm,
            "weight_gradient_norm": self.weight_gradient_norm,
        }


@dataclass(frozen=True)
class Signal:
    """The layers of a network in the order in which they ran.

    Args:
        layers: those that were watched.
        n: samples.
        statistics: what batch norm went by, ``running`` or ``batch``.
        loss: mean loss of the samples, nats; None without labels.
    """

    layers: tuple[LayerSignal, ...]
    n: int
    statistics: str
    loss: float | None

    def select(self, kind: str) -> tuple[LayerSignal, ...]:
        """Return the layers of one kind."""
        return tuple(layer for layer in self.layers if layer.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON data."""
        return {**vars(self), "layers": [layer.to_dict() for layer in self.layers]}


def measure_signal(
    net: nn.Module,
    batches: Iterable[Batch],
    *,
    kinds: Sequence[str] = KINDS,
    statistics: str = "running",
) -> Signal:
    """Measure every layer of a network on data; the network is left as it was.

    Residual functions that are computed as one (``fused``) are measured one by one.

    Args:
        net: any network of ours, in any mode.
        batches: images and labels. Values of all batches are pooled.
        kinds: which layers, names of ``KINDS``.
        statistics: what batch norm goes by: ``running`` for a trained network, ``batch`` at
            initialisation.

    Raises:
        ConfigError: an option is not allowed, there is no sample or nothing to watch.
        DivergedError: a value is not finite.

    Source: Glorot & Bengio 2010, Sections 3 and 4 (mean, std, 98 % quantile and histograms of
    activations and of back-propagated gradients).
    """
    net = separate_branches(net)
    watch = _Watch(find_layers(net, kinds))
    with observing(net, statistics), watching(watch.layers, watch.on_call):
        for images, labels in batches:
            watch.run(net, images, labels)
    if not watch.n:
        raise ConfigError("E2701", "there is no sample to look at", do="give one image or more")
    return watch.result(statistics)


@dataclass
class _Tally:
    """What is gathered at one layer."""

    layer: Layer
    shape: tuple[int, ...]
    flat: int | None = None
    norms: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.activation = Counter(self.layer.name)
        self.gradient = Counter(f"the gradient at {self.layer.name}")


class _Watch:
    """Gathers what layers answer, and what flows back to them."""

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers
        self.tallies: dict[tuple[str, str], _Tally] = {}
        self.weights = {layer.name: w for layer in layers if (w := layer.weight) is not None}
        self.slopes: dict[str, Tensor] = {}
        self.n = 0
        self.loss: float | None = None
        self.last: tuple[Tensor, int, _Tally] | None = None

    def run(self, net: nn.Module, images: Tensor, labels: Tensor | None) -> None:
        """Run a batch forward, and back from its loss."""
        self.n += len(images)
        if labels is None:
            with torch.no_grad():
                net(images)
            self.last = None
            return
        # A gradient is asked for at the input, so that it passes by every layer, frozen or not.
        images = images.detach().requires_grad_()
        learnt = {name: w for name, w in self.weights.items() if w.requires_grad}
        with torch.enable_grad():
            loss = F.cross_entropy(net(images).float(), labels, reduction="sum")
            self.last = None
            _, *slopes = torch.autograd.grad(loss, [images, *learnt.values()], allow_unused=True)
        self.loss = (self.loss or 0.0) + loss.item()
        for name, slope in zip(learnt, slopes, strict=True):
            if slope is not None:
                self.slopes[name] = self.slopes[name] + slope if name in self.slopes else slope

    def on_call(self, layer: Layer, given: Tensor, output: Tensor) -> None:
        """Gather one call of a layer."""
        values = layer.read(output.detach())
        key = (layer.name, layer.kind)
        if key not in self.tallies:
            self.tallies[key] = _Tally(layer, tuple(values.shape[1:]))
        tally = self.tallies[key]
        tally.activation.add(values)
        flat = layer.count_flat(values)
        if flat is not None:
            tally.flat = (tally.flat or 0) + flat
        if output.requires_grad and layer.kind != "gate":
            output.register_hook(tally.gradient.add)
        if layer.kind == "norm" and self.last is not None:
            before, version, source = self.last
            # The same tensor, and nothing was added to it in between.
            if given is before and given._version == version:
                source.norms.add(layer.name)
        if layer.kernel:
            self.last = (output, output._version, tally)

    def result(self, statistics: str) -> Signal:
        """Return what was gathered."""
        layers = tuple(self._finish(tally) for tally in self.tallies.values())
        loss = None if self.loss is None else self.loss / self.n
        return Signal(layers, self.n, statistics, loss)

    def _finish(self, tally: _Tally) -> LayerSignal:
        layer = tally.layer
        weight, slope = layer.weight, self.slopes.get(layer.name) if layer.kernel else None
        return LayerSignal(
            name=layer.name,
            kind=layer.kind,
            unit=layer.unit,
            kernel=layer.kernel,
            shape=tally.shape,
            activation=tally.activation.result(),
            flat=None if tally.flat is None else tally.flat / tally.activation.n,
            response=next(iter(tally.norms)) if len(tally.norms) == 1 else layer.name,
            gradient=tally.gradient.result() if tally.gradient.n else None,
            weight=None if weight is None else describe(f"weights of {layer.name}", weight),
            weight_gradient=None
            if slope is None
            else describe(f"the gradient of the weights of {layer.name}", slope / self.n),
        )
