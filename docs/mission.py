"""The page of the mission, made of mission.toml: python docs/mission.py.

Every subject of the papers has a row there, and every row names what covers it, as ``kind thing``.
``check`` says which covers do not exist.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from resnets.catalog import list_names, list_recipes
from resnets.cli.main import app
from resnets.spec.codec import parse_toml
from resnets.spec.data import SOURCES
from resnets.studies import list_studies
from resnets.studies.quoted import TABLES

ROOT = Path(__file__).resolve().parents[1]
SOURCE, PAGE = ROOT / "docs" / "mission.toml", ROOT / "docs" / "mission.md"
KINDS = {
    "S": "network",
    "T": "technique",
    "E": "experiment",
    "P": "protocol",
    "C": "claim",
    "R": "result",
}
COMMANDS = {
    "name": "resnets show {}",
    "study": "resnets study run {}",
    "table": "resnets study show published",
    "recipe": "resnets train --recipe {}",
    "data": "resnets train --data {}",
    "command": "resnets {}",
}
HEAD = """# What the papers contain, and what covers it here

Every network, technique, experiment, protocol, claim and result of the papers, in rows of its own.
`python docs/mission.py` makes this page of `docs/mission.toml`; a test fails on a row without a
cover, and on a cover that does not exist.
"""


def read_mission() -> dict[str, dict[str, Any]]:
    """Return the parts by letter, each with its title and rows."""
    parts = parse_toml(SOURCE.read_text(encoding="utf-8"), SOURCE.name)
    assert isinstance(parts, dict)
    return parts


def list_rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of all parts."""
    for part in read_mission().values():
        yield from part["rows"]


def check(cover: str) -> bool:
    """Return whether what a cover names is there."""
    kind, _, thing = cover.partition(" ")
    known = {
        "name": list_names,
        "study": lambda: [study.name for study in list_studies()],
        "recipe": list_recipes,
        "data": lambda: SOURCES,
        "table": lambda: [table.name for table in TABLES],
    }
    if kind in known:
        return thing in known[kind]()
    if kind == "file":
        return (ROOT / thing).is_file()
    if kind == "python":
        module, _, attribute = thing.rpartition(".")
        return hasattr(importlib.import_module(module), attribute)
    if kind == "command":
        return _check_command(thing.split())
    return False


def _check_command(words: list[str]) -> bool:
    command: Any = get_command(app)
    for word in words:
        if word.startswith("--"):
            return word in {name for param in command.params for name in param.opts}
        if word not in getattr(command, "commands", {}):
            return False
        command = command.commands[word]
    return True


def describe(cover: str) -> str:
    """Return a cover as the page shows it."""
    kind, _, thing = cover.partition(" ")
    if kind == "file":
        return f"[{thing}](../{thing})"
    return f"`{COMMANDS.get(kind, '{}').format(thing)}`" + (f" ({thing})" * (kind == "table"))


def render() -> str:
    """Return the page."""
    lines = [HEAD]
    for letter, part in read_mission().items():
        lines += [
            f"## {letter}. {part['title']}",
            "",
            "| | what | kind | covered by |",
            "|---|---|---|---|",
        ]
        for row in part["rows"]:
            kinds = ", ".join(KINDS[kind] for kind in row["kind"])
            covers = " · ".join(map(describe, row["cover"]))
            lines.append(f"| {row['id']} | {row['what']} | {kinds} | {covers} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE)
