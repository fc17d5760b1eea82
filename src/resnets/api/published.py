"""Published weights: found by name and tag, fetched, and put into a network of ours."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlparse

from resnets.catalog import find_name, list_names, look_up
from resnets.errors import ConfigError, MachineError
from resnets.spec import ModelConfig, Preprocessing
from resnets.spec import Network as Architecture

from . import registries
from .recognition import Recognition, recognise
from .registries import Published

if TYPE_CHECKING:
    from resnets.networks import Network

PREFIX = "pretrained"
"""What stands in the place of a path for published weights, also with ``:TAG`` behind."""


def is_published(place: str | Path) -> bool:
    """Say whether a word in the place of a path stands for published weights."""
    return str(place).partition(":")[0] == PREFIX and not Path(place).exists()


def name_published(place: str, name: str) -> str:
    """Return the word for published weights in which library, network and tag are explicit."""
    return f"{PREFIX}:{find_published(name, place.partition(':')[2] or True).address}"


def recognise_published(place: str, asked: Architecture | None = None) -> Recognition:
    """Read published weights as ``recognise`` reads a file.

    Args:
        place: ``pretrained``, also with ``:TAG`` behind.
        asked: the network; None takes the one that the tag names.
    """
    wanted = place.partition(":")[2]
    named = wanted.rpartition("/")[2].rpartition(".")[0]
    name = find_name(asked) if asked is not None and not named else named
    published = find_published(name, wanted or True)
    found = recognise(fetch(published), asked)
    return replace(
        found,
        preprocessing=published.preprocessing,
        notes=(published.source, *found.notes),
        classes=published.classes if len(published.classes) == found.network.num_classes else (),
        license=published.license,
    )


def load_published(net: Network, published: Published, name: str = "") -> ModelConfig:
    """Put published weights into a network.

    Outputs for other classes than the published ones stay fresh; for other input channels the
    first convolution is summed or repeated, see ``weights.adapt_channels``. Both are told.

    Args:
        net: the network; a refused file changes nothing.
        published: the weights.
        name: the network's name, to be recorded.

    Returns:
        What belongs to the weights now: classes, preprocessing, licence and source.

    Raises:
        MachineError: the file is not to be had.
        FileError: the file is refused.
    """
    from resnets.weights import adapt_channels, load_state

    found = recognise(fetch(published), cast("Architecture", net.spec))
    state, note = adapt_channels(found.state, net)
    fresh = net.spec.num_classes != found.network.num_classes
    load_state(net, state, ignore_head=fresh)
    notes = [note, f"{net.spec.num_classes} fresh outputs" if fresh else ""]
    named = not fresh and len(published.classes) == net.spec.num_classes
    return ModelConfig(
        model=name,
        network=net.spec,
        classes=published.classes if named else (),
        preprocessing=_feed(published.preprocessing, net.spec.in_chans),
        license=published.license,
        source="; ".join(part for part in (published.source, *notes) if part),
    )


def find_published(name: str, wanted: bool | str = True) -> Published:
    """Find published weights of a network.

    Args:
        name: the network, as in the catalog.
        wanted: True takes torchvision's default, or else timm's; a word is a library, a tag such as
            ``IMAGENET1K_V1`` or ``a1_in1k``, or a whole address, ``timm/resnet50.a1_in1k``.

    Raises:
        ConfigError: nothing is published for the network, or not that; what is, is listed.
        MachineError: timm was asked for, and is not installed.
    """
    library, _, tag = str(wanted).rpartition("/")
    if "timm" in (library, wanted):
        registries.import_timm()
    choices = [a for spelling in _spell(name) for a in registries.list_addresses(spelling)]
    if not choices:
        raise ConfigError(
            "E2803",
            "no weights are published for this network",
            what=name,
            why="neither torchvision nor timm has it, as far as they are installed",
            do=[
                f"take one that they have: {', '.join(list_pretrained())}",
                "or load a file of your own:  weights=FILE, --weights FILE",
            ],
        )
    for address in choices:
        known, _, model = address.partition("/")
        fits = wanted in (True, known) or tag.rpartition(".")[2] == model.partition(".")[2]
        if fits and library in ("", known):
            return registries.describe(address)
    raise ConfigError(
        "E2804",
        "no such published weights",
        what=f"{wanted} for {name}",
        do=f"choose from {', '.join(choices)}",
    )


def list_pretrained() -> list[str]:
    """List the networks of the catalog for which torchvision or timm publish weights."""
    known = {name.partition(".")[0] for name in registries.list_timm()}
    known.update(registries.list_torchvision())
    return [name for name in list_names() if known.intersection(_spell(name))]


def fetch(published: Published) -> Path:
    """Return the file of published weights; it is downloaded unless it is in the library's cache.

    torchvision's files lie under ``TORCH_HOME``, those of the Hugging Face Hub under ``HF_HOME``.
    As in ``torch.hub``, a download is checked against the digest in its name, and a file that is
    there is taken as it is.

    Raises:
        MachineError: it is not there, and not to be had.
    """
    name = os.path.basename(urlparse(published.url).path) or "model.safetensors"
    try:
        if published.repository:
            from huggingface_hub import hf_hub_download

            return Path(hf_hub_download(published.repository, "model.safetensors"))
        return _download(published.url, name)
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        where = published.url or f"huggingface.co/{published.repository}"
        raise MachineError(
            "E5601",
            "published weights cannot be fetched",
            what=published.address,
            where={"from": where},
            why=f"{type(error).__name__}: {error}".splitlines()[0][:300],
            do=["check the network, and HF_HUB_OFFLINE if it is set",
                f"or get {name} by hand and load it:  --weights {name}"],
        ) from None  # fmt: skip


def _download(url: str, name: str) -> Path:
    import torch

    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = re.search(r"-([0-9a-f]{8,})\.", name)
        prefix = digest[1] if digest else None
        torch.hub.download_url_to_file(url, str(path), prefix, progress=sys.stderr.isatty())
    return path


def _spell(name: str) -> tuple[str, ...]:
    entry = look_up(name)
    return (entry.name, *entry.aliases)


def _feed(published: Preprocessing, channels: int) -> Preprocessing:
    """Return the preprocessing for other channels: grey takes the mean, more take turns."""
    known = published.channels
    if channels == known:
        return published
    pair = published.mean, published.std
    if channels == 1:
        pair = tuple((sum(values) / known,) for values in pair)  # type: ignore[assignment]
    mean, std = (tuple(values[i % len(values)] for i in range(channels)) for values in pair)
    return published.replace(channels=channels, mean=mean, std=std)
