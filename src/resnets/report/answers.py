"""Predictions as a table for spreadsheets or as JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from resnets.errors import ConfigError, escape
from resnets.evaluation import Prediction
from resnets.weights import write_file

FORMULA = ("=", "+", "-", "@")


def write_predictions(path: str | Path, predictions: Sequence[Prediction]) -> None:
    """Write predictions to a new file, ``.csv`` or ``.jsonl``.

    Raises:
        ConfigError: the file exists, or its name has another suffix; nothing was touched.
        MachineError: the disk or a permission refused; no part of the file is left.
    """
    check_predictions_path(path)
    write_file(path, FORMATS[Path(path).suffix.lower()](predictions))


def check_predictions_path(path: str | Path) -> None:
    """Refuse a place for predictions before any are made.

    Raises:
        ConfigError: something is there, the folder is not, or the suffix is unknown.
    """
    path = Path(path)
    where = {"option": "--output"}
    if path.suffix.lower() not in FORMATS:
        raise ConfigError(
            "E2510",
            "unknown kind of table",
            what=path,
            where=where,
            do=f"allowed: {', '.join(FORMATS)}",
        )
    if path.exists() or path.is_symlink():
        raise ConfigError(
            "E2511", "the output exists", what=path, where=where, do="choose another name"
        )
    if not path.parent.is_dir():
        raise ConfigError(
            "E2512", "the output has no folder", what=path, where=where, do="make the folder first"
        )


def format_csv(predictions: Sequence[Prediction]) -> str:
    """Return a table with a head; text that a spreadsheet would compute gets an apostrophe."""
    width = max((len(prediction.top5) for prediction in predictions), default=1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    ranks = [f"{word}_{i}" for i in range(2, width + 1) for word in ("label", "probability")]
    writer.writerow(["path", "label", "probability", *ranks])
    for prediction in predictions:
        row = [_neutralise(prediction.path)]
        for guess in prediction.top5:
            row += [_neutralise(guess.label), f"{guess.probability:.6f}"]
        writer.writerow(row)
    return text.getvalue()


def format_json_lines(predictions: Sequence[Prediction]) -> str:
    """Return one JSON object a line, in ASCII."""
    rows = (json.dumps(prediction.to_dict(), allow_nan=False) for prediction in predictions)
    return "".join(f"{row}\n" for row in rows)


FORMATS: dict[str, Callable[[Sequence[Prediction]], str]] = {
    ".csv": format_csv,
    ".jsonl": format_json_lines,
}


def _neutralise(text: str) -> str:
    text = escape(text)
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
