"""Tables of numbers as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def format_sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with a head; None is an empty cell, numbers keep every digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
