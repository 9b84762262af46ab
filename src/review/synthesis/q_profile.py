"""The interval of the between-study variance by the Q-profile method, and of I² and H² with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtri

from review.effects import Array, check_level, measure_named, study_effects
from review.errors import CannotPool
from review.synthesis.fits import NO_NUMBER
from review.synthesis.pooling import pool

#: Steps after which the search for a limit is given up.  Newton's method comes from below and at least halves the
#: distance of 1 / Q; numbers span at most 2^2000 (our convention).
STEPS = 2000

#: Relative change of tau² + smallest variance at which a limit is reached: some ten times rounding error (our
#: convention; metafor stops at an absolute change).
TOLERANCE = 1e-14

EMPTY = (
    "the estimates are closer together than their variances allow even without a between-study variance: no tau² "
    "fits, the interval is empty and its limits are printed as 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Interval:
    """tau², I² and H² with their limits.

    Attributes
    ----------
    k : int
        Number of studies.
    tau2, tau2_ci_low, tau2_ci_high : float
        Between-study variance, in squared units of the analysis scale.
    i2, i2_ci_low, i2_ci_high : float
        I² in percent.
    h2, h2_ci_low, h2_ci_high : float
        H².
    level : float
        Level of the limits in percent.
    empty : bool
        Whether no tau² fits the data; the limits of tau² and I² are then 0, those of H² 1.
    note : str
        What a reader must know of the limits.
    """

    k: int
    tau2: float
    tau2_ci_low: float
    tau2_ci_high: float
    i2: float
    i2_ci_low: float
    i2_ci_high: float
    h2: float
    h2_ci_low: float
    h2_ci_high: float
    level: float
    empty: bool
    note: str


def tau2_interval(frame: pd.DataFrame, *, measure: str = "RR", tau2: str = "REML", level: float = 95) -> Tau2Interval:
    """The between-study variance with its Q-profile interval.

    The limits are the values of tau² at which Q, with the weights that they give, is the upper and the lower quantile
    of its chi-squared distribution.  They do not depend on the estimator of tau², so an estimate may lie outside.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; two or more.
    measure : str
        Effect measure.
    tau2 : str
        Estimator of the between-study variance, as in `pool`.
    level : float
        Level of the limits in percent.

    Returns
    -------
    Tau2Interval
        A lower limit is 0 where Q at tau² = 0 is below the upper quantile.  Where it is below the lower one the
        interval is empty.

    Raises
    ------
    CannotPool
        If there are fewer than two studies, or no estimate.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known or not available, or the level is no percentage.

    References
    ----------
    viechtbauer2007, higgins2002 (docs/methods.bib); checked against metafor's `confint`,
    tests/reference/robustness.json.
    """
    tail, k = (100 - check_level(level)) / 200, len(frame)
    if k < 2:  # noqa: PLR2004 - one study has no spread
        raise CannotPool(f"an interval of tau² needs two or more studies, and there {'is one' if k else 'is none'}")
    effects = study_effects(frame, measure=measure_named(measure))
    pooled = pool(frame, measure=measure, tau2=tau2, level=level)
    yi, vi = (effects[name].to_numpy(dtype=np.float64) for name in ("yi", "vi"))
    upper, lower = (float(chdtri(k - 1, part)) for part in (tail, 1 - tail))
    # Numbers beyond all measure end as infinite or not a number, and are refused.
    with np.errstate(all="ignore"):
        empty = bool(_profile(yi, vi, 0.0)[0] < lower)
        low, high = (0.0, 0.0) if empty else (_tau2_at(yi, vi, upper), _tau2_at(yi, vi, lower))
        typical = _typical_variance(vi)
    if not (np.isfinite([low, high, typical]).all() and typical > 0):
        raise CannotPool(NO_NUMBER)
    return Tau2Interval(
        k=k,
        tau2=pooled.tau2,
        tau2_ci_low=low,
        tau2_ci_high=high,
        i2=pooled.i2,
        i2_ci_low=100 * low / (typical + low),
        i2_ci_high=100 * high / (typical + high),
        h2=pooled.h2,
        h2_ci_low=low / typical + 1,
        h2_ci_high=high / typical + 1,
        level=level,
        empty=empty,
        note=EMPTY if empty else "",
    )


def _profile(yi: Array, vi: Array, tau2: float) -> tuple[float, float]:
    """Q with weights at this tau², and how fast it falls there."""
    wi = 1 / (vi + tau2)
    residual = yi - np.sum(wi * yi) / np.sum(wi)
    return float(np.sum(wi * residual**2)), float(np.sum((wi * residual) ** 2))


def _tau2_at(yi: Array, vi: Array, target: float) -> float:
    """The tau² at which Q is as large as the target, 0.0 where it is smaller everywhere.

    Q falls and curves upwards throughout, so that Newton's method from 0 never oversteps.
    """
    tau2, least = 0.0, float(vi.min())
    for _ in range(STEPS):
        q, fall = _profile(yi, vi, tau2)
        step = (q - target) / fall if q > target else 0.0
        tau2 += step
        if step <= TOLERANCE * (tau2 + least):
            return tau2
    raise CannotPool(NO_NUMBER)


def _typical_variance(vi: Array) -> float:
    """The typical sampling variance of Higgins and Thompson, which I² and H² set tau² against.

    It is (k - 1) / (sum w - sum w² / sum w); written as a sum over pairs of studies it bears any difference of weights.
    """
    wi = 1 / vi
    before = np.concatenate([[0.0], np.cumsum(wi)[:-1]])
    return float((len(vi) - 1) * wi.sum() / (2 * np.sum(wi * before)))
