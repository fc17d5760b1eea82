"""``resnets evaluate``: a trained network, or several as one, on a split, every image once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from resnets.errors import ConfigError, escape

from . import options as o
from .screen import open_console, open_table, print_json

if TYPE_CHECKING:
    from resnets.api.ensembles import EnsembleEvaluation
    from resnets.evaluation import Evaluation

WORST = 5


def evaluate(
    targets: Annotated[
        list[str],
        typer.Argument(help="A run, a model folder, or a name with --weights.", metavar="RUN"),
    ],
    weights: o.Weights = None,
    data: o.Data = None,
    data_dir: o.DataDir = None,
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    protocol: Annotated[
        str,
        typer.Option(help="single, single-320, ten-crop, 12-crop, 144-crop, dense or multi-scale."),
    ] = "single",
    ensemble: Annotated[
        bool,
        typer.Option(
            "--ensemble",
            help="Average the probabilities of several RUNs.",
            metavar="",
            show_default=False,
        ),
    ] = False,
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    mean: o.Mean = None,
    std: o.Std = None,
    device: o.Device = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Images in a batch.")] = 256,
    as_json: o.Json = False,
) -> None:
    """Measure a network, or several as one: errors, loss, n; on its own data if none is named."""
    means, stds = o.parse_numbers("mean", mean), o.parse_numbers("std", std)
    _check_targets(targets, ensemble, means or stds)
    options: dict[str, Any] = {
        "data_dir": data_dir,
        "weights": weights,
        "split": split,
        "protocol": protocol,
        "precision": precision,
        "device": device,
        "batch_size": batch_size,
    }
    if ensemble:
        from resnets.api.ensembles import evaluate_ensemble

        found = evaluate_ensemble(targets, data, **options)
        if as_json:
            print_json(
                {"targets": targets, "split": split, "protocol": protocol, **found.to_dict()}
            )
            return
        _print_members(found)
        _print(found.together, f"ensemble of {len(targets)}, {split}")
        return
    from resnets.api.evaluation import evaluate as measure

    (target,) = targets
    result = measure(target, data, mean=means, std=stds, **options)
    if as_json:
        print_json({"target": target, "split": split, "protocol": protocol, **result.to_dict()})
        return
    _print(result, split)


def _check_targets(targets: list[str], ensemble: bool, constants: object) -> None:
    """Refuse several runs that are no ensemble, and one mean for networks that have their own.

    Raises:
        ConfigError: the options do not go together.
    """
    if len(targets) > 1 and not ensemble:
        raise ConfigError(
            "E2854",
            "several runs, and nothing says what to do with them",
            what=", ".join(map(escape, targets)),
            do=["average their probabilities:  --ensemble", "or evaluate one after another"],
        )
    if ensemble and constants:
        raise ConfigError(
            "E2855",
            "members of an ensemble are fed as each was trained",
            what="--mean and --std",
            do="leave them out",
        )


def _print_members(found: EnsembleEvaluation) -> None:
    table = open_table("member", ">error", ">top-5 error", ">loss")
    for name, member in zip(found.names, found.members, strict=True):
        figures = f"{member.top1_error:.2f} %", f"{member.top5_error:.2f} %", f"{member.loss:.4f}"
        table.add_row(escape(name), *figures)
    open_console().print(table)


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
