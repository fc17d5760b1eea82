"""A file imports from its own package and from lower floors, never upward nor from a sibling."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "src" / "resnets"
FLOORS = (
    ("spec",),
    ("catalog",),
    ("blocks",),
    ("networks", "weights", "data"),
    ("training", "evaluation"),
    ("analysis", "deploy", "report"),
    ("studies",),
    ("api",),
    ("cli",),
)
FLOOR = {package: number for number, packages in enumerate(FLOORS) for package in packages}
FREE = ("errors", "version")


def imported_packages(path: Path) -> Iterator[str]:
    """Name every package of ours that a file imports, wherever in it."""
    depth = len(path.relative_to(ROOT).parts) - 1
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level > depth:
            names = [f"resnets.{node.module or alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("resnets."))


def violations(path: Path) -> list[str]:
    """List the packages that a file must not import."""
    own = path.relative_to(ROOT).parts[0]
    found = [package for package in imported_packages(path) if package not in (own, *FREE)]
    return [package for package in found if FLOOR.get(package, 99) >= FLOOR[own]]


def test_every_package_has_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= FLOOR.keys()
    assert "spec" in packages


@pytest.mark.parametrize("package", sorted(p.name for p in ROOT.iterdir() if p.name in FLOOR))
def test_imports_go_downward_only(package):
    found = {str(p.relative_to(ROOT)): violations(p) for p in (ROOT / package).rglob("*.py")}
    assert {path: bad for path, bad in found.items() if bad} == {}


def test_a_file_that_climbs_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "data").mkdir()
    bad = tmp_path / "data" / "bad.py"
    bad.write_text("def f():\n    from resnets.weights import x\n    import resnets.training\n")
    assert violations(bad) == ["weights", "training"]
    bad.write_text("from resnets import api\nfrom resnets.spec import Spec\nfrom ..cli import x\n")
    assert violations(bad) == ["api", "cli"]
    bad.write_text("from resnets.errors import DataError\nfrom . import formats\n")
    assert violations(bad) == []
