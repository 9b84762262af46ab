"""The numbers of many syntheses at once: pooled effect, heterogeneity, intervals, and why there is none.

One path serves one synthesis and ten thousand: studies lie end to end, and every result is an array with one value a
synthesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, stdtrit

from review.effects import Array, Flags, effects_of, normal_quantile, same_in_both_arms
from review.synthesis.groups import Groups
from review.synthesis.mantel_haenszel import MANTEL_HAENSZEL, Weighted
from review.synthesis.options import Interval, Model, Options, Tau2
from review.synthesis.peto import peto_effects
from review.synthesis.tau2 import (
    STEPS,
    TAU2_ESTIMATORS,
    cochran_q,
    degrees_of_freedom,
    tau2_dersimonian_laird,
    weigh,
)
from review.vocabulary import Measure

#: Below this, the scaled squared distances of Hartung and Knapp count as none, as in metafor (R's machine epsilon).
NO_DISTANCE = float(np.finfo(np.float64).eps)

NO_MANTEL_HAENSZEL = (
    "Mantel-Haenszel has no estimate here: in one arm no study has an event, or none is without; show the studies one "
    "by one, or use IV or DL, which add 1/2 to zero cells, or RD"
)
NO_PETO = (
    "Peto's method has no estimate here: no study has an event, or none is without; show the studies one by one, or "
    "use IV, which adds 1/2 to zero cells, or RD"
)
NO_NUMBER = "the numbers are too large or too far apart to be pooled: check estimates, variances and units"


#: The estimators of tau² that search, and so may not find.
ITERATIVE = (Tau2.REML, Tau2.ML, Tau2.PM, Tau2.EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """The studies of several syntheses, end to end.

    Attributes
    ----------
    columns : mapping of str to ndarray, shape (n,)
        The checked columns that the effects were made of.
    yi, vi : ndarray, shape (n,)
        Estimates and sampling variances on the analysis scale.
    groups : Groups
        The g syntheses that they fall into.
    """

    columns: Mapping[str, Array]
    yi: Array
    vi: Array
    groups: Groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """What the studies' spread says, `i2` in percent; shapes (g,)."""

    df: Array
    q: Array
    q_p: Array
    i2: Array
    h2: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """The numbers of g syntheses on the analysis scale; shapes (g,), weights and `used` (n,).

    The prediction interval of a common effect is NaN.  `weight` is in percent.  `used` says which studies have an
    estimate of their own.  Where `reason` is not empty there is no estimate, and the numbers say nothing.
    """

    mu: Array
    se: Array
    ci_low: Array
    ci_high: Array
    tau2: Array
    pi_low: Array
    pi_high: Array
    spread: Heterogeneity
    weight: Array
    used: Flags
    reason: tuple[str, ...]


def studies_of(
    columns: Mapping[str, Array], groups: Groups, measure: Measure, *, order: NDArray[np.intp] | None = None
) -> Studies:
    """Checked columns and their effects, in the order that brings each synthesis together (as they are unless given).

    Raises
    ------
    InvalidInput
        If a row gives no estimate; rows are counted from 1, as in the columns.
    """
    yi, vi = effects_of(columns, measure)
    if order is None:
        return Studies(columns=columns, yi=yi, vi=vi, groups=groups)
    return Studies(
        columns={name: values[order] for name, values in columns.items()}, yi=yi[order], vi=vi[order], groups=groups
    )


