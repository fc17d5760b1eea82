"""``resnets predict``: what a trained network sees in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import escape

from . import options as o
from .screen import open_console, open_table, print_json, say_count

if TYPE_CHECKING:
    from resnets.evaluation import Predictions


def predict(
    run: Annotated[str, typer.Argument(help="A run, a model folder, or a name with --weights.")],
    paths: Annotated[
        list[str], typer.Argument(help="Pictures, folders or patterns.", metavar="PATH...")
    ],
    weights: o.Weights = None,
    mean: o.Mean = None,
    std: o.Std = None,
    output: Annotated[
        str | None, typer.Option(help="Write the answers to a new .csv or .jsonl file.")
    ] = None,
    bad_images: Annotated[
        str, typer.Option(help="refuse, or skip and list what cannot be read.")
    ] = "refuse",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "cpu",
    batch_size: Annotated[int, typer.Option(min=1, help="Pictures in a batch.")] = 64,
    as_json: o.Json = False,
) -> None:
    """Classify pictures: a table, and with --output a file of all answers."""
    from resnets.api.prediction import predict as answer
    from resnets.report import check_predictions_path, write_predictions

    if output is not None:
        check_predictions_path(output)
    found = answer(
        run,
        paths,
        weights=weights,
        mean=o.parse_numbers("mean", mean),
        std=o.parse_numbers("std", std),
        precision=precision,
        device=device,
        batch_size=batch_size,
        bad_images=bad_images,
    )
    if output is not None:
        write_predictions(output, found)
    if as_json:
        skipped = [{"path": escape(path), "why": why} for path, why in found.skipped]
        answers = [prediction.to_dict() for prediction in found]
        print_json({"predictions": answers, "skipped": skipped})
        return
    _print(found, output)


def _print(found: Predictions, output: str | None) -> None:
    table = open_table("picture", "class", ">probability", "else")
    for prediction in found:
        second = prediction.top5[1:2]
        table.add_row(
            escape(prediction.path),
            escape(prediction.label),
            f"{100 * prediction.probability:.1f} %",
            "".join(f"{escape(g.label)} {100 * g.probability:.1f} %" for g in second),
        )
    console = open_console()
    console.print(table)
    for path, why in found.skipped:
        console.print(f"skipped {escape(path)}: {escape(why)}")
    skipped = f", {len(found.skipped):,} skipped" if found.skipped else ""
    console.print(f"{say_count(len(found), 'picture')}{skipped}")
    if output is not None:
        print(output)
