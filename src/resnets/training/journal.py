"""What a run writes while it goes on: measurements and events, one JSON object a line."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from resnets.errors import ConfigError
from resnets.spec.codec import parse_json
from resnets.weights import describe_content, read_file, sync_folder, write_file
from resnets.weights.storage import report_write_errors

from .sealed import refuse_file

METRICS, EVENTS, SUMMARY = "metrics.jsonl", "events.jsonl", "summary.csv"
COLUMNS = (
    "split",
    "step",
    "epoch",
    "loss",
    "top1_error",
    "top5_error",
    "lr",
    "images_per_second",
    "seconds",
    "n",
)


class Journal:
    """The append-only files of a run.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def record(self, content: Mapping[str, Any]) -> None:
        """Append a measurement to ``metrics.jsonl``.

        Raises:
            MachineError: the disk or a permission refused.
        """
        append_record(self.folder / METRICS, content)

    def note(self, event: str, **details: Any) -> None:
        """Append an event to ``events.jsonl``.

        Raises:
            MachineError: the disk or a permission refused.
        """
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        append_record(self.folder / EVENTS, {"time": now, "event": event, **details})

    def sync(self) -> None:
        """Make what was appended durable, and write ``summary.csv`` anew."""
        for name in (METRICS, EVENTS):
            path = self.folder / name
            if path.exists():
                with report_write_errors(path), open(path, "rb") as file:
                    os.fsync(file.fileno())
        with report_write_errors(self.folder):
            sync_folder(self.folder)
        write_file(self.folder / SUMMARY, format_summary(read_records(self.folder / METRICS)))

    def mark(self) -> dict[str, dict[str, Any]]:
        """Return size and sha256 of both files as they are now, for a checkpoint to keep."""
        return {name: describe_content(_read(self.folder / name)) for name in (METRICS, EVENTS)}

    def rewind(self, mark: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Go back to a checkpoint's mark: later measurements are taken again, so they are cut off.

        Returns:
            Names of files that were changed since and are only a log.

        Raises:
            FileError: measurements from before the checkpoint were changed.
        """
        path = self.folder / METRICS
        read_records(path)
        metrics = _read(path)
        if not matches(path, mark[METRICS]):
            why = "its records from before the checkpoint are not those that were written"
            raise refuse_file(path, why)
        kept = metrics[: mark[METRICS]["size"]]
        if kept != metrics:
            # The summary first: at any instant its rows are the first ones of the measurements.
            write_file(self.folder / SUMMARY, format_summary(parse_records(kept, path)))
            write_file(path, kept)
        events = _read(self.folder / EVENTS)
        if not events.endswith(b"\n") and events:
            write_file(self.folder / EVENTS, events[: events.rfind(b"\n") + 1])
        return [] if matches(self.folder / EVENTS, mark[EVENTS]) else [EVENTS]


START_MARK = {name: describe_content(b"") for name in (METRICS, EVENTS)}
"""The mark of empty files."""


def read_records(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines, strictly; a file that is not there has none.

    Raises:
        FileError: a line is not a strict JSON table; its number is named.
    """
    return parse_records(_read(path), path)


def parse_records(content: bytes, path: Path) -> list[dict[str, Any]]:
    """Parse JSON lines, strictly; what follows the last line end is a torn line.

    Raises:
        FileError: as ``read_records``.
    """
    records = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            record = parse_json(line.decode("utf-8"), path.name)
        except ConfigError as error:
            raise refuse_file(path, f"{error.title}: {error.what}", number) from None
        except UnicodeDecodeError:
            raise refuse_file(path, "it is not UTF-8", number) from None
        if not isinstance(record, dict):
            raise refuse_file(path, "it is not a table of fields", number)
        records.append(record)
    return records


def format_summary(records: Iterable[Mapping[str, Any]]) -> str:
    """Return measurements as a table with a head, for spreadsheets."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def append_record(path: Path, content: Mapping[str, Any]) -> None:
    """Append a JSON object as a line; on any failure the file is as it was.

    Raises:
        MachineError: the disk or a permission refused.
    """
    line = json.dumps(content, allow_nan=False, ensure_ascii=False) + "\n"
    with report_write_errors(path), open(path, "ab") as file:
        size = file.tell()
        try:
            file.write(line.encode())
            file.flush()
        except OSError:
            # A full disk took a part of the line: without it the file is whole.
            with contextlib.suppress(OSError):
                os.truncate(path, size)
            raise


def _read(path: Path) -> bytes:
    return read_file(path) if path.is_symlink() or path.exists() else b""


def matches(path: Path, mark: Any) -> bool:
    """Say whether a file begins with what a checkpoint's mark measured."""
    if not isinstance(mark, dict) or type(mark.get("size")) is not int:
        return False
    return describe_content(_read(path)[: mark["size"]]) == mark