def fit(studies: Studies, options: Options) -> Fits:
    """The numbers of every synthesis by the chosen methods.

    Parameters
    ----------
    studies : Studies
        The studies of g syntheses.
    options : Options
        The choice of methods.

    Returns
    -------
    Fits
        For each synthesis its numbers, or the reason why there are none.

    References
    ----------
    viechtbauer2010 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    used, groups = _used(studies, options), studies.groups
    # Studies without an estimate of their own stay in place, with no weight.
    yi, vi = np.where(used, studies.yi, 0.0), np.where(used, studies.vi, np.inf)
    # Numbers beyond all measure end as infinite or not a number, and are told as a reason below.
    with np.errstate(all="ignore"):
        if options.peto:
            yi, vi = peto_effects(studies.columns)
        given = MANTEL_HAENSZEL[options.measure](studies.columns, groups) if options.mantel_haenszel else None
        tau2 = _tau2(yi, vi, groups, options=options, given=given)
        pooled = given if given and options.model is Model.COMMON else _weighted(yi, vi + groups.spread(tau2), groups)
        centre = given.mu if given else weigh(yi, vi, groups).centre
        spread = heterogeneity(yi, vi, groups, centre=centre, tau2=tau2 if options.model is Model.RANDOM else None)
        se, quantile = _error(yi, vi, groups, pooled=pooled, options=options)
        half = quantile * (np.sqrt(se**2 + tau2) if options.model is Model.RANDOM else np.full_like(se, np.nan))
        weight = 100 * pooled.wi / groups.spread(groups.total(pooled.wi))
        return Fits(
            mu=pooled.mu,
            se=se,
            ci_low=pooled.mu - quantile * se,
            ci_high=pooled.mu + quantile * se,
            tau2=tau2,
            pi_low=pooled.mu - half,
            pi_high=pooled.mu + half,
            spread=spread,
            weight=weight,
            used=used,
            reason=_reasons(pooled, se, tau2, spread, options=options, given=given),
        )


def heterogeneity(yi: Array, vi: Array, groups: Groups, *, centre: Array, tau2: Array | None) -> Heterogeneity:
    """Q around a centre with its p, I² in percent and H².

    I² and H² come from tau² under random effects and from Q under a common effect (`tau2` None), as in metafor; for
    DL the two are the same.  One study has none: Q 0, p 1, I² 0, H² 1.

    References
    ----------
    higgins2002 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    sums = weigh(yi, vi, groups)
    df = degrees_of_freedom(vi, groups)
    several = df > 0
    q = np.where(several, cochran_q(yi, sums.wi, centre, groups), 0.0)
    if tau2 is None:
        h2 = np.divide(q, df, out=np.ones_like(q), where=several)
        i2 = 100 * np.divide(np.maximum(q - df, 0), q, out=np.zeros_like(q), where=q > 0)
    else:
        # A weight beside which the others vanish leaves no trace: then there is no typical variance.
        typical = np.divide(df, sums.trace, out=np.full_like(q, np.nan), where=sums.trace > 0)
        h2 = np.where(several, tau2 / typical + 1, 1.0)
        i2 = np.where(several, 100 * tau2 / (typical + tau2), 0.0)
    return Heterogeneity(df=df, q=q, q_p=np.where(several, chdtrc(np.maximum(df, 1), q), 1.0), i2=i2, h2=h2)


def _used(studies: Studies, options: Options) -> Flags:
    """Whether a study has an estimate of its own.

    By metafor's `rma.mh` and `rma.peto` (drop00), a study with no event, or events only, in both arms has none beside
    a Mantel-Haenszel or Peto estimate.  RevMan's random effects keep it for risk differences.
    """
    if not options.from_counts or (options.model is Model.RANDOM and options.measure is Measure.RD):
        return np.ones(studies.yi.shape, dtype=np.bool_)
    return ~same_in_both_arms(studies.columns)


def _tau2(yi: Array, vi: Array, groups: Groups, *, options: Options, given: Weighted | None) -> Array:
    if options.model is Model.COMMON:
        return np.zeros(len(groups.sizes))
    if given:
        return tau2_dersimonian_laird(yi, vi, groups, centre=given.mu)
    return TAU2_ESTIMATORS[options.tau2](yi, vi, groups)


def _weighted(yi: Array, vi: Array, groups: Groups) -> Weighted:
    sums = weigh(yi, vi, groups)
    return Weighted(mu=sums.centre, se=np.sqrt(1 / sums.total), wi=sums.wi)


def _error(yi: Array, vi: Array, groups: Groups, *, pooled: Weighted, options: Options) -> tuple[Array, Array]:
    """Standard error and quantile of the interval; one study has the normal distribution's (as in metafor).

    References
    ----------
    hartung1999, knapp2003; the interval that is never narrower: jackson2017 (docs/methods.bib).
    """
    df = degrees_of_freedom(vi, groups)
    normal = np.full_like(pooled.se, normal_quantile(options.level))
    if options.interval is Interval.Z:
        return pooled.se, normal
    distances = cochran_q(yi, pooled.wi, pooled.mu, groups)
    factor = np.divide(distances, df, out=np.ones_like(df), where=df > 0)
    factor = np.where((df > 0) & (distances <= NO_DISTANCE), 0.0, factor)
    if options.adhoc:
        factor = np.maximum(factor, 1)
    student = stdtrit(np.maximum(df, 1), 0.5 + options.level / 200)
    return pooled.se * np.sqrt(factor), np.where(df > 0, student, normal)


def _reasons(
    pooled: Weighted, se: Array, tau2: Array, spread: Heterogeneity, *, options: Options, given: Weighted | None
) -> tuple[str, ...]:
    """Why a synthesis has no estimate, empty where it has one."""
    finite = np.isfinite(pooled.mu + se + tau2 + spread.q + spread.h2 + spread.i2)
    no_tau2 = f"{options.tau2} did not converge within {STEPS} steps: use tau2 DL, which needs no search"
    sought = options.model is Model.RANDOM and options.tau2 in ITERATIVE
    # Nearly every synthesis has its estimate, so only the others are looked at one by one.
    reasons = [""] * len(finite)
    for place in np.flatnonzero(~finite):
        reasons[place] = no_tau2 if sought and np.isnan(tau2[place]) else NO_NUMBER
        if given and np.isnan(given.mu[place]):
            reasons[place] = NO_MANTEL_HAENSZEL
        if options.peto and np.isnan(pooled.mu[place]):
            reasons[place] = NO_PETO
    return tuple(reasons)
