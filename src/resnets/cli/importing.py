"""``resnets import``: foreign weights made into a model folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import escape

from . import options as o
from .screen import print_json, say_count

if TYPE_CHECKING:
    from resnets.api.importing import Imported


def import_file(
    file: Annotated[str, typer.Argument(help="A .pth, .pt, .th, .bin or .safetensors file.")],
    output: Annotated[str, typer.Option(help="The new model folder.")],
    model: Annotated[
        str | None,
        typer.Option(help="Name of the network, where the tensors cannot say it.", metavar="NAME"),
    ] = None,
    classes: Annotated[
        str | None, typer.Option(help="Names of the outputs: cat,dog,horse.", metavar="NAMES")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="The data it was trained on, instead of --classes.")
    ] = None,
    data_dir: o.DataDir = None,
    mean: o.Mean = None,
    std: o.Std = None,
    license: Annotated[str, typer.Option(help="Licence of the weights, to be recorded.")] = "",
    source: Annotated[str, typer.Option(help="Where they come from, to be recorded.")] = "",
    as_json: o.Json = False,
) -> None:
    """Recognise weights of torchvision, timm, Hugging Face and CIFAR repositories."""
    from resnets.api.importing import import_weights

    found = import_weights(
        file,
        output,
        model=model,
        classes=classes.split(",") if classes is not None else None,
        data=data,
        data_dir=data_dir,
        mean=o.parse_numbers("mean", mean),
        std=o.parse_numbers("std", std),
        license=license,
        source=source,
    )
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)


def _print(found: Imported) -> None:
    config, rules = found.config, found.config.preprocessing
    name = config.model or "a network of its own"
    print(
        f"{escape(name)} in the layout of {found.layout}: {found.parameters:,} parameters,"
        f" {say_count(config.network.num_classes, 'output')}"
        f"{'' if config.classes else ' without names'}"
    )
    for part, values in (("mean", rules.mean), ("std", rules.std)):
        print(f"{part}: {' '.join(f'{value:.4g}' for value in values)}")
    channels = say_count(rules.channels, "channel")
    print(f"input: {rules.image_size}×{rules.image_size} pixels, {channels}")
    for note in found.notes:
        print(escape(note))
    print(found.path)
