"""Tests of funnel plot asymmetry: whether less precise studies show other effects than precise ones.

Asymmetry has more causes than missing studies.  When such a test may be used is the business of `funnel`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit

from review.effects import Array, check_level, measure_named, study_effects
from review.errors import CannotPool
from review.synthesis.fits import NO_NUMBER

#: Fewest studies that can be tested: a line through two leaves nothing to judge it by.
STUDIES_FOR_A_TEST = 3

#: Standard errors that spread by less than this part of their size are one and the same (R's tolerance of `lm`).
SAME_PRECISION = 1e-7

#: Squared residuals below this part of the squared estimates are rounding of a perfect fit (our convention).
PERFECT_FIT = 1e-26

#: Up to this many studies the rank test is exact if none tie (our convention: beyond, p of the normal approximation
#: differs by less than 0.0004, and the exact one takes seconds).
STUDIES_FOR_EXACT_RANKS = 500

SAME_STUDIES = "all studies are equally precise: nothing can be said of small and large studies"
ON_A_LINE = "the estimates lie on a line against their standard errors but for rounding: the test has no error to go by"
NO_RANKS = "all estimates or all variances are the same: they have no ranks to compare"
TOO_UNEQUAL = "one study is so much more precise than all others together that their distances from it have no ranks"


@dataclass(frozen=True, slots=True, kw_only=True)
class EggerTest:
    """The classical regression test.

    Attributes
    ----------
    k : int
        Number of studies.
    slope, se : float
        By how much the estimate changes for one unit of standard error, and the standard error of that; this is the
        intercept of Egger's own form, the regression of the standardised estimate on precision.
    t, p : float
        Their ratio and its two-sided p.
    df : int
        Degrees of freedom, k - 2.
    limit, limit_ci_low, limit_ci_high : float
        Estimate at a standard error of 0 with its limits, on the analysis scale.
    level : float
        Level of the limits in percent.
    """

    k: int
    slope: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    limit_ci_low: float
    limit_ci_high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """The rank correlation test.

    Attributes
    ----------
    k : int
        Number of studies.
    tau : float
        Kendall's tau-b of standardised estimates and variances.
    p : float
        Its two-sided p.
    exact : bool
        Whether p is exact; with ties it is that of a normal distribution, without continuity correction.
    """

    k: int
    tau: float
    p: float
    exact: bool


def egger_test(frame: pd.DataFrame, *, measure: str = "RR", level: float = 95) -> EggerTest:
    """Egger's test: the regression of the estimates on their standard errors, weighted by inverse variance.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; three or more.
    measure : str
        Effect measure.  For odds ratios the standard error hangs on the effect itself, so that p is too small.
    level : float
        Level of the limits in percent.

    Returns
    -------
    EggerTest
        With a dispersion that is estimated from the residuals, and so a t distribution with k - 2 degrees of freedom.

    Raises
    ------
    CannotPool
        If there are fewer than three studies, all are equally precise, or all lie on a line.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If the measure is not known or not available, or the level is no percentage.

    References
    ----------
    egger1997; on odds ratios higgins2011, section 10.4.3 (docs/methods.bib); checked against metafor's
    `regtest` with model lm, tests/reference/robustness.json.
    """
    check_level(level)
    yi, vi = _estimates(frame, measure)
    if equally_precise(vi):
        raise CannotPool(SAME_STUDIES)
    df = len(yi) - 2
    # Numbers beyond all measure end as infinite or not a number, and are refused.
    with np.errstate(all="ignore"):
        slope, se, limit, limit_se = _line(yi, vi)
        t = slope / se
        half = stdtrit(df, 0.5 + level / 200) * limit_se
    if not np.isfinite([t, limit, half]).all():
        raise CannotPool(ON_A_LINE if se == 0 else NO_NUMBER)
    return EggerTest(
        k=len(yi),
        slope=float(slope),
        se=float(se),
        t=float(t),
        df=df,
        p=float(2 * stdtr(df, -abs(t))),
        limit=float(limit),
        limit_ci_low=float(limit - half),
        limit_ci_high=float(limit + half),
        level=level,
    )


def rank_test(frame: pd.DataFrame, *, measure: str = "RR") -> RankTest:
    """Begg and Mazumdar's test: Kendall's rank correlation of standardised estimates and variances.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; three or more.
    measure : str
        Effect measure.

    Returns
    -------
    RankTest
        Each estimate is standardised by its distance from the common effect and the variance of that distance.

    Raises
    ------
    CannotPool
        If there are fewer than three studies, or no ranks.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If the measure is not known or not available.

    References
    ----------
    begg1994 (docs/methods.bib); checked against metafor's `ranktest`, tests/reference/robustness.json.
    """
    yi, vi = _estimates(frame, measure)
    if np.ptp(yi) == 0 or np.ptp(vi) == 0:
        raise CannotPool(NO_RANKS)
    k, wi = len(yi), 1 / vi
    of_distance = vi - 1 / np.sum(wi)
    if not (of_distance > 0).all():
        raise CannotPool(TOO_UNEQUAL)
    with np.errstate(all="ignore"):
        standardised = (yi - np.sum(wi * yi) / np.sum(wi)) / np.sqrt(of_distance)
    if not np.isfinite(standardised).all():
        raise CannotPool(NO_NUMBER)
    score, pairs = _concordance(standardised, vi), k * (k - 1) // 2
    ties = _tied(standardised), _tied(vi)
    tau = score / np.sqrt(np.prod([pairs - np.sum(tied * (tied - 1)) / 2 for tied in ties]))
    exact = all((tied == 1).all() for tied in ties) and k <= STUDIES_FOR_EXACT_RANKS
    p = _exact_p(score, k) if exact else float(2 * ndtr(-abs(score) / np.sqrt(_variance(k, *ties))))
    return RankTest(k=k, tau=float(tau), p=min(p, 1.0), exact=bool(exact))


def equally_precise(vi: Array) -> bool:
    """Whether all standard errors are the same but for rounding, so that nothing can be regressed on them."""
    sei = np.sqrt(vi)
    return bool(np.linalg.norm(sei - sei.mean()) <= SAME_PRECISION * np.linalg.norm(sei))


def _line(yi: Array, vi: Array) -> tuple[np.float64, np.float64, np.float64, np.float64]:
    """Slope and intercept of the weighted regression on the standard errors, each followed by its standard error."""
    wi, sei = 1 / vi, np.sqrt(vi)
    centre, middle = np.sum(wi * sei) / np.sum(wi), np.sum(wi * yi) / np.sum(wi)
    square = np.sum(wi * (sei - centre) ** 2)
    slope = np.sum(wi * (sei - centre) * (yi - middle)) / square
    limit = middle - slope * centre
    residual = np.sum(wi * (yi - limit - slope * sei) ** 2)
    dispersion = residual / (len(yi) - 2) if residual > PERFECT_FIT * np.sum(wi * yi**2) else np.float64(0)
    return (
        slope,
        np.sqrt(dispersion / square),
        limit,
        np.sqrt(dispersion * (1 / np.sum(wi) + centre**2 / square)),
    )


def _estimates(frame: pd.DataFrame, measure: str) -> tuple[Array, Array]:
    if len(frame) < STUDIES_FOR_A_TEST:
        raise CannotPool(f"a test of asymmetry needs {STUDIES_FOR_A_TEST} or more studies, and there are {len(frame)}")
    effects = study_effects(frame, measure=measure_named(measure))
    return effects["yi"].to_numpy(dtype=np.float64), effects["vi"].to_numpy(dtype=np.float64)


def _concordance(x: Array, y: Array) -> int:
    """Pairs in the same order less pairs in opposite orders."""
    return int(sum(np.sign(x[i + 1 :] - x[i]) @ np.sign(y[i + 1 :] - y[i]) for i in range(len(x) - 1)))


def _tied(values: Array) -> NDArray[np.int64]:
    """How often each value stands there."""
    return np.unique(values, return_counts=True)[1].astype(np.int64)


def _exact_p(score: int, k: int) -> float:
    """Two-sided p of a score among all k! orders: of so many discordant pairs or fewer, twice."""
    pairs = k * (k - 1) // 2
    fewer = (pairs - abs(score)) // 2
    chance = np.zeros(fewer + 1)
    chance[0] = 1.0
    for size in range(2, k + 1):
        # A further study is put at one of `size` places, each as likely, and adds 0 to size - 1 discordant pairs.
        total = np.cumsum(chance)
        total[size:] -= total[:-size].copy()
        chance = total / size
    return float(2 * chance.sum())


def _variance(k: int, x: NDArray[np.int64], y: NDArray[np.int64]) -> float:
    """Variance of the score with ties (Kendall), from how often each value stands there."""

    def spread(n: NDArray[np.int64]) -> float:
        return float(np.sum(n * (n - 1) * (2 * n + 5)))

    def twos(n: NDArray[np.int64]) -> float:
        return float(np.sum(n * (n - 1)))

    def threes(n: NDArray[np.int64]) -> float:
        return float(np.sum(n * (n - 1) * (n - 2)))

    single = (k * (k - 1) * (2 * k + 5) - spread(x) - spread(y)) / 18
    return single + twos(x) * twos(y) / (2 * k * (k - 1)) + threes(x) * threes(y) / (9 * k * (k - 1) * (k - 2))
