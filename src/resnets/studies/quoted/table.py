"""A table of results that are quoted from papers, not run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resnets.catalog import look_up

Cell = float | None


@dataclass(frozen=True)
class Quoted:
    """A table of a paper, or of several.

    Args:
        name: one word.
        title: what it shows, with units.
        source: papers and tables.
        columns: heads of the columns.
        rows: figures by label; the name of a catalog network stands for those of its figures that
            ``keys`` names.
        keys: for each column the key of its figure in the catalog; empty for none.
        note: what must be known.
    """

    name: str
    title: str
    source: str
    columns: tuple[str, ...]
    rows: dict[str, tuple[Cell, ...] | str]
    keys: tuple[str, ...] = ()
    note: str = ""

    def lines(self) -> Iterator[tuple[str, tuple[Cell, ...]]]:
        """Yield label and figures of each row, as many as there are columns."""
        for label, cells in self.rows.items():
            if isinstance(cells, str):
                published = look_up(cells).published
                cells = tuple(published.get(key) for key in self.keys)
            yield label, cells

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON data."""
        return {
            **{key: getattr(self, key) for key in ("name", "title", "source", "note")},
            "columns": list(self.columns),
            "rows": {label: list(cells) for label, cells in self.lines()},
        }
