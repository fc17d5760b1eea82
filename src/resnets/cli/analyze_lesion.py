"""``resnets analyze lesion``: what a network errs without some of its units."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from resnets.errors import escape

from . import options as o
from .bar import show_progress
from .screen import open_console, open_table, print_json, say_count

if TYPE_CHECKING:
    from rich.console import Console

    from resnets.analysis.lesion import Lesion, Lesions, Trials

WORST = 5
SHOWN = (1, 2, 5, 10, 15, 20)


def lesion(
    target: o.Subject,
    weights: o.Weights = None,
    data: o.Data = None,
    data_dir: o.DataDir = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            help="Another run or model folder, for contrast: each of its units is deleted too."
            " Repeatable.",
            show_default=False,
            metavar="RUN",
        ),
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(help="each, many or order. Repeatable. Default: all.", show_default=False),
    ] = None,
    most: Annotated[
        int, typer.Option(min=1, help="Units deleted, or pairs exchanged, at most.")
    ] = 20,
    repeats: Annotated[int, typer.Option(min=1, help="Random draws for each number.")] = 10,
    images: Annotated[
        int, typer.Option(min=1, help="Random images for many and order; each takes all.")
    ] = 1000,
    reestimate: Annotated[
        int,
        typer.Option(min=0, help="Training images to estimate batch norm's statistics on again."),
    ] = 0,
    split: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    precision: Annotated[
        str, typer.Option(help="fp32, bf16, or auto: bf16 where it is fast.")
    ] = "auto",
    output: o.AnalysisOutput = None,
    seed: o.AnalysisSeed = 0,
    device: o.Device = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Images in a batch.")] = 250,
    as_json: o.Json = False,
) -> None:
    """Delete units, one by one and several at once, and exchange them: what the network errs then.

    The three parts: each deletes every unit in turn, many deletes random ones, order exchanges
    random pairs of units with equal shapes.
    """
    from resnets.api import analysis
    from resnets.api.lesions import PARTS
    from resnets.api.lesions import lesion as injure

    if output is None and not as_json:
        output = analysis.name_output("lesion", target)
    with show_progress() as on_progress:
        found = injure(
            target,
            data,
            weights=weights,
            data_dir=data_dir,
            beside=beside or (),
            output=output,
            parts=part or PARTS,
            most=most,
            repeats=repeats,
            images=images,
            reestimate=reestimate,
            split=split,
            precision=precision,
            seed=seed,
            device=device,
            batch_size=batch_size,
            on_progress=on_progress,
        )
    if as_json:
        print_json(found.to_dict())
        return
    console = open_console()
    for network, place in zip((found, *found.beside), (target, *(beside or ())), strict=True):
        _print(network, place, console)
    print(output)


def _print(found: Lesions, place: str, console: Console) -> None:
    name = escape(found.about["subject"])
    console.print(Text(name, "bold") + Text("" if name == place else f"  {escape(place)}", "dim"))
    if found.each is not None:
        _print_each(found.each, found.about["precision"], console)
    if found.many is not None:
        _print_groups(found.many, "units deleted", lambda lesion: len(lesion.deleted), console)
    if found.order is not None and found.order.trials:
        _print_groups(found.order, "pairs exchanged", lambda lesion: lesion.swaps, console)
    elif found.order is not None:
        console.print("no two units have equal shapes: nothing was exchanged")
    for note in found.about["notes"]:
        console.print(escape(note), style="dim")


def _print_each(trials: Trials, precision: str, console: Console) -> None:
    images = say_count(trials.n, "image")
    console.print(f"intact: error {trials.intact:.2f} % of {images}, in {precision}")
    table = open_table("without", ">error", ">difference", "")
    for trial in sorted(trials.trials, key=lambda t: -t.error)[:WORST]:
        (unit,) = trial.lesion.deleted
        table.add_row(
            trials.units[unit],
            f"{trial.error:.2f} %",
            f"{trial.error - trials.intact:+.2f}",
            "changes the shape" if trials.changes[unit] else "",
        )
    console.print(table)
    errors = [trial.error for trial in trials.trials]
    units = say_count(len(errors), "unit")
    console.print(f"median of {units}: {median(errors):.2f} %; the worst are above")
    left_out = [name for name, yes in zip(trials.units, trials.deletable, strict=True) if not yes]
    if left_out:
        why = "no shortcut, and the shape changes"
        console.print(f"cannot be deleted: {escape('; '.join(left_out))} ({why})")


def _print_groups(
    trials: Trials, label: str, number: Callable[[Lesion], int], console: Console
) -> None:
    groups = _group(trials, number)
    table = open_table(f">{label}", ">median", ">lowest", ">highest", ">draws")
    table.add_row("0", f"{trials.intact:.2f} %", "", "", "")
    for size in (n for n in groups if n in SHOWN or n == max(groups)):
        errors = groups[size]
        figures = (f"{value:.2f} %" for value in (median(errors), min(errors), max(errors)))
        table.add_row(str(size), *figures, str(len(errors)))
    console.print(table)
    console.print(f"on {say_count(trials.n, 'image')}", style="dim")


def _group(trials: Trials, number: Callable[[Lesion], int]) -> dict[int, list[float]]:
    groups: dict[int, list[float]] = {}
    for trial in trials.trials:
        groups.setdefault(number(trial.lesion), []).append(trial.error)
    return groups
