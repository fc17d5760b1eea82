"""Specs to and from dict, JSON and TOML, and changes of single fields by path."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, TypeVar

from resnets.errors import ConfigError

from .frozen import Frozen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Model = TypeVar("Model", bound=Frozen)
MAX_CONFIG_BYTES = 1_000_000


def encode(model: Frozen) -> dict[str, Any]:
    """Return every field as JSON data."""
    return model.model_dump(mode="json")


def decode(kind: type[Model], content: Any) -> Model:
    """Build a spec from JSON data.

    Raises:
        ConfigError: the content is no table, or a field is unknown, missing or not allowed.
    """
    if not isinstance(content, dict):
        raise ConfigError(
            "E2104",
            "a table is needed",
            what=f"{content!r}"[:80],
            where={"for": kind.__name__},
            do="give a table of fields",
        )
    return kind(**content)


def to_json(content: Any) -> str:
    """Write strict JSON, indented, with a final newline."""
    if isinstance(content, Frozen):
        content = encode(content)
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def parse_json(text: str, name: str = "JSON text") -> Any:
    """Read strict JSON: no NaN, no infinity, no key twice.

    Raises:
        ConfigError: with the line, where the parser knows it.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
            if key in table:
                lines = [i for i, line in enumerate(text.splitlines(), 1) if f'"{key}"' in line]
                raise _stands_twice(key, lines, name)
            table[key] = value
        return table

    def constant(token: str) -> Any:
        raise ConfigError(
            "E2106",
            "a number is not finite",
            what=token,
            where={"file": name},
            do="write a finite number",
        )

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise ConfigError(
            "E2107",
            "not valid JSON",
            what=name,
            where={"line": error.lineno, "column": error.colno},
            why=error.msg,
        ) from None
    except RecursionError:
        raise ConfigError("E2107", "not valid JSON", what=name, why="nested too deeply") from None


def parse_toml(text: str, name: str = "TOML text") -> Any:
    """Read TOML, in which a key that stands twice is an error of the format itself.

    Raises:
        ConfigError: with the line where the parser knows it, with both of a key that stands twice.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if twice := _find_twice(text):
            raise _stands_twice(*twice, name) from None
        raise ConfigError("E2107", "not valid TOML", what=name, why=error) from None


def _find_twice(text: str) -> tuple[str, list[int]] | None:
    """Return the first key that stands twice in one table, and its lines."""
    table, seen = "", dict[tuple[str, str], int]()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table, key = header[1].strip(), ""
        elif pair := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            key = pair[1].strip("\"'")
        else:
            continue
        if first := seen.get((table, key)):
            return key or f"[{table}]", [first, number]
        seen[table, key] = number
    return None


def _stands_twice(key: str, lines: list[int], name: str) -> ConfigError:
    label = "line" if len(lines) == 1 else "lines"
    where = {"file": name, label: " and ".join(map(str, lines))}
    return ConfigError("E2105", "a key stands twice", what=key, where=where, do="keep one of them")


def read_config(path: str | Path) -> dict[str, Any]:
    """Read a configuration file, ``.json`` or ``.toml``, of at most a megabyte.

    Variables in it, such as ``$HOME``, are plain text and never expanded.

    Raises:
        ConfigError: the file is missing, a folder, empty, too large, not UTF-8, or of another kind.
    """
    path = Path(path)
    do = "give a TOML or JSON file"
    if path.suffix.lower() in (".yaml", ".yml"):
        raise ConfigError(
            "E2108",
            "YAML is not a configuration format here",
            what=path,
            why="in YAML 1e-3 is a string and no is false",
            do="write it as TOML or JSON",
        )
    parse = {".json": parse_json, ".toml": parse_toml}.get(path.suffix.lower())
    if parse is None:
        raise ConfigError("E2108", "unknown kind of configuration file", what=path, do=do)
    if path.is_dir():
        raise ConfigError("E2109", "the configuration is a folder", what=path, do=do)
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(
                "E2109",
                "the configuration is too large",
                what=path,
                why=f"{path.stat().st_size:,} bytes, limit {MAX_CONFIG_BYTES:,}",
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            "E2109",
            "the configuration cannot be read",
            what=path,
            why=error.strerror or error,
            do=do,
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError("E2109", "the configuration is not UTF-8", what=path, why=error) from None
    if not text.strip():
        raise ConfigError("E2109", "the configuration is empty", what=path, do=do)
    content = parse(text, str(path))
    if not isinstance(content, dict):
        raise ConfigError(
            "E2104", "a table is needed", what=path, do="start with a table of fields"
        )
    return content


def locate(error: ConfigError, path: str | Path) -> ConfigError:
    """Add file and line of the offending field to an error in a configuration file."""
    key = error.where.get("field", "").split(".")[-1] or error.what
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    found = [i for i, line in enumerate(lines, 1) if line.strip().strip('"').startswith(key)]
    where = {"file": f"{path}:{found[0]}" if found else str(path), **error.where}
    return type(error)(
        error.code, error.title, what=error.what, where=where, why=error.why, do=error.do
    )


def parse_assignment(text: str) -> tuple[list[str], Any]:
    """Split ``path.to.field=value``; the value is JSON where it parses, else a string."""
    path, equals, value = text.partition("=")
    if not equals or not all(part.isidentifier() for part in path.strip().split(".")):
        raise ConfigError(
            "E2110",
            "not an assignment",
            what=text,
            where={"option": "--set"},
            do="write path=value, for example network.order=full_preact",
        )
    try:
        parsed = parse_json(value, text)
    except ConfigError as error:
        if error.code != "E2107":
            raise
        parsed = value
    return path.strip().split("."), parsed


def assign(model: Model, assignments: list[str] | tuple[str, ...]) -> Model:
    """Return the spec with fields changed by path, as ``--set`` does.

    Args:
        model: what to change.
        assignments: for example ``["network.order=full_preact", "recipe.lr=0.2"]``; a table is
            replaced as a whole by JSON, and ``merge.kind=gate`` starts from that kind's defaults.

    Raises:
        ConfigError: a path or a value is not allowed; all are checked together, after the last.
    """
    content = encode(model)
    for text in assignments:
        path, value = parse_assignment(text)
        table: Any = content
        for part in path[:-1]:
            if not isinstance(table.get(part), dict):
                fields = [key for key, item in table.items() if isinstance(item, dict)]
                raise ConfigError(
                    "E2101",
                    "unknown field",
                    what=".".join(path),
                    where={"option": "--set"},
                    do=f"tables here: {', '.join(fields)}",
                )
            table = table[part]
        if path[-1] == "kind":
            table.clear()
        table[path[-1]] = value
    return decode(type(model), content)
