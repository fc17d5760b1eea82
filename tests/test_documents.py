"""What the documents promise is tried: examples run, commands parse, code compiles."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import resnets
from resnets.cli.main import app
from resnets.spec import decode
from resnets.spec.codec import parse_toml
from resnets.spec.request import Request
from resnets.studies.file import read_study

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(*languages: str) -> list[tuple[str, str]]:
    """List the code blocks of all pages: page and text."""
    return [
        (page.name, text)
        for page in PAGES
        for language, text in BLOCK.findall(page.read_text(encoding="utf-8"))
        if language in languages
    ]


def commands() -> list[tuple[str, str]]:
    """List every line with the command resnets in the shell blocks."""
    lines = [(page, line) for page, text in blocks("sh") for line in text.splitlines()]
    return [(page, line) for page, line in lines if line.startswith("resnets ")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_run(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert list(tmp_path.iterdir()) == []


def test_examples_are_numbered_without_a_gap():
    assert [int(path.name[:2]) for path in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))


@pytest.mark.parametrize(("page", "line"), commands())
def test_documented_commands_have_the_options_that_they_use(page, line):
    from typer.main import get_command

    command = get_command(app)
    words = shlex.split(line)[1:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {name for param in command.params for name in param.opts}
    used = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert used <= known


def test_there_are_commands_to_try():
    assert len(commands()) >= 8


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_documented_python_compiles_and_imports(page, text):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            assert all(hasattr(module, alias.name) for alias in node.names)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "resnets":
            assert hasattr(resnets, node.attr)


def test_the_documented_class_is_taken_apart(capsys):
    (text,) = (text for _, text in blocks("python") if "@walk.register" in text)
    exec(compile(text, "extending.md", "exec"), {"__name__": "extending"})
    errors, counts = capsys.readouterr().out.splitlines()
    assert len(ast.literal_eval(errors)) == 3
    assert counts == "[1, 3, 3, 1]"
    assert f"# {counts}" in text


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_documented_configurations_are_requests_or_studies(page, text, tmp_path):
    content = parse_toml(text)
    if "rows" in content:
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        assert read_study(tmp_path / "study.toml").name == content["name"]
    else:
        assert decode(Request, content).model


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("docs/images/") and target.strip("./") != "results":
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_make_targets_that_are_named_exist():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for page in PAGES:
        for name in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8")):
            assert name in targets, f"{page.name}: make {name}"


def test_hub_offers_every_name_without_torch():
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('hubconf', {str(ROOT / 'hubconf.py')!r})\n"
        "hub = importlib.util.module_from_spec(spec); spec.loader.exec_module(hub)\n"
        "assert 'torch' not in sys.modules\n"
        "assert hub.resnet20(num_classes=3).spec.num_classes == 3\n"
        "assert hub.create_model('resnet26').spec.depth == 26\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_hub_lists_networks_and_verbs_and_nothing_else():
    spec = importlib.util.spec_from_file_location("hubconf", ROOT / "hubconf.py")
    hub = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hub)
    # As torch.hub.list does, which wants a repository on GitHub.
    entries = {n for n in dir(hub) if callable(getattr(hub, n)) and not n.startswith("_")}
    verbs = {"create_model", "load", "backbone_with_fpn", "segmentation_backbone"}
    assert entries == {*resnets.list_models(), *verbs}
    assert all(getattr(hub, name).__doc__ for name in entries)


def test_hub_hands_its_options_on():
    import torch

    small = {"depths": (1, 1, 1, 1), "widths": (4, 4, 4, 4), "out_channels": 8}
    options = {"source": "local", "seed": 3, **small}
    backbone = torch.hub.load(str(ROOT), "backbone_with_fpn", "resnet18", **options)
    assert backbone.out_channels == 8


def test_pins_cover_every_requirement():
    project = parse_toml((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {line.partition("==")[0] for line in lines if not line.startswith("#")}
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.+]+", line) for line in lines[1:])
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.match(r"[\w.-]+", text)[0].lower().replace("_", "-") for text in wanted}  # type: ignore[index]
    assert names - {"tomli"} <= pins


def test_the_readmes_table_is_made_of_the_results() -> None:
    path = ROOT / "results" / "collect.py"
    spec = importlib.util.spec_from_file_location("collect", path)
    assert spec is not None
    assert spec.loader is not None
    collect = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(collect)
    tables = {"README.md": collect.make_table(), "results/README.md": collect.list_studies()}
    for page, table in tables.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        assert f"{collect.BEGIN}\n{table}\n{collect.END}" in text
    assert "resnet20 on cifar10" in collect.make_table()
