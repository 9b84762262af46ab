"""A stated effect made again from its arms, or from its own interval where it has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtrit

from review.conversions import log_ratio_se, se_from_interval
from review.effects import COUNTS, EFFECT_MEASURES, Array, back_transform, normal_quantile
from review.errors import CannotPool, InvalidInput
from review.reproduction.comparisons import Comparison
from review.reproduction.printed import Basis, decimals_of
from review.reproduction.significance import chi_squared_p, fisher_p, pooled_t, pooled_t_p, t_p, welch, welch_p, yates_p
from review.synthesis import pool
from review.vocabulary import Measure

#: The level of an interval that does not name its own.
USUAL_LEVEL = 95.0

NAMES: Mapping[Measure, str] = {
    Measure.RR: "risk ratio",
    Measure.OR: "odds ratio",
    Measure.RD: "risk difference",
}

#: Measures whose interval is symmetrical on the log scale.
RATIOS = frozenset({Measure.RR, Measure.OR, Measure.HR, Measure.ROM, Measure.PETO})

COUNT_TESTS: Mapping[str, Callable[..., Array]] = {
    "Fisher's exact test": fisher_p,
    "chi-squared test": chi_squared_p,
    "chi-squared test with Yates' correction": yates_p,
}

MEAN_TESTS: Mapping[str, Callable[..., Array]] = {"Welch's t test": welch_p, "pooled t test": pooled_t_p}
MEAN_INTERVALS: Mapping[str, Callable[..., tuple[Array, Array, Array]]] = {"Welch's t": welch, "pooled t": pooled_t}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """One way in which a print may have come about.

    Attributes
    ----------
    by : str
        The formula or test, in words.
    comparison_id : str
        The comparison; empty where no arms were used.
    basis : Basis
        From what.
    numbers : ndarray, shape (numbers, 1 + m)
        As `printed.stamp` takes them.
    """

    by: str
    comparison_id: str
    basis: Basis
    numbers: Array


def estimates(effect: Any, alternatives: Sequence[Sequence[Comparison]]) -> Iterator[Candidate]:
    """The effect estimate from the arms, for each alternative and formula."""
    for strata in alternatives:
        if effect.measure == Measure.MD and len(strata) == 1:
            difference = strata[0].difference()
            if difference is not None:
                yield _candidate("difference of the means", strata, difference[np.newaxis])
        elif effect.measure in NAMES:
            for by, numbers in _ratios(effect, strata):
                yield _candidate(by, strata, numbers[:1])


def intervals(effect: Any, alternatives: Sequence[Sequence[Comparison]]) -> Iterator[Candidate]:
    """The interval from the arms, for each alternative and formula."""
    for strata in alternatives:
        if any(each.paired for each in strata):
            continue
        if effect.measure in NAMES:
            for by, numbers in _ratios(effect, strata):
                yield _candidate(f"{by}, Wald interval", strata, numbers[1:])
        means = strata[0].means() if effect.measure == Measure.MD and len(strata) == 1 else None
        for by, of_means in MEAN_INTERVALS.items() if means is not None else ():
            difference, se, df = of_means(**(means or {}))
            half = -stdtrit(df, (100 - _level(effect)) / 200) * se
            yield _candidate(f"{by} interval of the means", strata, np.stack([difference - half, difference + half]))


def p_values(alternatives: Sequence[Sequence[Comparison]]) -> Iterator[Candidate]:
    """The p values from the arms, for each alternative and standard test that they allow."""
    for strata in alternatives:
        if any(each.paired for each in strata):
            continue
        counts, means = _together(strata), strata[0].means() if len(strata) == 1 else None
        for tests, columns in ((COUNT_TESTS, counts), (MEAN_TESTS, means)):
            for by, test in tests.items() if columns is not None else ():
                yield _candidate(by, strata, test(**(columns or {}))[np.newaxis])


def middle(effect: Any) -> Iterator[Candidate]:
    """The middle of the printed interval, on the log scale for ratios."""
    low, high = _limits(effect)
    if effect.measure not in RATIOS:
        yield _own("middle of the interval", (low + high) / 2)
    elif (low > 0).all():
        yield _own("middle of the interval on the log scale", np.sqrt(low * high))


def p_of_interval(effect: Any, people: int | None) -> Iterator[Candidate]:
    """The p value that the printed estimate and interval imply, normal and, where the n are known, by t."""
    ratio = effect.measure in RATIOS
    low, high = _limits(effect)
    if ratio and (min(low.min(), effect.estimate) <= 0):
        return
    distance = np.full(low.shape, abs(np.log(effect.estimate)) if ratio else abs(effect.estimate))
    level = _level(effect)
    try:
        se = (log_ratio_se if ratio else se_from_interval)(low, high, level=level).value
        yield _own(f"estimate and {level:g} % interval (normal)", 2 * ndtr(-distance / se))
        if people is not None and people > 2 and not ratio:  # noqa: PLR2004 - n1 + n2 - 2 degrees of freedom
            df = np.full(low.shape, people - 2.0)
            se = se_from_interval(low, high, level=level, df=df).value
            yield _own(f"estimate and {level:g} % interval (t)", t_p(distance, se, df))
    except InvalidInput:
        return


def missing(comparisons: Sequence[Comparison], *, single: bool) -> str:
    """What is missing for a p value or an interval from the arms, in words."""
    if not comparisons:
        return "one group, no comparison on file" if single else "no arms on file for this outcome and time"
    first = comparisons[0]
    reasons = {
        "percentages without counts": first.has("percent") and not first.has("events"),
        "medians: a rank test needs each person's value": first.has("median"),
        "means without n": first.has("mean") and not first.has("n"),
        "means without a spread": first.has("mean") and not (first.has("sd") or first.has("se")),
        "two sides of the same people, whose correlation is not given": first.paired,
    }
    return next((reason for reason, holds in reasons.items() if holds), "the arms give no such number")


def _ratios(effect: Any, strata: Sequence[Comparison]) -> Iterator[tuple[str, Array]]:
    """Estimate and limits of a measure of counts, shape (3, 1 + m), by each formula."""
    measure = Measure(effect.measure)
    counts = _together(strata)
    if counts is None:
        return
    yi, vi = EFFECT_MEASURES[measure].effect(*(counts[name] for name in COUNTS))
    half = normal_quantile(_level(effect)) * np.sqrt(vi)
    numbers = np.stack([back_transform(measure, values) for values in (yi, yi - half, yi + half)])
    how = "unadjusted" if len(strata) == 1 else "counts of the strata added up"
    yield f"{NAMES[measure]} of the arms, {how}", numbers
    if len(strata) > 1:
        tables = pd.DataFrame([{name: column[0] for name, column in (each.counts() or {}).items()} for each in strata])
        try:
            pooled = pool(tables, measure=measure, model="common", common="MH", level=_level(effect))
        except CannotPool:
            return
        limits = [[pooled.estimate], [pooled.estimate_ci_low], [pooled.estimate_ci_high]]
        yield f"{NAMES[measure]} of the strata by Mantel-Haenszel", np.array(limits)


def _together(strata: Sequence[Comparison]) -> dict[str, Array] | None:
    """The counts of one comparison with the ends of their rounding, or of several strata added up."""
    counts = [each.counts() for each in strata]
    if any(each is None for each in counts):
        return None
    if len(counts) == 1:
        return counts[0]
    return {name: np.array([sum(each[name][0] for each in counts if each)]) for name in COUNTS}


def _limits(effect: Any) -> tuple[Array, Array]:
    """The limits as printed, then at the ends of their rounding; shapes (5,)."""
    half = 0.5 * 10.0 ** -decimals_of((effect.estimate, effect.ci_low, effect.ci_high))
    ends = np.array([(0.0, 0.0), *product((-half, half), repeat=2)]).T
    return effect.ci_low + ends[0], effect.ci_high + ends[1]


def _level(effect: Any) -> float:
    return USUAL_LEVEL if pd.isna(effect.level) else float(effect.level)


def _candidate(by: str, strata: Sequence[Comparison], values: Array) -> Candidate:
    names = dict.fromkeys(each.comparison_id for each in strata)
    return Candidate(by=by, comparison_id="; ".join(names), basis=Basis.ARMS, numbers=values)


def _own(by: str, values: Array) -> Candidate:
    return Candidate(by=by, comparison_id="", basis=Basis.OWN_INTERVAL, numbers=values[np.newaxis])
