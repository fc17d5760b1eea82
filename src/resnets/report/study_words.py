"""How the report of a study writes its figures."""

from __future__ import annotations

from collections.abc import Sequence

from .study import ClaimLine, Figure, Series, StudyTable


def write_value(value: float | None, unit: str) -> str:
    """Write a measured value in its unit's usual digits, without the unit."""
    if value is None:
        return "–"
    if unit in ("%", "nats"):
        return f"{value:.2f}"
    return f"{value:,.0f}" if value == round(value) else f"{value:.3g}"


def write_published(figure: Figure, unit: str) -> str:
    """Write the published figure of a row; a dash for none."""
    if figure.published is None:
        return "–"
    if not unit:
        return write_value(figure.published, unit)
    return write_figure(figure.published, figure.published_mean, figure.published_std, figure.above)


def write_figure(value: float, mean: float | None, std: float | None, above: bool) -> str:
    """Write a figure as papers do: ``6.43 (6.61 ± 0.16)`` or ``over 60``."""
    if above:
        return f"over {value:g}"
    spread = f" ({mean:.2f} ± {std:.2f})" if mean is not None and std is not None else ""
    return f"{value:.2f}{spread}"


def write_spread(figure: Figure, unit: str) -> str:
    """Write mean and deviation; a dash for fewer than two runs."""
    if figure.mean is None or figure.std is None:
        return "–"
    return f"{write_value(figure.mean, unit)} ± {write_value(figure.std, unit)}"


def write_difference(figure: Figure) -> str:
    """Write measured minus published, with its sign."""
    return "–" if figure.difference is None else _sign(figure.difference)


def write_interval(claim: ClaimLine) -> str:
    """Write a claim's sum with its interval."""
    if claim.value is None or claim.low is None or claim.high is None:
        return "–"
    if claim.low == claim.high:
        return _sign(claim.value)
    return f"{_sign(claim.value)} [{_sign(claim.low)}, {_sign(claim.high)}]"


def tell_ends(series: Sequence[Series]) -> str:
    """Say what the curves of a panel show, for those who cannot see them."""
    parts = []
    for one in series:
        for name, band in (("training", one.train), ("test", one.test)):
            if band is not None:
                parts.append(f"{one.label} {name} error ends at {band.mean[-1]:.2f} %")
    return "; ".join(parts)


def tell_origin(table: StudyTable) -> str:
    """Say what the runs were computed on, and with which seeds."""
    seeds = sorted({seed for row in table.rows for seed in row.seeds})
    numbers = f" Seeds: {', '.join(map(str, seeds))}." if seeds else ""
    return f"Computed on {'; '.join(table.machines)}.{numbers}"


def _sign(value: float) -> str:
    """Write a number with its sign; two digits, or three significant ones where they say more."""
    return f"{value:+.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:+.3g}"
