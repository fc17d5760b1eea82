"""The page that travels with weights: what they are, how they were made, what was measured."""

from __future__ import annotations

import json
from html import escape as escape_html

from resnets.errors import escape
from resnets.spec import ModelConfig

MAX_CLASSES = 20


def write_card(config: ModelConfig) -> str:
    """Return a model card in the Hugging Face form: a YAML head and Markdown text."""
    name = _show(config.model) or "network"
    head = {
        "license": config.license or "unknown",
        "library_name": "resnets",
        "pipeline_tag": "image-classification",
        "tags": ["residual-networks", "image-classification"],
    }
    preprocessing = config.preprocessing
    rows = [
        ("Trained on", _show(config.trained_on)),
        ("Data fingerprint", _show(config.fingerprint)),
        ("Recipe", _show(config.recipe)),
        ("Licence of the weights", _show(config.license) or "not stated"),
        ("Made from", _show(config.source)),
        ("Classes", _list_classes(config.classes)),
        (
            "Input",
            f"{preprocessing.image_size}×{preprocessing.image_size} pixels,"
            f" {preprocessing.channels} channels; shorter side resized to {preprocessing.resize},"
            " centre crop",
        ),
    ]
    lines = [
        "---",
        # JSON strings are YAML strings, whatever the names hold.
        *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()),
        "---",
        "",
        f"# {name}",
        "",
        f"{_headline(config)}",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in rows if value),
        "",
        "## Measured",
        "",
        *_measured(config.measured),
        "",
        "## Use",
        "",
        "```",
        "resnets predict FOLDER image.png",
        "```",
        "",
        "```python",
        "import resnets",
        "",
        'net = resnets.load("FOLDER")',
        "```",
        "",
        "`FOLDER` is the folder of this file. `config.json` holds the architecture, the classes",
        "and the preprocessing; `MANIFEST.json` holds the checksums that are verified on loading.",
    ]
    return "\n".join(lines) + "\n"


def _headline(config: ModelConfig) -> str:
    depth = config.network.depth
    text = f"A residual network with {depth} weighted layers"
    if config.trained_on:
        text += f", trained on {_show(config.trained_on)}"
    error, count = config.measured.get("test_top1_error"), config.measured.get("test_n")
    if error is not None and count is not None:
        text += f"; test error {error:.2f} % (n = {count:,.0f})"
    return text + "."


def _measured(measured: dict[str, float]) -> list[str]:
    if not measured:
        return ["Nothing was measured."]
    rows = [
        f"| {_show(key.replace('_', ' '))} | {value:,.10g} |" for key, value in measured.items()
    ]
    return ["| figure | value |", "|---|---:|", *rows, "", "Errors are in per cent."]


def _list_classes(classes: tuple[str, ...]) -> str:
    more = f" and {len(classes) - MAX_CLASSES:,} more" if len(classes) > MAX_CLASSES else ""
    names = ", ".join(_show(name) for name in classes[:MAX_CLASSES])
    return f"{len(classes):,}: {names}{more}" if classes else ""


def _show(text: str) -> str:
    """Make a foreign string harmless in a Markdown table."""
    return escape_html(escape(text)).replace("|", "&#124;").replace("`", "&#96;")
