"""Studies: run in any order, on any number of processes, and reported at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from resnets.errors import ConfigError, FileError
from resnets.report.study import StudyTable, write_study_report
from resnets.spec.frozen import reject
from resnets.studies import SCALES, Study, look_up_study
from resnets.studies.cells import Outcome, read_outcome
from resnets.studies.declaration import check_scale
from resnets.studies.plan import Cell, name_runs, pick_rows, vary
from resnets.studies.start import (
    Start,
    describe_rows,
    list_changes,
    name_start,
    read_start,
)
from resnets.studies.tabulate import tabulate

from .study_cells import Options, settle_all
from .study_start import Rows, begin, resolve_rows

OUTPUT = "studies"


@dataclass(frozen=True)
class StudyResult:
    """What a study has come to.

    Args:
        page: its report, with ``.md`` and ``.csv`` beside it.
        table: the same as data.
        failed: cells of this call that diverged or could not end, and why.
    """

    page: Path
    table: StudyTable
    failed: tuple[str, ...] = ()


def run_study(
    name: str,
    scale: str = "smoke",
    output: str | Path = OUTPUT,
    *,
    seeds: int | None = None,
    rows: Sequence[str] = (),
    data_dir: str | Path | None = None,
    device: str | None = None,
    precision: str | None = None,
    workers: int = 0,
    update: bool = False,
    progress: bool = True,
    command: str = "",
) -> StudyResult:
    """Run what is still missing of a study, and write its report.

    A run that has ended is never repeated, not even by another study in the same folder; one that
    was stopped is resumed; one that another process works on is awaited after all others.

    Args:
        name: the study.
        scale: ``smoke``, ``short`` or ``paper``.
        output: the folder, which studies may share.
        seeds: runs of each row; None takes the scale's.
        rows: only these, with shell wildcards.
        data_dir: where the data's files are looked for first.
        device, precision: of all runs; None takes what the study began with, at first the best of
            this machine, and at the paper scale fp32.
        workers: processes that decode images, for data that does not fit in memory.
        update: go on although the declaration was changed since the study began.
        progress: show on stderr how far it is.
        command: what was typed, for the report.

    Raises:
        ConfigError: a name or setting is not allowed, or the study was changed; nothing was run.
        DataError: the data is missing or refused.
        FileError: the study's own file is damaged.
        MachineError: the disk or the device refused; runs that ended are untouched.
        Interrupted: a signal arrived; the run that was under way is saved.
    """
    study, size, folder = look_up_study(name), check_scale(scale), Path(output)
    if seeds is not None and seeds < 1:
        raise reject("seeds", seeds, "1 or more")
    picked = pick_rows(study, size, rows)
    start = begin(
        study,
        size,
        folder,
        device=device,
        precision=precision,
        data_dir=data_dir,
        update=update,
        command=command,
    )
    runs = resolve_rows(study, size, start.device, start.precision)
    chosen = {row.name: runs[row.name] for row in picked}
    cells = _list_cells(study, chosen, folder, range(seeds or study.scales[size].seeds))
    settle_all(study, cells, Options(data_dir, workers, progress, command))
    result, outcomes = _report(study, folder, start, seeds)
    ended = ("finished", "diverged") if study.search else ("finished",)
    found = {(o.cell.row, o.cell.folder): o for line in outcomes.values() for o in line}
    reached = [found[cell.row, cell.folder] for cell in cells]
    return replace(result, failed=tuple(_tell(o) for o in reached if o.stage not in ended))


def report_study(
    name: str,
    output: str | Path = OUTPUT,
    scale: str | None = None,
    *,
    seeds: int | None = None,
) -> StudyResult:
    """Write the report of a study from whatever there is of its runs.

    Args:
        name: the study.
        output: the folder.
        scale: None takes the one that the folder has.
        seeds: runs of each row that are expected; None takes the scale's. More count if they are
            there.

    Raises:
        ConfigError: the study is unknown, or the folder has several scales of it.
        FileError: the folder has nothing of it, or the study's own file is damaged.
    """
    study, folder = look_up_study(name), Path(output)
    return _report(study, folder, _find_start(study, name, folder, scale), seeds)[0]


def _report(
    study: Study, folder: Path, start: Start, seeds: int | None
) -> tuple[StudyResult, dict[str, list[Outcome]]]:
    """Write the report, and answer it with what it was made of: the cells of each row."""
    picked = pick_rows(study, start.scale)
    runs = resolve_rows(study, start.scale, start.device, start.precision)
    asked = seeds or study.scales[start.scale].seeds
    outcomes: dict[str, list[Outcome]] = {row.name: [] for row in picked}
    cells = _list_cells(study, runs, folder, range(asked))
    for cell in cells + _list_extras(study, runs, folder, asked):
        outcomes[cell.row].append(read_outcome(study, cell))
    changes = list_changes(start, describe_rows(runs))
    table = tabulate(
        study,
        start.scale,
        picked,
        outcomes,
        resolve_rows(study, "paper", "cpu", "fp32"),
        command=start.command,
        notices=[f"The study was changed after it began: {change}." for change in changes],
    )
    return StudyResult(write_study_report(folder, table), table), outcomes


def _find_start(study: Study, name: str, folder: Path, scale: str | None) -> Start:
    wanted = SCALES if scale is None else (check_scale(scale),)
    found = {s: start for s in wanted if (start := read_start(name_start(folder, study.name, s)))}
    if not found:
        raise FileError(
            "E4751",
            "the study has not begun there",
            what=folder,
            where={"study": study.name, **({"scale": scale} if scale else {})},
            do=f"run it:  resnets study run {name} --output {folder}"
            + (f" --scale {scale}" if scale else ""),
        )
    if len(found) > 1:
        raise ConfigError(
            "E2756",
            "the folder has several scales of the study",
            what=", ".join(found),
            where={"study": study.name},
            do=[f"--scale {s}" for s in found],
        )
    return next(iter(found.values()))


def _list_cells(study: Study, runs: Rows, folder: Path, seeds: Iterable[int]) -> list[Cell]:
    """List the cells, all rows with the first seed first, so that the table fills evenly."""
    seeded = ((row, vary(study, run, n)) for n in seeds for row, run in runs.items())
    return [Cell(row, run, name_runs(folder, run)) for row, run in seeded]


def _list_extras(study: Study, runs: Rows, folder: Path, first: int) -> list[Cell]:
    """List the cells with further seeds that were run, perhaps by another study."""
    extras = []
    for row, run in runs.items():
        seed = first
        while (cell := _list_cells(study, {row: run}, folder, [seed])[0]).folder.exists():
            extras.append(cell)
            seed += 1
    return extras


def _tell(outcome: Outcome) -> str:
    text = f", {outcome.text}" if outcome.text else ""
    return f"{outcome.cell.row}, seed {outcome.cell.run.seed}: {outcome.stage}{text}"
