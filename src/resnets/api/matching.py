"""Weights whose frame tells no network: matched with the networks of the catalog, name by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resnets.catalog import list_names, look_up
from resnets.errors import ConfigError, FileError
from resnets.spec import Network

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.weights import WeightFile
    from resnets.weights.layouts import Layout

OWN = "resnets"
"""Name of our own layout: the names of the network's modules."""

ALIKE = 0.6
"""Share of equal names, of all names of two sets, from which a file is meant for a network."""

TRIED = 0.65, 1.6
"""Learnt numbers of a network that is tried, in those of the file; classes may be others."""


@dataclass(frozen=True)
class Match:
    """A network whose tensors have the names of a file's, all or most of them.

    Args:
        layout: in which they do.
        network: in the sizes of the file.
        share: of equal names.
        fits: whether all names and shapes are equal.
    """

    layout: Layout[Any]
    network: Network
    share: float
    fits: bool


def match_network(file: WeightFile, asked: Network | None) -> Match | None:
    """Find the network that a file is meant for, complete or not.

    Args:
        file: names and tensors.
        asked: the network, if it is known; None tries those of the catalog that are as large.

    Raises:
        FileError: several networks have exactly these tensors, and none was asked for.
    """
    if asked is not None:
        tried = {"": asked}
    else:
        tried = {name: look_up(name).spec for name in _list_as_large(file)}
    matches = [(name, m) for name, spec in tried.items() for m in _match_layouts(file, spec)]
    fitting = {n: _forget(m.network) for n, m in matches if m.fits and m.layout.name == OWN}
    if len({str(network) for network in fitting.values()}) > 1:
        raise FileError(
            "E4612",
            "several networks have these tensors",
            what=file.path,
            why=f"the names and shapes are those of {', '.join(list(fitting)[:8])}",
            do="name the network:  resnets import FILE --model NAME --output FOLDER",
        )
    best = max((m for _, m in matches), key=lambda m: (m.fits, m.share), default=None)
    return best if best is not None and best.share >= ALIKE else None


def _forget(network: Network) -> Network:
    """Return a network without what matters before and during its training only."""
    rest = {"dropout": 0.0, "side_dropout": 0.0, "init": "he_fan_out", "zero_init": False}
    fields = type(network).model_fields
    return network.replace(**{name: value for name, value in rest.items() if name in fields})


def _list_as_large(file: WeightFile) -> Iterator[str]:
    """Yield the names of networks with about as many learnt numbers as the file."""
    from resnets.analysis import count

    numbers = sum(t.numel() for n, t in file.tensors.items() if "running_" not in n)
    low, high = (numbers * share for share in TRIED)
    for name in list_names():
        if low <= count(look_up(name).spec).parameters <= high:
            yield name


def _match_layouts(file: WeightFile, spec: Network) -> Iterator[Match]:
    """Yield how well a network fits in each layout that can name it."""
    from resnets.weights.layouts import LAYOUTS, Layout

    net = build_empty(spec)
    own: Layout[Any] = Layout(name=OWN, recognise=lambda shapes: None, feed=lambda spec: None)
    for layout in (own, *LAYOUTS):
        if layout.name != OWN and layout.family != spec.family:
            continue
        try:
            wanted = layout.write(net.state_dict(), spec)
        except ConfigError:  # its names cannot tell this network
            continue
        names, given = _shapes(wanted), _shapes(file.tensors)
        share = len(names.keys() & given.keys()) / max(len({**names, **given}), 1)
        if share >= ALIKE:
            network = _take_sizes(file.tensors, spec, net, layout)
            sized = layout.write(build_empty(network).state_dict(), network)
            yield Match(layout, network, share, _shapes(sized) == given)


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Return shapes by name, without the counts that files from before torch 0.4 lack."""
    return {n: tuple(t.shape) for n, t in tensors.items() if not n.endswith("num_batches_tracked")}


def _take_sizes(
    tensors: Mapping[str, Tensor], spec: Network, net: nn.Module, layout: Layout[Any]
) -> Network:
    """Return a network with the outputs and input channels of a file."""
    from resnets.weights import head_names

    own = net.state_dict()
    heads = [name for name in own if name in head_names(net) and name.endswith(".weight")]
    first = next(iter(own))
    sizes = {"num_classes": (heads[-1:], 0)}
    if own[first].dim() > 2:  # a vector has no channels
        sizes["in_chans"] = ([first], 1)
    given = {}
    for field, (names, dim) in sizes.items():
        for theirs in layout.write({name: own[name] for name in names}, spec):
            found = tensors.get(theirs)
            if found is not None and found.dim() > dim and found.shape[dim]:
                given[field] = found.shape[dim]
    return spec.replace(**given)


def build_empty(network: Network) -> nn.Module:
    """Build a network whose tensors have no data."""
    import torch

    from resnets.networks import build

    with torch.device("meta"):
        return build(network)
