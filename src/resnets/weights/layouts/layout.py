"""What a layout is: one library's names for the tensors of one family of networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from torch import Tensor

from resnets.spec import Network, Preprocessing

State = Mapping[str, Tensor]
Shapes = Mapping[str, tuple[int, ...]]
Architecture = TypeVar("Architecture", bound=Network)

IMAGENET = Preprocessing(
    image_size=224, resize=256, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
)
"""What torchvision's weights are fed with."""

CIFAR = Preprocessing(mean=(0.4914, 0.4822, 0.4465), std=(0.2023, 0.1994, 0.2010))
"""What many repositories feed their CIFAR networks with; its deviation is a mean over images."""


def keep(state: State, spec: Network) -> dict[str, Tensor]:
    """Return the tensors as they are: for a library that has our own names."""
    return dict(state)


@dataclass(frozen=True)
class Layout(Generic[Architecture]):
    """How a library names, orders and feeds the networks of one family.

    A family whose modules are named as in the library needs ``recognise`` and ``feed`` alone.

    Args:
        name: of the library, as ``export --format`` takes it.
        recognise: from names and shapes of a file to its network; None where they are another
            layout's. It may be generous: what does not fit is found and named afterwards.
        feed: how the library feeds the network; None where nobody knows.
        family: the family of the specs.
        read: from the library's tensors to ours.
        write: from our tensors to the library's; works on tensors without data, too.
        refuse: why the library's own code cannot build a network; empty if it can.
        assume: sentences about what the tensors cannot say, and what was taken for it.
        silent: fields of the spec that the tensors cannot say; a name from the user decides them.
    """

    name: str
    recognise: Callable[[Shapes], Architecture | None]
    feed: Callable[[Architecture], Preprocessing | None]
    family: str = "residual"
    read: Callable[[State, Architecture], dict[str, Tensor]] = keep
    write: Callable[[State, Architecture], dict[str, Tensor]] = keep
    refuse: Callable[[Architecture], str] = lambda spec: ""
    assume: Callable[[Architecture], tuple[str, ...]] = lambda spec: ()
    silent: tuple[str, ...] = ()
