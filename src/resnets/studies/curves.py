"""The curves of all rows: means over seeds, and between which values the seeds lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnets.report.study import Band, Panel, RowLine, Series

from .cells import Outcome


def draw_panels(
    lines: Sequence[RowLine], outcomes: Mapping[str, Sequence[Outcome]]
) -> tuple[Panel, ...]:
    """Return the pictures of a study, one for each panel that its rows name.

    Where another network than the paper's was trained, the curve and the title say so.
    """
    panels = []
    for title in dict.fromkeys(line.panel for line in lines):
        chosen = [line for line in lines if line.panel == title]
        series = [
            Series(
                label=line.label + (f": {line.model}" if line.stands_for else ""),
                train=average(outcomes[line.name], "train"),
                test=average(outcomes[line.name], "test"),
            )
            for line in chosen
        ]
        others = title and all(line.stands_for for line in chosen)
        said = f"{title} (other networks stand for them)" if others else title
        if any(one.train or one.test for one in series):
            panels.append(Panel(said, tuple(series)))
    return tuple(panels)


def average(outcomes: Sequence[Outcome], split: str) -> Band | None:
    """Return the error of a split by epoch over the runs of a row; None if there is none.

    An epoch counts where every run that has begun has reached it, so that no curve jumps where
    one of its runs ends.
    """
    curves = [
        {m["epoch"]: m["top1_error"] for m in outcome.record.split(split)}
        for outcome in outcomes
        if outcome.record and outcome.record.split(split)
    ]
    if not curves:
        return None
    epochs = sorted(set.intersection(*(set(curve) for curve in curves)))
    if not epochs:
        return None
    columns = [[curve[epoch] for curve in curves] for epoch in epochs]
    return Band(
        epochs=tuple(float(epoch) for epoch in epochs),
        mean=tuple(sum(column) / len(column) for column in columns),
        low=tuple(map(min, columns)),
        high=tuple(map(max, columns)),
    )
