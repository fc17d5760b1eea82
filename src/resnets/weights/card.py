"""The page that travels with weights: what they are, how they were made, what was measured."""

from __future__ import annotations

import json
from html import escape as escape_html

from resnets.errors import escape
from resnets.spec import ModelConfig

from .metadata import RESIDUAL, describe_model

MAX_CLASSES = 20


def write_card(config: ModelConfig, repository: str = "") -> str:
    """Return a model card in the Hugging Face form: a YAML head and Markdown text.

    Args:
        config: what is known of the model.
        repository: where it is published on the Hugging Face Hub, ``owner/name``.
    """
    name = _show(config.model) or "network"
    place = f"hf:{repository}" if repository else "FOLDER"
    pictures = config.network.dimensions == 2
    head = describe_model(config, escape(config.model) or "network")
    rows = [
        ("Trained on", _show(config.trained_on)),
        ("Data fingerprint", _show(config.fingerprint)),
        ("Recipe", _show(config.recipe)),
        ("Licence of the weights", _show(config.license) or "not stated"),
        ("Made from", _show(config.source)),
        ("Classes", _list_classes(config.classes)),
        ("Input", _describe_input(config)),
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
        *(["```", f"resnets predict {place} image.png", "```", ""] if pictures else []),
        "```python",
        "import resnets",
        "",
        f'net = resnets.load("{place}")',
        "```",
        "",
        *([] if repository else ["`FOLDER` is the folder of this file."]),
        "`config.json` holds the architecture, the classes and the preprocessing;"
        " `MANIFEST.json` holds the checksums that are verified on loading.",
    ]
    return "\n".join(lines) + "\n"


def _describe_input(config: ModelConfig) -> str:
    rules, network = config.preprocessing, config.network
    if network.dimensions == 0:
        return f"vectors of {network.in_chans:,} numbers, as they are"
    if network.dimensions == 1:
        return f"signals of {count_channels(network.in_chans)} and any length, as they are"
    return (
        f"{rules.image_size}×{rules.image_size} pixels, {count_channels(rules.channels)}; shorter"
        f" side resized to {rules.resize}, centre crop"
    )


def count_channels(number: int) -> str:
    """Write a number of channels, ``1 channel`` or ``3 channels``."""
    return f"{number:,} channel" + "s" * (number != 1)


def _headline(config: ModelConfig) -> str:
    depth, family = config.network.depth, config.network.family
    kind = "residual network" if family == RESIDUAL else f"network of the family {family}"
    text = f"A {kind} with {depth} weighted layers"
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
