"""A network with a few images to look at it with: trained, or with the weights it begins with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.analysis import count
from resnets.spec import DataSpec, FamilySpec, Network
from resnets.spec.frozen import reject

from .analysis import describe_network, name_subject, open_subject
from .limits import check_count, check_seed
from .looking import SPLITS, check_split, find_device
from .machine import pick_device
from .models import build, create_model, load
from .samples import Samples, draw_noise, draw_samples
from .targets import is_own, is_place, look_up_target, need_spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.data import Dataset

NOISE = "noise"
MEMORY = 2**30
MOST = 128


@dataclass(frozen=True)
class Options:
    """What is looked at, and how; see ``signals.signal``."""

    data: str | DataSpec | None = None
    weights: str | Path | None = None
    data_dir: str | Path | None = None
    samples: int | None = None
    batch_size: int | None = None
    split: str = "test"
    statistics: str | None = None
    seed: int = 0
    device: str | None = None

    def __post_init__(self) -> None:
        for name in ("samples", "batch_size"):
            if getattr(self, name) is not None:
                check_count(name, getattr(self, name))
        check_seed(self.seed)
        if self.split not in SPLITS:
            raise reject("split", self.split, list(SPLITS))
        if self.statistics not in (None, "running", "batch"):
            raise reject("statistics", self.statistics, ["running", "batch"])


@dataclass(frozen=True)
class Probe:
    """A network and samples, both on their device.

    Args:
        net: the network.
        samples: batches of images and labels; may be gone through again and again.
        n: how many images they have.
        statistics: what batch norm goes by.
        initial: whether the weights are those that training starts from.
        about: what was opened, and how, as JSON data.
    """

    net: nn.Module
    samples: Iterable[tuple[Tensor, Tensor]]
    n: int
    statistics: str
    initial: bool
    about: dict[str, Any] = field(default_factory=dict)


def open_probe(target: str | Path | nn.Module, options: Options) -> Probe:
    """Open a network and draw samples for it.

    Raises:
        ConfigError, DataError, FileError: as ``signals.signal``.
    """
    from resnets.training import describe_environment

    named = isinstance(target, (str, os.PathLike))
    fresh = isinstance(target, str) and not is_place(target) and options.weights is None
    net, dataset, notes = _open(target, options, fresh)
    statistics = options.statistics or ("batch" if fresh else "running")
    together = statistics == "batch" and _has_norms(net)
    if together:
        _check_batches(options)
    spec = None if dataset is not None and is_own(net) else need_spec(net)
    place = pick_device(options.device or ("cpu" if named else find_device(target)))
    net = net.to(place)
    size = None if dataset is None else dataset.preprocessing.image_size
    batch_size = options.batch_size or _choose_batch_size(spec, size)
    drawn: dict[str, Any] = {"device": place, "seed": options.seed, "batch_size": batch_size}
    wanted = options.samples or 4 * batch_size
    if dataset is not None:
        check_split(dataset, options.split)
        wanted = min(wanted, len(dataset.split(options.split)))
    if together and wanted % batch_size == 1:
        wanted -= 1  # an image alone in its batch, with maps of one pixel, has no variance
    samples: Samples | list[tuple[Tensor, Tensor]]
    if dataset is None:
        known = need_spec(net)
        samples = draw_noise(_shape_input(known), max(known.num_classes, 1), wanted, **drawn)
    else:
        samples = draw_samples(dataset, options.split, wanted, **drawn)
    about = {
        "name": name_subject(target),
        "network": describe_network(net),
        "data": NOISE if dataset is None else dataset.name,
        "split": None if dataset is None else options.split,
        "fingerprint": None if dataset is None else dataset.fingerprint,
        "initial": fresh or (not named and statistics == "batch"),
        "seed": options.seed,
        "batch_size": batch_size,
        "notes": list(notes),
        **describe_environment(place),
    }
    return Probe(net, samples, wanted, statistics, about["initial"], about)


def _open(
    target: str | Path | nn.Module, options: Options, fresh: bool
) -> tuple[nn.Module, Dataset | None, tuple[str, ...]]:
    """Return network, data (None for noise) and what has to be said of them."""
    if options.data == NOISE or (fresh and options.data is None):
        return _open_alone(target, options, fresh), None, ()
    if not fresh:
        subject = open_subject(
            target,
            options.data,
            weights=options.weights,
            data_dir=options.data_dir,
            device=options.device,
        )
        return subject.net, subject.dataset, subject.notes
    from resnets.data import open_dataset

    data = options.data
    wanted = data if isinstance(data, DataSpec) else DataSpec(name=str(data))
    dataset = open_dataset(wanted, None if options.data_dir is None else Path(options.data_dir))
    spec = look_up_target(str(target))
    known = {
        "num_classes": len(dataset.classes),
        "in_chans": dataset.preprocessing.channels,
        "image_size": dataset.preprocessing.image_size,
    }
    sizes = {name: known[name] for name in known.keys() & type(spec).model_fields.keys()}
    return build(spec.replace(**sizes), seed=options.seed), dataset, dataset.notes


def _open_alone(target: str | Path | nn.Module, options: Options, fresh: bool) -> nn.Module:
    if not isinstance(target, (str, os.PathLike)):
        return target
    if fresh or not is_place(target):
        return create_model(str(target), weights=options.weights, seed=options.seed)
    return load(target)


def _has_norms(net: nn.Module) -> bool:
    from torch.nn.modules.batchnorm import _BatchNorm

    return any(isinstance(module, _BatchNorm) for module in net.modules())


def _check_batches(options: Options) -> None:
    """Refuse single images where batch norm goes by what is in a batch."""
    for name in ("samples", "batch_size"):
        if getattr(options, name) is not None:
            check_count(name, getattr(options, name), 2, "batch norm goes by each batch's values")


def _choose_batch_size(spec: Network | None, size: int | None) -> int:
    """Return how many images, at most 128, keep no more than 1 GiB of activations.

    What a network of the user's own keeps is not known.
    """
    if spec is None:
        return MOST
    return max(2, min(MOST, MEMORY // max(count(spec, size).activation_bytes, 1)))


def _shape_input(spec: Network) -> tuple[int, ...]:
    if isinstance(spec, FamilySpec):
        return spec.in_shape
    return (spec.in_chans, *[spec.natural_size] * spec.dimensions)
