"""From flags and a configuration file to a request; every mistake names its flag or its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer

from resnets.errors import ConfigError
from resnets.spec import decode, encode, read_config
from resnets.spec.codec import locate
from resnets.spec.request import Request, read_request


def read_given(context: typer.Context) -> dict[str, Any]:
    """Return the options of a request that stand on the command line."""
    values = {field: context.params.get(field) for field in Request.model_fields}
    return {field: value for field, value in values.items() if value not in (None, [], ())}


def build_request(given: Mapping[str, Any], config: str | None) -> Request:
    """Return the file's request with the flags over it.

    Raises:
        ConfigError: a field is not allowed; the flag, or file and line, are named.
    """
    written = encode(read_request(config)) if config else {}
    for one, other in (("epochs", "iterations"), ("iterations", "epochs")):
        # A flag replaces the file's length, in whichever of the two units that was.
        if one in given and other not in given:
            written.pop(other, None)
    with naming_place(given, config):
        return decode(Request, {**written, **given})


@contextmanager
def naming_place(given: Mapping[str, Any], config: str | None) -> Iterator[None]:
    """Let an error in a field name the flag, or file and line, that it was written in."""
    try:
        yield
    except ConfigError as error:
        raise _name_place(error, given, config) from None


def _name_place(error: ConfigError, given: Mapping[str, Any], config: str | None) -> ConfigError:
    path = error.where.get("field", "").split(".")
    flags = [field for field in (path[0], path[-1]) if field in given]
    if flags and "option" not in error.where:
        where = {**error.where, "option": "--" + flags[0].replace("_", "-")}
        return type(error)(
            error.code, error.title, what=error.what, where=where, why=error.why, do=error.do
        )
    if config and "file" not in error.where and path[0] in read_config(config):
        return locate(error, config)
    return error


def refuse_changes(given: Mapping[str, Any], config: str | None, allowed: set[str]) -> None:
    """Refuse options that would change a run that has begun.

    Raises:
        ConfigError: the first such option is named.
    """
    changes = sorted(set(given) - allowed) + (["config"] if config else [])
    if changes:
        raise ConfigError(
            "E2252",
            "a run that has begun cannot be changed",
            what=f"--resume with --{changes[0].replace('_', '-')}",
            where={"option": f"--{changes[0].replace('_', '-')}"},
            why="its config.json says what is trained, and how",
            do=[
                "leave the option out, and the run goes on as it began",
                "or start another run with --output",
            ],
        )
