"""From the folders of the runs to the table of a study; what is missing is said, not awaited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from resnets.analysis import count
from resnets.report.study import Figure, MetricColumn, RowLine, StudyTable
from resnets.spec import Run

from .cells import Outcome
from .curves import draw_panels
from .declaration import Row, ScaleName, Study
from .deviation import describe_deviations
from .effort import find_side
from .experiments import Experiment
from .figures import find_published
from .measures import find_measure
from .plan import COMMON
from .statistics import summarize
from .verdict import judge_all


def tabulate(
    study: Study,
    scale: ScaleName,
    rows: Sequence[Row],
    outcomes: Mapping[str, Sequence[Outcome]],
    papers: Mapping[str, Run | Experiment],
    *,
    command: str = "",
    notices: Sequence[str] = (),
) -> StudyTable:
    """Lay out a study.

    Args:
        study, scale: what was done.
        rows: the rows that are shown.
        outcomes: the cells of each row, by its name.
        papers: each row's run, or experiment, at the paper scale.
        command: what was typed.
        notices: what must be read first.
    """
    deviations = {
        row.name: describe_deviations(outcomes[row.name][0].cell.run, papers[row.name])
        for row in rows
    }
    seeds = min(len(cells) for cells in outcomes.values())
    shared = _find_shared(list(deviations.values()))
    says = () if study.experiment else COMMON[scale].says
    common = [*shared, *says, *study.scales[scale].says]
    if seeds < study.runs:
        common.append(f"{_count(seeds, 'run')} of each row instead of {study.runs}")
    states: Counter[str] = Counter(o.stage for cells in outcomes.values() for o in cells)
    machines = [o.machine for cells in outcomes.values() for o in cells if o.machine]
    counted = outcomes
    if study.search:
        first = next(iter(study.measures))
        counted = {row: study.search.pick(cells, first) for row, cells in outcomes.items()}
    lines = []
    for row in rows:
        own = tuple(d for d in deviations[row.name] if d not in shared)
        other = outcomes[row.name][0].cell.run.model != papers[row.name].model
        same = "no" if own or common or other else "nearly" if study.deviations else "yes"
        stands_for = papers[row.name].model if other else ""
        cells = outcomes[row.name], counted[row.name]
        lines.append(_line(study, scale, row, *cells, stands_for, same, own))
    return StudyTable(
        name=study.name,
        title=study.title,
        scale=scale,
        paper=str(study.paper),
        place=study.place,
        question=study.question,
        protocol=f"{study.protocol} {study.search}" if study.search else study.protocol,
        columns=tuple(_columns(study, lines)),
        rows=tuple(lines),
        claims=judge_all(study, scale, counted),
        panels=draw_panels(lines, counted),
        deviations=(*common, *study.deviations),
        notices=tuple(notices),
        seeds=seeds,
        runs=dict(states),
        machines=tuple(dict.fromkeys(machines)),
        command=command,
    )


def _line(
    study: Study,
    scale: ScaleName,
    row: Row,
    outcomes: Sequence[Outcome],
    counted: Sequence[Outcome],
    stands_for: str,
    same: str,
    deviations: tuple[str, ...],
) -> RowLine:
    run = outcomes[0].cell.run
    parameters, macs = _count_cost(outcomes)
    limit = study.scales[scale].fail_above
    states = [
        f"seed {o.cell.run.seed}: {o.stage}" + f", {o.text}" * bool(o.text)
        for o in outcomes
        if o.stage not in ("finished", "missing")
    ]
    return RowLine(
        name=row.name,
        label=row.label,
        panel=row.panel,
        model=run.model,
        stands_for=stands_for,
        parameters=parameters,
        macs=macs,
        figures=tuple(_figure(study, row, name, counted, limit) for name in study.measures),
        seeds=tuple(o.cell.run.seed for o in outcomes if o.stage == "finished"),
        diverged=sum(o.stage == "diverged" for o in outcomes),
        planned=len(outcomes),
        states=tuple(states),
        same=same,
        deviations=deviations,
        note=row.note,
    )


def _figure(
    study: Study, row: Row, measure: str, outcomes: Sequence[Outcome], limit: float | None
) -> Figure:
    """Return what was published and measured of a row; only errors of test pictures can fail."""
    published = find_published(study, row, measure)
    values = tuple(o.values[measure].value for o in outcomes if measure in o.values)
    summary = summarize(values)
    median = summary.median if summary else None
    known = published.value if published and not published.above else None
    return Figure(
        published=published.value if published else None,
        published_mean=published.mean if published else None,
        published_std=published.std if published else None,
        above=bool(published and published.above),
        source=published.source if published else "",
        values=values,
        median=median,
        mean=summary.mean if summary else None,
        std=summary.std if summary else None,
        difference=None if median is None or known is None else median - known,
        fails=bool(limit and measure == "test_error" and median is not None and median > limit),
    )


def _columns(study: Study, lines: Sequence[RowLine]) -> list[MetricColumn]:
    columns = []
    for index, name in enumerate(study.measures):
        measure, _, argument = find_measure(name)
        published = any(line.figures[index].published is not None for line in lines)
        columns.append(MetricColumn(name, measure.describe(argument), measure.unit, published))
    return columns


def _find_shared(deviations: Sequence[Sequence[str]]) -> list[str]:
    """List the deviations that all rows have."""
    first, *others = deviations
    return [phrase for phrase in first if all(phrase in other for other in others)]


def _count_cost(outcomes: Sequence[Outcome]) -> tuple[int | None, int | None]:
    """Return parameters and multiply-adds, for the run's own pictures where one has finished."""
    run = outcomes[0].cell.run
    if isinstance(run, Experiment):
        return None, None
    for outcome in outcomes:
        if outcome.record and outcome.record.network:
            network = outcome.record.network
            return network["parameters"], network["macs"]
    side = find_side(run)
    cost = count(run.network, side)
    return cost.parameters, cost.macs if side else None


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + "s" * (number != 1)
