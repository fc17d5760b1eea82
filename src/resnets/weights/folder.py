"""A saved network as a Hugging Face folder: configuration, weights, card and checksums."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from resnets.errors import ConfigError, FileError, MachineError, escape
from resnets.spec import ModelConfig, decode, to_json
from resnets.spec.codec import parse_json
from resnets.spec.model import FORMAT

from .card import write_card
from .safetensors import format_safetensors, parse_safetensors
from .state import check_finite
from .storage import describe_content, fill_folder, read_file, write_file

CONFIG, WEIGHTS, CARD, MANIFEST = "config.json", "model.safetensors", "README.md", "MANIFEST.json"


def save_folder(
    path: str | Path, state: Mapping[str, Tensor], config: ModelConfig, repository: str = ""
) -> None:
    """Save a network: ``config.json``, ``model.safetensors``, ``README.md``, ``MANIFEST.json``.

    The folder is written beside its place, read back, and renamed; one that is there is replaced.

    Args:
        path: the folder.
        state: the network's tensors by name.
        config: architecture, classes, preprocessing, and where the weights come from.
        repository: where on the Hugging Face Hub the folder will be published, for its card.

    Raises:
        DivergedError: a tensor is not finite.
        MachineError: the disk or a permission refused, or the copy read back differs.
    """
    path = Path(path)
    check_finite(state)
    files = {
        CONFIG: to_json(config).encode(),
        WEIGHTS: format_safetensors(state),
        CARD: write_card(config, repository).encode(),
    }
    old = path.with_name(f".{path.name}.replaced")
    with fill_folder(path) as part:
        for name, content in files.items():
            write_file(part / name, content)
        write_file(part / MANIFEST, to_json({"format": FORMAT, "files": _describe(files)}))
        _read_back(part)
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.rename(path, old)
    shutil.rmtree(old, ignore_errors=True)


def _read_back(part: Path) -> None:
    try:
        verify_folder(part)
    except FileError as error:
        raise MachineError(
            "E5503",
            "a saved model does not read back as it was written",
            what=error.what,
            why=error.why,
            do="check the disk; nothing that was there before is lost",
        ) from None


def load_folder(
    path: str | Path, *, follow_links: bool = False
) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Read a saved network.

    Args:
        path: the folder.
        follow_links: open files behind links, as the cache of the Hugging Face Hub is made of.

    Returns:
        Its configuration and its tensors by name, on the CPU.

    Raises:
        FileError: a file is missing, changed, damaged or made by a newer version; it is named.
    """
    path = Path(path)
    config = read_folder_config(path, follow_links=follow_links)
    weights = read_file(path / WEIGHTS, follow_links=follow_links)
    _verify(path, {WEIGHTS: weights}, follow_links)
    return config, parse_safetensors(weights, path / WEIGHTS)


def read_folder_config(path: str | Path, *, follow_links: bool = False) -> ModelConfig:
    """Read the configuration of a saved network without its weights.

    Args:
        path, follow_links: as ``load_folder``.

    Raises:
        FileError: as ``load_folder``.
    """
    path = Path(path)
    if not path.is_dir():
        why = "it is a file" if path.exists() else "no such folder"
        raise FileError("E4508", "not a model folder", what=path, why=why, do="check the path")
    raw = read_file(path / CONFIG, follow_links=follow_links)
    content = _parse(raw, path / CONFIG)
    _check_format(content, path / CONFIG)
    _verify(path, {CONFIG: raw}, follow_links)
    try:
        return decode(ModelConfig, content)
    except ConfigError as error:
        raise _refuse_config(path / CONFIG, error) from None


def verify_folder(path: str | Path) -> None:
    """Check every file of a saved network against its manifest.

    Raises:
        FileError: a file is missing or changed; it is named.
    """
    path = Path(path)
    _verify(path, {name: read_file(path / name) for name in (CONFIG, WEIGHTS, CARD)})


def _verify(path: Path, files: Mapping[str, bytes], follow_links: bool = False) -> None:
    raw = read_file(path / MANIFEST, follow_links=follow_links)
    manifest = _parse(raw, path / MANIFEST)
    _check_format(manifest, path / MANIFEST)
    listed = manifest.get("files")
    if not isinstance(listed, dict) or set(listed) != {CONFIG, WEIGHTS, CARD}:
        raise FileError(
            "E4510",
            "the manifest does not list the files of a model",
            what=path / MANIFEST,
            why=f"it has to list {CONFIG}, {WEIGHTS} and {CARD}, nothing else",
            do="get the folder again from its source",
        )
    for name, actual in _describe(files).items():
        if listed[name] != actual:
            raise FileError(
                "E4510",
                "a file is not the one that was saved",
                what=path / name,
                why=f"sha256 mismatch: the file has {actual['sha256'][:16]}… and"
                f" {actual['size']:,} bytes, the manifest says {_say(listed[name])}",
                do="get the folder again from its source, or export it again from its run",
            )


def _say(listed: Any) -> str:
    """Say what a manifest has for a file; it may be anything."""
    if isinstance(listed, dict) and isinstance(listed.get("size"), int):
        return f"{listed.get('sha256')!s:.16}… and {listed['size']:,}"
    return f"{listed!s:.120}"


def _describe(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    return {name: describe_content(content) for name, content in files.items()}


def _parse(raw: bytes, path: Path) -> dict[str, Any]:
    try:
        content = parse_json(raw.decode("utf-8"), str(path))
    except ValueError as error:
        raise _refuse_config(path, error) from None
    if not isinstance(content, dict):
        raise _refuse_config(path, "it is not a table of fields")
    return content


def _check_format(content: Mapping[str, Any], path: Path) -> None:
    number = content.get("format")
    if type(number) is not int or number < 1:
        raise _refuse_config(path, f"its format is {number!r:.40}, no version number")
    if number > FORMAT:
        raise FileError(
            "E4509",
            "made by a newer version",
            what=path,
            why=f"made by format version {number}, this program reads up to {FORMAT}",
            do="upgrade resnets",
        )


def _refuse_config(path: Path, cause: object) -> FileError:
    where: dict[str, object] = {}
    why = cause
    if isinstance(cause, ConfigError):
        where = dict(cause.where)
        why = " · ".join(escape(part) for part in (cause.title, cause.what, cause.why) if part)
    return FileError(
        "E4516",
        "a file of the model cannot be used",
        what=path,
        where=where,
        why=why,
        do="get the folder again from its source",
    )
