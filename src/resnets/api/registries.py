"""The registries of torchvision and timm: which weights they publish, and what they say of them."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from resnets.errors import MachineError
from resnets.spec import Preprocessing

# torchvision's pretrained forms of these turn its usual normalisation into this one themselves.
HALVES = {"googlenet": (0.5,) * 3, "inception_v3": (0.5,) * 3}


@dataclass(frozen=True)
class Published:
    """Weights that a library publishes.

    Args:
        address: the weights in one word, ``timm/resnet50.a1_in1k`` say.
        url: where the file is, if it has a place of its own.
        repository: repository of the Hugging Face Hub that has them as safetensors, if any.
        classes: names of the outputs, in order; empty where they are not ImageNet's.
        preprocessing: how they want to be fed.
        license: of the weights; empty where the library states none.
        remark: what else has to be known of them.
    """

    address: str
    url: str
    repository: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    license: str
    remark: str

    @property
    def library(self) -> str:
        """``torchvision`` or ``timm``."""
        return self.address.partition("/")[0]

    @property
    def source(self) -> str:
        """The weights in one line, for people."""
        license = self.license or f"{self.library} states no licence of the weights"
        place = self.url or f"hf:{self.repository}"
        return f"{self.address} from {place}; " + "; ".join(filter(None, (license, self.remark)))


def list_addresses(network: str) -> list[str]:
    """List the addresses of all weights of a network, by its library's name, the default first."""
    from torchvision.models import get_model_weights

    found = []
    if network in list_torchvision():
        weights: Any = get_model_weights(network)
        tags = sorted((one.name for one in weights), key=lambda tag: tag != weights.DEFAULT.name)
        found += [f"torchvision/{network}.{tag}" for tag in tags]
    if own := [name for name in list_timm() if name.partition(".")[0] == network]:
        default = f"{network}.{import_timm().models.get_pretrained_cfg(network).tag}"
        found += [f"timm/{name}" for name in sorted(own, key=lambda name: name != default)]
    return found


def describe(address: str) -> Published:
    """Say what a library says of its weights."""
    library, _, model = address.partition("/")
    network, _, tag = model.partition(".")
    return (_describe_torchvision if library == "torchvision" else _describe_timm)(network, tag)


def list_torchvision() -> list[str]:
    """List torchvision's classification networks."""
    from torchvision import models

    return list(models.list_models(module=models))


def list_timm() -> list[str]:
    """List timm's networks with weights, ``network.tag``; none where timm is not installed."""
    try:
        return list(import_timm().models.list_pretrained())
    except MachineError:
        return []


def import_timm() -> ModuleType:
    """Return timm.

    Raises:
        MachineError: it is not installed.
    """
    try:
        return importlib.import_module("timm")
    except ImportError:
        raise MachineError(
            "E5602",
            "timm is not installed",
            why="its weights are found through its own registry",
            do="pip install timm",
        ) from None


def _describe_torchvision(network: str, tag: str) -> Published:
    from torchvision.models import get_model_weights

    weights: Any = get_model_weights(network)[tag]
    rules = weights.transforms()
    mean, std = (HALVES.get(network, given) for given in (rules.mean, rules.std))
    accuracy = weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    remark = f"top-1 error {100 - accuracy:.2f} % on ImageNet, as published"
    return Published(
        f"torchvision/{network}.{tag}",
        weights.url,
        "",
        _name_classes(),
        _feed(rules.crop_size[0], rules.resize_size[0], mean, std),
        "",
        _join(remark, rules.interpolation.value),
    )


def _describe_timm(network: str, tag: str) -> Published:
    found = import_timm().models.get_pretrained_cfg(f"{network}.{tag}")
    size = found.input_size[-1]
    known = found.num_classes == 1000 and tag.endswith("in1k")
    return Published(
        f"timm/{network}.{tag}",
        found.url or "",
        found.hf_hub_id or "",
        _name_classes() if known else (),
        _feed(size, math.floor(size / found.crop_pct), found.mean, found.std),
        found.license or "",
        _join("", found.interpolation),
    )


def _name_classes() -> tuple[str, ...]:
    """Return ImageNet's class names in the order of the synsets, which both libraries keep."""
    from torchvision.models import ResNet50_Weights

    return tuple(ResNet50_Weights.DEFAULT.meta["categories"])


def _feed(size: int, resize: int, mean: Iterable[float], std: Iterable[float]) -> Preprocessing:
    return Preprocessing(image_size=size, resize=resize, mean=tuple(mean), std=tuple(std))


def _join(remark: str, interpolation: str) -> str:
    """Say where the library resizes in another way than ``data.geometry`` does."""
    other = "" if interpolation == "bilinear" else f"published with {interpolation} resizing"
    return "; ".join(filter(None, (remark, other)))
