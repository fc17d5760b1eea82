"""Whether a claim holds: the sign of a sum of measures, with its interval.

Where every row of the claim has two runs or more, the interval is Welch's, for means over seeds.
Where a row has one run, it is made of the binomial intervals of the test counts (Wilson, combined
after Newcombe): it covers the choice of test samples, and nothing of what another seed would
change. A claim holds if the interval lies on its side of zero, fails if it lies on the other, and
is undecided if zero lies within. A sum of measures that are the same whatever the seed has no
interval: its sign decides. A row that diverged counts as worse than any that did not. A claim
of rows that are not run at a scale is untested there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from resnets.report.study import ClaimLine

from .cells import Outcome
from .declaration import ScaleName, Study
from .measures import Value, find_measure
from .predicate import Predicate, parse_predicate
from .statistics import Estimate, estimate_counts, estimate_means


def judge_all(
    study: Study, scale: ScaleName, outcomes: Mapping[str, Sequence[Outcome]]
) -> tuple[ClaimLine, ...]:
    """Put all claims of a study to the test, in its order.

    Args:
        study, scale: what was done.
        outcomes: the cells of each row that is run.
    """
    claims = {**study.claims, **study.paper_claims}
    return tuple(
        _judge(study, text, source, outcomes, scale == "paper" or text in study.claims)
        for text, source in claims.items()
    )


def _judge(
    study: Study,
    text: str,
    source: str,
    outcomes: Mapping[str, Sequence[Outcome]],
    tested: bool,
) -> ClaimLine:
    predicate = parse_predicate(text)
    estimate: Estimate | None = None
    verdict, why = "untested", ""
    if not tested:
        why = "only at the paper scale"
    elif absent := [row for row in predicate.rows if not outcomes.get(row)]:
        why = f"{absent[0]} is not run at this scale"
    elif failed := [row for row in predicate.rows if _diverged(outcomes[row])]:
        verdict, why = _judge_divergence(predicate, failed, outcomes)
    else:
        estimate, why = _estimate(predicate, outcomes)
        verdict = "undecided"
        if estimate is not None:
            verdict, why = _judge_interval(predicate, estimate)
    return ClaimLine(
        predicate=text,
        words=_describe(study, predicate),
        source=source,
        verdict=verdict,
        why=why,
        value=estimate.value if estimate else None,
        low=estimate.low if estimate else None,
        high=estimate.high if estimate else None,
        method=estimate.method if estimate else "",
    )


def _describe(study: Study, predicate: Predicate) -> str:
    found = {text: find_measure(text) for text in study.measures}
    labels = {text: measure.describe(argument) for text, (measure, _, argument) in found.items()}
    return predicate.describe(labels, {row.name: row.label for row in study.rows})


def _estimate(
    predicate: Predicate, outcomes: Mapping[str, Sequence[Outcome]]
) -> tuple[Estimate | None, str]:
    """Return the interval of a claim's sum, or why there is none."""
    terms: list[tuple[int, list[Value]]] = []
    for term in predicate.terms:
        found = [o.values[term.measure] for o in outcomes[term.row] if term.measure in o.values]
        if not found:
            return None, f"{term.row} has no {term.measure} yet"
        terms.append((term.sign, found))
    if all(find_measure(term.measure)[0].exact for term in predicate.terms):
        value = predicate.constant + sum(sign * found[0].value for sign, found in terms)
        return Estimate(value, value, value, "exact"), ""
    means = [(sign, [v.value for v in found]) for sign, found in terms]
    if all(len(found) > 1 for _, found in terms):
        return estimate_means(means, predicate.constant), ""
    counts: list[tuple[float, float, int]] = []
    for (sign, values), (_, found) in zip(means, terms, strict=True):
        if found[0].n is None:
            value = predicate.constant + sum(c * mean(v) for c, v in means)
            return None, f"it is {value:+.2f} with one run; an interval needs two of each row"
        counts.append((sign, mean(values), found[0].n))
    return estimate_counts(counts, predicate.constant), ""


def _judge_interval(predicate: Predicate, estimate: Estimate) -> tuple[str, str]:
    if estimate.low <= 0 <= estimate.high:
        return "undecided", "the interval holds both signs"
    return ("holds" if (estimate.low > 0) == predicate.greater else "fails"), ""


def _judge_divergence(
    predicate: Predicate, failed: Sequence[str], outcomes: Mapping[str, Sequence[Outcome]]
) -> tuple[str, str]:
    """Judge where rows diverged: theirs is an infinite error, if all infinities have one sign."""
    signs = {term.sign for term in predicate.terms if term.row in failed}
    why = ", ".join(
        f"{row} diverged in {sum(o.stage == 'diverged' for o in outcomes[row])} of "
        f"{len(outcomes[row])} runs"
        for row in failed
    )
    if len(signs) > 1:
        return "undecided", why
    return ("holds" if (signs == {1}) == predicate.greater else "fails"), why


def _diverged(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.stage == "diverged" for outcome in outcomes)
