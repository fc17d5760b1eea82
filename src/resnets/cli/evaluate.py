"""``resnets evaluate``: a trained network on a split, every image once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnets.errors import escape

from . import options as o
from .screen import open_console, open_table, print_json

if TYPE_CHECKING:
    from resnets.evaluation import Evaluation

WORST = 5


def evaluate(
    target: Annotated[
        str, typer.Argument(help="A run, a model folder, or a name with --weights.", metavar="RUN")
    ],
    weights: o.Weights = None,
    data: o.Data = None,
    data_dir: o.DataDir = None,
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    protocol: Annotated[str, typer.Option(help="single or ten-crop.")] = "single",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    device: o.Device = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Images in a batch.")] = 256,
    as_json: o.Json = False,
) -> None:
    """Measure a network: errors, loss and n; on its own data if none is named."""
    from resnets.api.evaluation import evaluate as measure

    result = measure(
        target,
        data,
        data_dir=data_dir,
        weights=weights,
        split=split,
        protocol=protocol,
        precision=precision,
        device=device,
        batch_size=batch_size,
    )
    if as_json:
        print_json({"target": target, "split": split, "protocol": protocol, **result.to_dict()})
        return
    _print(result, split)


def _print(result: Evaluation, split: str) -> None:
    from resnets.evaluation import interval

    low, high = interval(result.top1_error, result.n)
    skipped = f", {result.skipped:,} skipped" if result.skipped else ""
    console = open_console()
    console.print(
        f"{split} error {result.top1_error:.2f} % of {result.n:,} images{skipped} "
        f"(95 % interval {low:.2f} to {high:.2f})",
        style="bold",
    )
    console.print(f"top-5 error {result.top5_error:.2f} %, loss {result.loss:.4f}")
    worst = _find_worst(result)
    table = open_table("hardest classes", ">accuracy", ">images", "mostly taken for")
    for index in worst:
        row = result.confusion[index]
        other = max((i for i in range(len(row)) if i != index), key=lambda i: row[i])
        table.add_row(
            escape(result.classes[index]),
            f"{result.per_class_accuracy[index]:.1f} %",
            f"{sum(row):,}",
            f"{escape(result.classes[other])} ({row[other]:,})" if row[other] else "",
        )
    if worst:
        console.print(table)
    for note in result.notes:
        console.print(note, style="dim")


def _find_worst(result: Evaluation) -> list[int]:
    """Return the classes that are least often recognised, worst first, without perfect ones."""
    known = [(a, i) for i, a in enumerate(result.per_class_accuracy) if a is not None and a < 100]
    return [index for _, index in sorted(known)[:WORST]]
