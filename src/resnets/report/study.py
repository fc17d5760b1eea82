"""The table of a study as data, and its files: a page, Markdown with a picture, and CSV."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from resnets.weights import take_turns, write_file


@dataclass(frozen=True)
class MetricColumn:
    """A measure of the table.

    Args:
        name: as the study calls it.
        label, unit: for people.
        published: whether any row has a published figure.
    """

    name: str
    label: str
    unit: str
    published: bool

    @property
    def heading(self) -> str:
        """Its label with its unit."""
        return f"{self.label}, {self.unit}" if self.unit else self.label


@dataclass(frozen=True)
class Figure:
    """One measure of one row.

    Args:
        published, published_mean, published_std: what the paper prints; None for nothing.
        above: whether the paper says only that it is more.
        source: paper and table of the published figure.
        values: measured, one for each finished run.
        median, mean, std: of the values; None where there are too few.
        difference: median minus published figure.
        fails: whether the median is above the study's limit.
    """

    published: float | None = None
    published_mean: float | None = None
    published_std: float | None = None
    above: bool = False
    source: str = ""
    values: tuple[float, ...] = ()
    median: float | None = None
    mean: float | None = None
    std: float | None = None
    difference: float | None = None
    fails: bool = False


@dataclass(frozen=True)
class RowLine:
    """A line of the table.

    Args:
        name, label, panel: as the study declares them.
        model: the network that is trained.
        stands_for: the network that the paper trains, where it is another.
        parameters, macs: what it costs; None where that is not known.
        figures: one for each measure, in the order of the columns.
        seeds: of the runs that finished.
        diverged, planned: runs.
        states: what must be said of runs that did not finish.
        same: ``yes``, ``nearly`` or ``no``: whether it was measured as the paper did.
        deviations: where not, of this row alone.
        note: what must be known of it.
    """

    name: str
    label: str
    panel: str
    model: str
    stands_for: str
    parameters: int | None
    macs: int | None
    figures: tuple[Figure, ...]
    seeds: tuple[int, ...]
    diverged: int
    planned: int
    states: tuple[str, ...]
    same: str
    deviations: tuple[str, ...]
    note: str

    @property
    def finished(self) -> int:
        """Number of runs that finished."""
        return len(self.seeds)


@dataclass(frozen=True)
class ClaimLine:
    """A claim with its verdict.

    Args:
        predicate: as it is declared.
        words: the same for people.
        source: where in the paper.
        verdict: ``holds``, ``fails``, ``undecided``, or ``untested`` at this scale.
        why: what must be said of the verdict.
        value, low, high: the sum whose sign decides, and its interval.
        method: ``Welch`` or ``Wilson``; ``exact`` where nothing is random, and empty where there
            is no interval.
    """

    predicate: str
    words: str
    source: str
    verdict: str
    why: str
    value: float | None
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True)
class Band:
    """A curve over several runs: mean, least and largest value by epoch."""

    epochs: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Series:
    """The curves of a row.

    Args:
        label: of the row.
        train, test: errors, per cent; None where nothing was measured yet.
    """

    label: str
    train: Band | None
    test: Band | None


@dataclass(frozen=True)
class Panel:
    """A picture with the curves of some rows."""

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class StudyTable:
    """A study with everything that was measured so far.

    Args:
        name, title, scale, question, protocol: as the study declares them.
        paper, place: the paper, and where in it.
        columns, rows, claims, panels: what the report shows.
        deviations: what all rows have in common that the paper did otherwise.
        notices: what must be read first.
        seeds: runs of each row.
        runs: number of the runs by the state that they are in.
        machines: processor, precision and versions of the runs.
        command: what was typed.
    """

    name: str
    title: str
    scale: str
    paper: str
    place: str
    question: str
    protocol: str
    columns: tuple[MetricColumn, ...]
    rows: tuple[RowLine, ...]
    claims: tuple[ClaimLine, ...]
    panels: tuple[Panel, ...]
    deviations: tuple[str, ...]
    notices: tuple[str, ...]
    seeds: int
    runs: dict[str, int]
    machines: tuple[str, ...]
    command: str

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON data, without the curves."""
        content = asdict(self)
        content.pop("panels")
        return content


def write_study_report(folder: Path, table: StudyTable) -> Path:
    """Write ``<study>-<scale>.html``, ``.md`` and ``.csv``, and the curves as ``.png``.

    Returns:
        The page's path.

    Raises:
        MachineError: the disk or a permission refused.
    """
    from .drawing import render
    from .study_page import render_study
    from .study_picture import draw_panels
    from .study_text import format_csv, format_markdown

    stem = f"{table.name}-{table.scale}"
    files: dict[str, str | bytes] = {
        f"{stem}.csv": format_csv(table),
        f"{stem}.md": format_markdown(table),
        f"{stem}.html": render_study(table),
    }
    if table.panels:
        files |= render(stem, draw_panels(table.panels), ["png"])
    with take_turns(folder):
        for name, content in files.items():
            write_file(folder / name, content)
    return folder / f"{stem}.html"
