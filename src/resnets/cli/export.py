"""``resnets export``: a trained network in the files of other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from resnets.errors import escape

from . import options as o
from .screen import print_json


def export(
    target: Annotated[
        str, typer.Argument(help="A run, a model folder, or a name with --weights.", metavar="RUN")
    ],
    output: Annotated[str, typer.Option(help="The new file; a new folder for huggingface.")],
    format: Annotated[
        str, typer.Option(help="safetensors, torchvision, timm, huggingface, …")
    ] = "safetensors",
    weights: o.Weights = None,
    mean: o.Mean = None,
    std: o.Std = None,
    as_json: o.Json = False,
) -> None:
    """Write a network as another library loads it, strictly; it is read back and compared."""
    from resnets.api.exporting import export as write

    found = write(
        target,
        output,
        format=format,
        weights=weights,
        mean=o.parse_numbers("mean", mean),
        std=o.parse_numbers("std", std),
    )
    if as_json:
        print_json(found.to_dict())
        return
    for note in found.notes:
        print(escape(note))
    print(escape(found.path))
