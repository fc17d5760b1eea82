"""The report of a run: one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from resnets.errors import escape
from resnets.evaluation import interval
from resnets.weights import write_file

from . import numbers
from .pictures import Curve, draw_curves, find_top
from .record import SPLITS, Record, read_record
from .tables import list_mistakes, tabulate_confusion, tabulate_units
from .words import describe_data, describe_machine, describe_recipe, write_command


def write_run_report(run_dir: str | Path) -> Path:
    """Write ``report.html`` into a run folder, from the files of the folder alone.

    The page is self-contained: it asks for nothing, runs nothing and may be sent by mail. A run
    that has not ended is reported as far as it went.

    Returns:
        The page's path.

    Raises:
        FileError: the folder is no run, or a file of it is damaged.
        MachineError: the page cannot be written.
    """
    path = Path(run_dir) / "report.html"
    write_file(path, render(read_record(run_dir)))
    return path


def render(record: Record) -> str:
    """Return the page of a run as HTML."""
    return open_template("run.html.j2").render(_collect(record))


def open_template(name: str) -> Template:
    """Return a template of this package, which escapes what is put into it."""
    environment = Environment(
        loader=PackageLoader("resnets.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for each in ("percent", "plain", "count", "size", "duration", "figure"):
        environment.filters[each] = getattr(numbers, each)
    environment.filters["show"] = escape
    return environment.get_template(name)


def _collect(record: Record) -> dict[str, Any]:
    run, test = record.run, record.evaluation.get("test")
    train = record.split("train")
    validation = record.evaluation.get("validation")
    classes = (test or validation or {}).get("classes", [])
    return {
        "run": run,
        "model": run.model or "network",
        "status": record.status,
        "epochs": record.epochs,
        "steps": train[-1]["step"] if train else 0,
        "headline": _headline(record),
        "test": test,
        "interval": interval(test["top1_error"], test["n"]) if test else None,
        "validation": validation,
        "skipped": record.facts.get("counts", {}).get("skipped", 0),
        "seconds": sum(m.get("seconds", 0) for m in train),
        "rate": _median([m["images_per_second"] for m in train if "images_per_second" in m]),
        "curves": _draw(record),
        "confusion": tabulate_confusion(test) if test else None,
        "mistakes": list_mistakes(test, record.mistakes) if test else [],
        "network": record.network,
        "units": tabulate_units(record.network),
        "recipe": describe_recipe(run.recipe),
        "data": describe_data(run, record.facts, classes),
        "notes": [escape(note) for note in record.facts.get("notes", [])],
        "machine": describe_machine(run, record.facts),
        "command": write_command(record.facts),
        "run_id": record.id,
    }


def _headline(record: Record) -> dict[str, Any] | None:
    """Return the one figure that stands on top: the test error, or the newest validation error."""
    if test := record.evaluation.get("test"):
        return {"split": "test", "error": test["top1_error"], "n": test["n"], "epoch": None}
    for split in ("validation", "train"):
        if measured := record.split(split):
            last = measured[-1]
            error, n = last.get("top1_error"), last.get("n")
            return {"split": split, "error": error, "n": n, "epoch": last["epoch"]}
    return None


def _draw(record: Record) -> list[dict[str, Any]]:
    """Draw error, loss and learning rate, each with the sentence that tells what it shows."""
    if not record.epochs:
        return []
    test = record.evaluation.get("test")
    pictures = []
    errors = _curves(record, "top1_error")
    once = test is not None and "test" not in errors
    if errors:
        last = test["top1_error"] if test and once else None
        top, clipped = find_top(errors, [last] if last is not None else [])
        pictures.append(
            {
                "title": "Error, %",
                "svg": draw_curves("error", errors, top=top, last=last),
                "text": _tell(errors, " %"),
                "note": f"Values above {top:g} % are cut off." if clipped else "",
            }
        )
    losses = _curves(record, "loss")
    if losses:
        last = test["loss"] if test and once else None
        svg = draw_curves("loss", losses, last=last)
        pictures.append({"title": "Loss, nats", "svg": svg, "text": _tell(losses, ""), "note": ""})
    rates: dict[str, Curve] = {
        "rate": [(m["epoch"], m["lr"]) for m in record.split("train") if "lr" in m]
    }
    if rates["rate"]:
        svg = draw_curves("rate", rates)
        text = _tell(rates, "")
        pictures.append({"title": "Learning rate", "svg": svg, "text": text, "note": ""})
    return pictures


def _curves(record: Record, key: str) -> dict[str, Curve]:
    curves = {s: [(m["epoch"], m[key]) for m in record.split(s) if key in m] for s in SPLITS}
    return {split: curve for split, curve in curves.items() if curve}


def _tell(curves: dict[str, Curve], unit: str) -> str:
    names = {"rate": "learning rate"}
    parts = [
        f"{names.get(name, name)} from {curve[0][1]:.3g}{unit} after epoch {curve[0][0]}"
        f" to {curve[-1][1]:.3g}{unit} after epoch {curve[-1][0]}"
        for name, curve in curves.items()
    ]
    return "; ".join(parts)


def _median(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None
