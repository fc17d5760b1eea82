"""The studies by name: every file of ``papers`` declares one as ``STUDY``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from resnets.errors import ConfigError, nearest

from . import papers
from .declaration import Study
from .file import is_file, read_study


def list_studies() -> list[Study]:
    """List the studies by paper and name."""
    return list(_read_all().values())


def look_up_study(name: str) -> Study:
    """Return a study.

    Args:
        name: of the library, or the path of a TOML or JSON file.

    Raises:
        ConfigError: the name is unknown, and the nearest ones are listed; or the file declares no
            study.
    """
    if is_file(name):
        return read_study(name)
    known = _read_all()
    if name not in known:
        guesses = nearest(name, list(known))
        raise ConfigError(
            "E2750",
            "unknown study",
            what=name,
            do=[
                *([f"did you mean {', '.join(guesses)}?"] if guesses else []),
                "list all with  resnets study list",
                "or name the TOML or JSON file of a study of your own",
            ],
        )
    return known[name]


@cache
def _read_all() -> dict[str, Study]:
    studies: dict[str, Study] = {}
    for found in pkgutil.walk_packages(papers.__path__, f"{papers.__name__}."):
        if not found.ispkg:
            study = importlib.import_module(found.name).STUDY
            studies[study.name] = study
    return studies
