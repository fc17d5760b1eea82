"""Sameness with another library's network, measured: same weights, same input, what comes out.

The tests hold the differences to a tolerance; ``docs/parity.py`` writes them into a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from resnets.networks import Outputs, build
from resnets.spec import Network
from resnets.weights.layouts import find_layout

State = dict[str, Tensor]

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}
"""Largest difference that rounding can explain, as a share of the largest value."""

BATCH = 2


@dataclass(frozen=True)
class Difference:
    """How far two networks are apart; each is a share of the largest value that is compared.

    Args:
        outputs: in training mode, where batch norms use the batch.
        gradients: of all parameters and of the input.
        statistics: running means and variances after one step.
        evaluation: outputs in evaluation mode, with those statistics.
    """

    outputs: float
    gradients: float
    statistics: float
    evaluation: float

    @property
    def largest(self) -> float:
        """The largest of them."""
        return max(self.outputs, self.gradients, self.statistics, self.evaluation)


def compare_with(
    library: str, theirs: nn.Module, network: Network, size: int, dtype: torch.dtype
) -> Difference:
    """Compare a library's network with ours, by the names of the library's layout.

    Args:
        library: its name.
        theirs: its network; it is changed.
        network: our spec.
        size: side of the pictures, in pixels.
        dtype: in which both compute.
    """
    layout = find_layout(library, network)
    with torch.device("meta"):
        ours = build(network)
    return compare(
        ours.to_empty(device="cpu"),
        theirs,
        lambda state: layout.read(state, network),
        lambda state: layout.write(state, network),
        size,
        dtype,
    )


def compare(
    ours: nn.Module,
    theirs: nn.Module,
    read: Callable[[State], State],
    write: Callable[[State], State],
    size: int,
    dtype: torch.dtype,
) -> Difference:
    """Give our network the weights of another, and run both; both are changed.

    Args:
        ours, theirs: the two networks.
        read: from their tensors to ours.
        write: from our tensors to theirs.
        size: side of the pictures, in pixels.
        dtype: in which both compute.
    """
    generator = torch.Generator().manual_seed(0)
    shake(theirs.to(dtype), generator)
    ours.to(dtype).load_state_dict(read(theirs.state_dict()))
    x = torch.randn(BATCH, 3, size, size, generator=generator, dtype=torch.float64).to(dtype)
    (outputs, evaluation, gradient), expected = (_run(net, x) for net in (ours, theirs))
    own, wanted = (
        {name: p.grad for name, p in net.named_parameters() if p.grad is not None}
        for net in (ours, theirs)
    )
    return Difference(
        outputs=_measure({"": outputs}, {"": expected[0]}),
        gradients=_measure({**write(own), "x": gradient}, {**wanted, "x": expected[2]}),
        statistics=_measure(write(ours.state_dict()), theirs.state_dict()),
        evaluation=_measure({"": evaluation}, {"": expected[1]}),
    )


@torch.no_grad()
def shake(net: nn.Module, generator: torch.Generator) -> None:
    """Move what initialisation leaves at 0 and 1, so that a tensor in a wrong place is seen."""
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point() and tensor.dim() == 1:
            scale = 1.0 if name.endswith(("var", "weight")) else 0.0
            noise = torch.rand(tensor.shape, generator=generator, dtype=torch.float64)
            tensor.copy_(scale + 0.2 * (noise - 0.5))


def _run(net: nn.Module, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Run forward and backward in training mode, then forward in evaluation mode.

    Returns:
        Outputs in training, outputs in evaluation, and the gradient of the input.
    """
    x = x.clone().requires_grad_()
    net.zero_grad()
    torch.manual_seed(0)  # dropout: two networks that are the same draw the same masks
    outputs = _join(net.train()(x))
    outputs.square().sum().backward()
    assert x.grad is not None
    with torch.no_grad():
        evaluation = net.eval()(x)
    return outputs.detach(), evaluation, x.grad


def _join(outputs: object) -> Tensor:
    """Put the logits of auxiliary classifiers, from the lowest, beside those of the network."""
    if isinstance(outputs, Tensor):
        return outputs
    logits, *sides = outputs  # type: ignore[misc]
    # Ours are a tuple from below; torchvision's follow one by one, the upper one first.
    sides = sides[0] if isinstance(outputs, Outputs) else reversed(sides)
    return torch.cat((logits, *sides), 1)


def _measure(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> float:
    """Return the largest difference as a share of the largest value; the names must be equal."""
    assert ours.keys() == theirs.keys(), sorted(ours.keys() ^ theirs.keys())[:5]
    largest = _find_largest(theirs.values())
    assert 0 < largest < torch.inf, largest
    return _find_largest(ours[name].double() - tensor for name, tensor in theirs.items()) / largest


def _find_largest(tensors: Iterable[Tensor]) -> float:
    """Return the largest magnitude; not a number where one value is none."""
    return torch.stack([tensor.double().abs().max() for tensor in tensors]).max().item()
