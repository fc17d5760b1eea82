"""Models on the Hugging Face Hub: published as they are saved, and loaded from there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import ModelConfig
from resnets.version import __version__

if TYPE_CHECKING:
    from torch import Tensor

    from resnets.networks import Network

PREFIX = "hf:"
"""How an address on the Hub begins where a path could stand: ``hf:owner/name@revision``."""


def from_pretrained(
    source: str | Path, *, revision: str | None = None, token: str | None = None
) -> Network:
    """Load a trained network from the Hugging Face Hub, or from a folder.

    Files are kept in the Hub's own cache, which is all that is asked under ``HF_HUB_OFFLINE``.

    Args:
        source: ``owner/name``, also with ``hf:`` before and ``@revision`` behind; or a folder.
        revision: a branch, tag or commit.
        token: for a private repository; None takes the one that ``hf auth login`` left.

    Returns:
        The network in evaluation mode, as ``load`` answers it.

    Raises:
        ConfigError: the address is none.
        FileError: there is no such repository, or it holds no model of ours, or a damaged one.
        MachineError: the Hub cannot be reached, or huggingface_hub is not installed.

    Example:
        >>> net = from_pretrained("owner/resnet20-cifar10")  # doctest: +SKIP
    """
    from .models import load, restore

    if Path(source).is_dir():
        return load(source)
    return restore(*read_repository(str(source), revision=revision, token=token))


def push_to_hub(
    source: str | Path | Network,
    repository: str,
    *,
    private: bool | None = None,
    revision: str | None = None,
    message: str = "Upload a model of resnets",
    license: str | None = None,
    token: str | None = None,
) -> str:
    """Publish a model on the Hugging Face Hub: configuration, weights, card and checksums.

    Args:
        source: a finished run, a model folder, or a network; one that ``load`` answered knows its
            classes, preprocessing and figures.
        repository: ``owner/name``; it is made if it is not there.
        private: whether a new repository is; None leaves that to the owner's settings.
        revision: the branch; None for the main one.
        message: of the commit.
        license: licence of the weights; None for the one that the model has.
        token: None takes the one that ``hf auth login`` left.

    Returns:
        The address of the repository's page.

    Raises:
        ConfigError: the name is not allowed.
        FileError: the source is no finished model.
        DivergedError: a weight is not finite.
        MachineError: the Hub refused or cannot be reached, or huggingface_hub is not installed.
    """
    from resnets.weights import check_finite, save_folder

    config, state = _gather(source)
    check_finite(state)
    if license is not None:
        config = config.replace(license=license)
    hub = _import_hub()
    with tempfile.TemporaryDirectory(prefix="resnets-push-") as place, _reporting(hub, repository):
        api = hub.HfApi(token=token, library_name="resnets", library_version=__version__)
        url = api.create_repo(repository, private=private, exist_ok=True)
        folder = Path(place) / "model"
        save_folder(folder, state, config, url.repo_id)
        api.upload_folder(
            repo_id=url.repo_id, folder_path=folder, revision=revision, commit_message=message
        )
    return str(url)


def read_repository(
    address: str, *, revision: str | None = None, token: str | None = None
) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Read a model of the Hub, as ``weights.load_folder`` reads a folder.

    Args:
        address: ``owner/name``, also with ``hf:`` before and ``@revision`` behind.
        revision, token: as ``from_pretrained``.
    """
    from resnets.weights import load_folder

    files = ("config.json", "model.safetensors", "MANIFEST.json")
    return load_folder(_fetch(address, files, revision, token), follow_links=True)


def read_repository_config(address: str) -> ModelConfig:
    """Read the configuration of a model of the Hub; its weights are not fetched."""
    from resnets.weights import read_folder_config

    folder = _fetch(address, ("config.json", "MANIFEST.json"), None, None)
    return read_folder_config(folder, follow_links=True)


def _fetch(address: str, files: tuple[str, ...], revision: str | None, token: str | None) -> Path:
    """Return the folder of the Hub's cache that holds these files of a repository."""
    name, _, wanted = address.removeprefix(PREFIX).partition("@")
    hub = _import_hub()
    with _reporting(hub, name):
        folder = Path(
            hub.snapshot_download(
                name,
                revision=revision or wanted or None,
                token=token,
                allow_patterns=list(files),
                library_name="resnets",
                library_version=__version__,
            )
        )
    for file in files:
        if not (folder / file).exists():
            raise FileError(
                "E4801",
                "the repository holds no model of resnets",
                what=f"{PREFIX}{name}",
                why=f"it has no {file}",
                do="weights of another library: download the file, then  resnets import FILE",
            )
    return folder


def _gather(source: str | Path | Network) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Return what there is to publish: configuration and weights."""
    from .models import read_model

    if isinstance(source, (str, os.PathLike)):
        return read_model(source)
    config: ModelConfig = getattr(source, "config", None) or ModelConfig(network=source.spec)
    if config.network.num_classes != source.spec.num_classes:
        config = config.replace(network=source.spec, classes=(), measured={})
    return config.replace(network=source.spec), source.state_dict()


def _import_hub() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.errors  # a part that it does not import by itself
    except ImportError:
        raise MachineError(
            "E5603",
            "huggingface_hub is not installed",
            why="it talks to the Hugging Face Hub",
            do='pip install "resnets[hub]"',
        ) from None
    return huggingface_hub


@contextlib.contextmanager
def _reporting(hub: Any, name: str) -> Iterator[None]:
    """Turn what the Hub's library raises into the project's errors."""
    errors = hub.errors
    try:
        yield
    except errors.HFValidationError as error:
        raise ConfigError(
            "E2805", "no name of a repository", what=name, why=error, do="give owner/name"
        ) from None
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise FileError(
            "E4802",
            "no such repository on the Hugging Face Hub",
            what=name,
            why=_first_line(error),
            do=["check the name", "if it is private, log in first:  hf auth login"],
        ) from None
    except (OSError, errors.HTTPError) as error:
        raise MachineError(
            "E5604",
            "the Hugging Face Hub cannot be reached, or it refused",
            what=name,
            why=_first_line(error),
            do=[
                "check the network, HF_HUB_OFFLINE and HF_ENDPOINT",
                "to publish, log in first:  hf auth login",
            ],
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
