"""Studies of one's own: a declaration as a TOML or JSON file."""

from __future__ import annotations

from pathlib import Path

from resnets.errors import ConfigError
from resnets.spec import decode, read_config
from resnets.spec.codec import locate

from .declaration import SCALES, Study

SUFFIXES = (".toml", ".json", ".yaml", ".yml")


def is_file(name: str) -> bool:
    """Whether a study is named by its file."""
    return name.lower().endswith(SUFFIXES)


def read_study(path: str | Path) -> Study:
    """Read a study from a file with the fields of ``Study``.

    What may be left out: the name, which then is the file's; title, paper, place, question and
    protocol, which are words; and scales, which then change nothing but what all studies share.

    Raises:
        ConfigError: the file cannot be read, or declares no study; with file and line.

    Example: docs/studies.md has one.
    """
    content = read_config(path)
    name = content.get("name", Path(path).stem)
    scales = content.get("scales", {})
    words = {"title": name, "paper": "", "place": "", "question": "", "protocol": ""}
    if isinstance(scales, dict):
        scales = {**{scale: {} for scale in SCALES}, **scales}
    try:
        return decode(Study, {**words, **content, "name": name, "scales": scales})
    except ConfigError as error:
        raise locate(error, path) from None
