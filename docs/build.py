"""The pages of this folder, the reference and the catalog as HTML: python docs/build.py FOLDER."""

from __future__ import annotations

import inspect
import shutil
import sys
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

import resnets
from resnets.analysis import count
from resnets.catalog import list_names, list_recipes, look_up, look_up_recipe

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "index": ROOT / "README.md",
    "contributing": ROOT / "CONTRIBUTING.md",
    **{path.stem: path for path in sorted((ROOT / "docs").glob("*.md"))},
}
STYLE = """
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif }
nav a { margin-right: 1rem } img { max-width: 100% } table { border-collapse: collapse }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: left }
pre { overflow-x: auto; padding: .7rem; background: #f5f5f3 } code { font-size: .92em }
"""


def render_page(title: str, body: str) -> str:
    """Return a whole page with links to the others."""
    names = [*PAGES, "reference", "catalog"]
    links = " ".join(f'<a href="{name}.html">{name}</a>' for name in names)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return (
        f'<!doctype html><html lang="en">{head}<title>{escape(title)} · resnets</title>'
        f"<style>{STYLE}</style><nav>{links}</nav>{body}</html>\n"
    )


def render_markdown(path: Path) -> str:
    """Return a page of Markdown as HTML, with links between pages mended."""
    html = MarkdownIt("commonmark").enable("table").render(path.read_text(encoding="utf-8"))
    for name, source in PAGES.items():
        for written in (source.name, f"../{source.name}", f"docs/{source.name}", source.stem):
            html = html.replace(f'href="{written}"', f'href="{name}.html"')
    return html.replace('src="docs/images/', 'src="images/')


def render_reference() -> str:
    """Return every public name with its signature and docstring."""
    parts = ["<h1>Reference</h1>"]
    for name in resnets.__all__:
        value = getattr(resnets, name)
        if callable(value):
            text = escape(inspect.getdoc(value) or "")
            signature = escape(f"{name}{inspect.signature(value)}")
            parts.append(f'<h2 id="{name}">{name}</h2><pre>{signature}\n\n{text}</pre>')
    return "\n".join(parts)


def render_catalog() -> str:
    """Return the networks with our counts and their sources, and the recipes."""
    rows = [("network", "parameters", "MACs", "paper")]
    for name in list_names():
        entry = look_up(name)
        cost = count(entry.spec)
        rows.append((name, f"{cost.parameters:,}", f"{cost.macs:,}", entry.source))
    recipes = [("recipe", "source")]
    spec = look_up("resnet20").spec
    recipes += [(name, look_up_recipe(name, spec).source) for name in list_recipes()]
    return f"<h1>Catalog</h1>{render_table(rows)}<h1>Recipes</h1>{render_table(recipes)}"


def render_table(rows: list[tuple[str, ...]]) -> str:
    """Return a table whose first row is its head."""
    head, *body = (
        "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row)
        for tag, row in zip(["th"] + ["td"] * (len(rows) - 1), rows, strict=True)
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in (head, *body)) + "</table>"


def build(folder: Path) -> Path:
    """Write all pages, and return the first."""
    folder.mkdir(parents=True, exist_ok=True)
    if (ROOT / "docs" / "images").is_dir():
        shutil.copytree(ROOT / "docs" / "images", folder / "images", dirs_exist_ok=True)
    bodies = {name: render_markdown(path) for name, path in PAGES.items()}
    bodies |= {"reference": render_reference(), "catalog": render_catalog()}
    for name, body in bodies.items():
        (folder / f"{name}.html").write_text(render_page(name, body), encoding="utf-8")
    return folder / "index.html"


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
