"""Weights out of a file of any known layout, with the network that they are for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.catalog import find_name
from resnets.errors import ConfigError, FileError
from resnets.spec import Network, Preprocessing

from .matching import OWN, build_empty, match_network

if TYPE_CHECKING:
    from torch import Tensor

    from resnets.weights import WeightFile
    from resnets.weights.layouts import Layout

DECIDED = ("num_classes", "in_chans", "image_size", "auxiliary")
"""Fields that a file decides, whatever network was asked for."""


@dataclass(frozen=True)
class Recognition:
    """Weights of a file in our names, and what was recognised.

    Args:
        path: the file.
        layout: name of the library or repository whose names it has.
        network: the network, with the outputs and input channels of the file.
        model: its name in the catalog; empty for a network that has none.
        state: tensors by our names, on the CPU.
        preprocessing: how that library feeds the network; None where nobody knows.
        notes: sentences about where the tensors stood, and what they cannot say.
        classes: names of the outputs, where they are published with the weights.
        license: of the weights, where it is published with them.
    """

    path: Path
    layout: str
    network: Network
    model: str
    state: dict[str, Tensor]
    preprocessing: Preprocessing | None
    notes: tuple[str, ...]
    classes: tuple[str, ...] = ()
    license: str = ""

    @property
    def title(self) -> str:
        """Network and layout in a few words."""
        layout = "our own names" if self.layout == OWN else f"the layout of {self.layout}"
        return f"{self.model or 'a network of its own'} in {layout}"


def recognise(path: str | Path, asked: Network | None = None) -> Recognition:
    """Read a file of weights, in whatever layout and form it is.

    Args:
        path: a ``.pth``, ``.pt``, ``.th``, ``.bin`` or ``.safetensors`` file; a folder as
            transformers saves it, whose ``config.json`` is read, too; or ``pretrained``, also with
            ``:TAG`` behind, for what torchvision or timm publish.
        asked: the network that it should be for; its classes and channels may be others. It
            decides what tensors cannot say, such as where a bottleneck strides. None takes what
            the file says.

    Raises:
        FileError: the file is refused, no layout is recognised, it is for another network than the
            one that was asked for, or a tensor is missing, unexpected, of another shape or kind,
            or not finite; the tensor is named as in the file.
    """
    from resnets.weights import read_weights
    from resnets.weights.layouts import HUGGINGFACE, read_description

    from .published import is_published, recognise_published

    if is_published(path):
        return recognise_published(str(path), asked)
    file = read_weights(path)
    layout, network = _decide(file, asked)
    classes: tuple[str, ...] = ()
    if Path(path).is_dir():
        classes, first = read_description(Path(path))
        if first and asked is None and layout.name == HUGGINGFACE.name:
            network = network.replace(stride_at=0)
    state = _translate(file, layout, network)
    return Recognition(
        path=file.path,
        layout=layout.name,
        network=network,
        model=find_name(network),
        state=state,
        preprocessing=layout.feed(network),
        notes=(*_describe_nesting(file), *layout.assume(network)),
        classes=classes if len(classes) == network.num_classes else (),
    )


def check_network(
    found: Network,
    asked: Network,
    path: Path,
    silent: Iterable[str] = ("init", "zero_init"),
) -> Network:
    """Return the network that was asked for in the sizes of the one that was found.

    Args:
        found: the network that weights are for.
        asked: the one that the user named; what ``DECIDED`` lists does not count.
        path: where the weights are, for messages.
        silent: fields that the weights cannot say, which the user's name decides.

    Raises:
        FileError: they are different networks.
    """
    fields = type(found).model_fields
    try:
        same = asked.replace(**{name: getattr(found, name) for name in DECIDED if name in fields})
        decided = {name: getattr(asked, name) for name in silent if name in fields}
        if found.replace(**decided) == same:
            return same
    except (ConfigError, AttributeError):  # the two are not even of one family
        pass
    name = find_name(found)
    ways = [f"name {name}"] if name else []
    if path.is_dir():
        ways.append(f"give {path} itself in place of the name")
    elif not name:
        ways.append("leave the name out:  resnets import FILE --output FOLDER")
    raise FileError(
        "E4611",
        "the weights are for another network",
        what=path,
        why=f"they are for {name or found}, not for {find_name(asked) or asked}",
        do=ways,
    )


def _decide(file: WeightFile, asked: Network | None) -> tuple[Layout[Any], Network]:
    """Return layout and network of a file; of a file that is not whole, those it is meant for."""
    from resnets.weights.layouts import LAYOUTS
    from resnets.weights.layouts import recognise as recognise_layout

    found = recognise_layout({name: tuple(t.shape) for name, t in file.tensors.items()})
    if found is None or not (find_name(found[1]) or _fits(file, *found)):
        match = match_network(file, asked)
        if match is not None:
            return match.layout, match.network
    if found is not None:
        layout, network = found
        if asked is not None:
            network = check_network(network, asked, file.path, layout.silent)
        return layout, network
    first = ", ".join(list(file.tensors)[:3])
    libraries = ", ".join(dict.fromkeys(layout.name for layout in LAYOUTS))
    raise FileError(
        "E4610",
        "the layout is not recognised",
        what=file.path,
        why=f"{len(file.tensors):,} tensors, the first are {first or 'none'}; known are the"
        f" networks of {libraries}",
        do="name the network, if its tensors have our names"
        if asked is None
        else "check that it is a file of this network",
    )


def _fits(file: WeightFile, layout: Layout[Any], network: Network) -> bool:
    """Say whether a network has the very tensors of a file."""
    try:
        _translate(file, layout, network)
    except FileError:
        return False
    return True


def _translate(file: WeightFile, layout: Layout[Any], network: Network) -> dict[str, Tensor]:
    """Check the tensors under the names that the file has, and return them under ours."""
    import torch

    from resnets.weights import check_state

    wanted = layout.write(build_empty(network).state_dict(), network)
    # Files from before torch 0.4 have no such counts, and nothing reads them.
    counts = {n: torch.zeros_like(t, device="cpu") for n, t in wanted.items() if _counts(n)}
    tensors = {**counts, **file.tensors}
    try:
        check_state(tensors, wanted)
    except FileError as error:
        known = find_name(network) or "a network of its own"
        where = {**error.where, "file": file.path, "taken for": f"{known}, {layout.name}"}
        raise FileError(
            error.code, error.title, what=error.what, where=where, why=error.why, do=error.do
        ) from None
    return layout.read(tensors, network)


def _counts(name: str) -> bool:
    return name.endswith(".num_batches_tracked")


def _describe_nesting(file: WeightFile) -> tuple[str, ...]:
    notes = []
    if file.nesting or file.prefix:
        parts = [".".join(file.nesting), file.prefix and f"prefix {file.prefix}"]
        notes.append(f"tensors found under {', '.join(part for part in parts if part)}")
    if file.nesting and file.nesting[-1].endswith("_ema"):
        notes.append("those are averaged weights; the file may hold others, too")
    return tuple(notes)
