"""Networks by name, by spec and from folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets import catalog
from resnets.errors import FileError
from resnets.spec import ModelConfig
from resnets.spec import Network as Architecture

if TYPE_CHECKING:
    from torch import nn

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
    """
    from resnets import networks

    return networks.build(spec, seed=seed)


def create_model(
    name: str,
    *,
    num_classes: int | None = None,
    in_chans: int | None = None,
    weights: str | Path | None = None,
    features_only: bool = False,
    out_indices: Sequence[int] | None = None,
    seed: int = 0,
    **overrides: Any,
) -> Network | FeatureExtractor:
    """Build a network of the catalog.

    Args:
        name: as in ``list_models``, or a family's name with any number that its rule allows.
        num_classes, in_chans: outputs and input channels; None takes the catalog's.
        weights: a model folder or a ``.safetensors`` file to load, strictly.
        features_only: answer the feature maps of ``out_indices`` instead of logits.
        out_indices: which maps, 0 for the stem and i for stage i; None for all.
        seed: seed of the initial weights.
        **overrides: any other field of the network's spec.

    Returns:
        The network in training mode, on torch's default device; ``torch.device("meta")`` is obeyed.

    Raises:
        ConfigError: the name or a field is unknown, or a value is not allowed.
        FileError: the weights are refused.

    Example:
        >>> net = create_model("resnet20", num_classes=7, order="full_preact")
        >>> net.num_features
        64
    """
    sizes = {"num_classes": num_classes, "in_chans": in_chans}
    given = {field: size for field, size in sizes.items() if size is not None}
    net = build(catalog.look_up(name).spec.replace(**given, **overrides), seed=seed)
    if weights is not None:
        _load_weights(net, Path(weights))
    if not features_only:
        return net
    from resnets.networks import extract_features

    return extract_features(net, out_indices)


def load(path: str | Path) -> Network:
    """Load a trained network from a run folder or a model folder; nothing else is needed.

    Returns:
        The network in evaluation mode; its attribute ``config`` is the ``ModelConfig``, with class
        names and preprocessing.

    Raises:
        FileError: the folder holds no finished model, or a file of it is refused.
    """
    from resnets.networks import build
    from resnets.weights import load_folder, load_state

    config, state = load_folder(find_model(path))
    net = build(config.network)
    load_state(net, state)
    net.config = config  # type: ignore[assignment]
    return net.eval()


def read_model_config(path: str | Path) -> ModelConfig:
    """Read the configuration of a run's model or of a model folder, without its weights.

    Raises:
        FileError: as ``load``.
    """
    from resnets.weights import read_folder_config

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


def _load_weights(net: nn.Module, path: Path) -> None:
    from resnets.weights import load_folder, load_state, read_safetensors

    if path.is_dir():
        load_state(net, load_folder(find_model(path))[1])
    else:
        load_state(net, read_safetensors(path))
