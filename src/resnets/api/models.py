"""Networks by name, by spec and from folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets import catalog
from resnets.errors import ConfigError, FileError
from resnets.spec import FamilySpec, ModelConfig, Spec
from resnets.spec import Network as Architecture
from resnets.spec.frozen import reject

if TYPE_CHECKING:
    from torch import Tensor

    from resnets.networks import FeatureExtractor, Network


def list_models(pattern: str = "*") -> list[str]:
    """List the networks of the catalog.

    Args:
        pattern: with wildcards, for example ``*preact*`` or ``resnext50_*``.
    """
    return catalog.list_names(pattern)


def build(spec: Architecture, *, seed: int = 0) -> Network:
    """Build the network of a spec.

    Args:
        spec: the architecture.
        seed: seed of the initial weights.

    Returns:
        The network in training mode, on torch's default device; ``torch.device("meta")`` is obeyed.

    Raises:
        ConfigError: what was given is no spec.
    """
    from resnets import networks

    if not isinstance(spec, (FamilySpec, Spec)):
        raise ConfigError(
            "E2806",
            "a network is built of its spec",
            what=repr(spec),
            do="for a name of the catalog:  resnets.create_model(name)",
        )
    return networks.build(spec, seed=seed)


def create_model(
    name: str,
    *,
    num_classes: int | None = None,
    in_chans: int | None = None,
    weights: str | Path | None = None,
    pretrained: bool | str = False,
    features_only: bool = False,
    out_indices: Sequence[int] | None = None,
    seed: int = 0,
    **overrides: Any,
) -> Network | FeatureExtractor:
    """Build a network of the catalog.

    Args:
        name: as in ``list_models``, or a family's name with any number that its rule allows.
        num_classes, in_chans: outputs and input channels; None takes the catalog's.
        weights: a model folder, or a file of weights in any known layout, to load strictly.
        pretrained: load weights that torchvision or timm publish for this network; True takes the
            default ones, a word a library, a tag or both, ``timm/a1_in1k``. Outputs for another
            number of classes stay fresh, and other input channels are made from the published ones;
            the attribute ``config`` tells that, with classes, preprocessing, licence and source.
        features_only: answer the feature maps of ``out_indices`` instead of logits.
        out_indices: which maps, 0 for the stem and i for stage i; None for all.
        seed: seed of the initial weights.
        **overrides: any other field of the network's spec.

    Returns:
        The network in training mode, on torch's default device; ``torch.device("meta")`` is obeyed.

    Raises:
        ConfigError: the name or a field is unknown, a value is not allowed, or no weights are
            published.
        FileError: the weights are refused.
        MachineError: published weights are not to be had.

    Example:
        >>> net = create_model("resnet20", num_classes=7, order="full_preact")
        >>> net.num_features
        64
    """
    sizes = {"num_classes": num_classes, "in_chans": in_chans}
    given = {field: size for field, size in sizes.items() if size is not None}
    spec = catalog.look_up(name).spec.replace(**given, **overrides)
    net = build(spec, seed=seed)
    if weights is not None and pretrained:
        raise reject("pretrained", pretrained, "either weights or pretrained")
    if pretrained:
        from .published import find_published, load_published

        published = find_published(name, pretrained)
        net.config = load_published(net, published, name)  # type: ignore[assignment]
    elif weights is not None:
        _load_weights(net, spec, weights)
    if not features_only:
        return net
    from resnets.networks import extract_features

    return extract_features(net, out_indices)


def load(path: str | Path) -> Network:
    """Load a trained network from a run folder or a model folder; nothing else is needed.

    Args:
        path: the folder, or ``hf:owner/name`` for a model of the Hugging Face Hub.

    Returns:
        The network in evaluation mode; its attribute ``config`` is the ``ModelConfig``, with class
        names and preprocessing.

    Raises:
        FileError: the folder holds no finished model, or a file of it is refused.
    """
    return restore(*read_model(path))


def restore(config: ModelConfig, state: Mapping[str, Tensor]) -> Network:
    """Build the network of a configuration around its weights, in evaluation mode."""
    from resnets.networks import build
    from resnets.weights import load_state

    net = build(config.network)
    load_state(net, state)
    net.config = config  # type: ignore[assignment]
    return net.eval()


def read_model(path: str | Path) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Read configuration and weights of what ``load`` takes.

    Raises:
        FileError: as ``load``.
    """
    from resnets.weights import load_folder

    from .hub import PREFIX, read_repository

    if str(path).startswith(PREFIX):
        return read_repository(str(path))
    return load_folder(find_model(path))


def read_model_config(path: str | Path) -> ModelConfig:
    """Read the configuration of what ``load`` takes, without its weights.

    Raises:
        FileError: as ``load``.
    """
    from resnets.weights import read_folder_config

    from .hub import PREFIX, read_repository_config

    if str(path).startswith(PREFIX):
        return read_repository_config(str(path))
    return read_folder_config(find_model(path))


def find_model(path: str | Path) -> Path:
    """Return the model folder of a run, or the folder itself.

    Raises:
        FileError: the run has not finished, or the folder holds neither.
    """
    path = Path(path)
    if (path / "run.json").exists():
        if (path / "model").is_dir():
            return path / "model"
        raise FileError(
            "E4901",
            "the run has no finished model",
            what=path,
            why="the folder model/ is written when training ends",
            do=f"finish it: resnets train --resume {path}",
        )
    if (path / "config.json").exists() or not path.is_dir():
        return path
    raise FileError(
        "E4902",
        "neither a run nor a model",
        what=path,
        why="it holds neither run.json nor config.json",
        do="give a run folder, or a folder with config.json and model.safetensors",
    )


def is_model(place: str | Path) -> bool:
    """Say whether weights are a folder or an address of ours, and no foreign file or folder."""
    from resnets.weights import find_hub_file

    from .hub import PREFIX

    if str(place).startswith(PREFIX):
        return True
    return Path(place).is_dir() and find_hub_file(place) is None


def _load_weights(net: Network, spec: Architecture, path: str | Path) -> None:
    from resnets.weights import load_state

    from .recognition import recognise

    load_state(net, read_model(path)[1] if is_model(path) else recognise(path, spec).state)
