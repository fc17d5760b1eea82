"""How answers look in a terminal: consoles, tables and numbers."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 120
NARROW = 100
MAX_FINDINGS = 20


def open_console(stderr: bool = False) -> Console:
    """Return a console; ``NO_COLOR`` is obeyed, and what is piped is not squeezed into 80."""
    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    width = None if known else PIPED_WIDTH
    # Names of files and classes are printed as they are: no markup and no emoji is read in them.
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def open_table(*columns: str) -> Table:
    """Return a table with a line under its head.

    Args:
        columns: their names; one that starts with ``>`` stands right, one with ``<`` is not broken.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in columns:
        mark = name[:1]
        table.add_column(
            name.lstrip("<>"),
            justify="right" if mark == ">" else "left",
            no_wrap=mark in ("<", ">"),
            overflow="fold",
        )
    return table


def print_json(content: Any, stderr: bool = False) -> None:
    """Print one JSON value on one line, in ASCII, so that no name in it can move the cursor."""
    text = json.dumps(content, allow_nan=False)
    print(text, file=sys.stderr if stderr else sys.stdout)


def say_count(number: int, word: str) -> str:
    """Write a number and what it counts, ``1 picture`` or ``1,000 pictures``."""
    return f"{number:,} {word}" + "s" * (number != 1)


def shorten(number: float, unit: str = "") -> str:
    """Write a number with three digits and a prefix, ``40.6 M``; below a thousand in full."""
    for limit, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit * 0.9995:
            value = number / limit
            return f"{value:.{max(0, 2 - len(str(int(value))) + 1)}f} {prefix}{unit}"
    return f"{number:g} {unit}".strip()
