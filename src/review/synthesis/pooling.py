"""Pooling as it is asked for: from a frame of studies to one `Pooled`, or to a row for each synthesis.

Which methods a synthesis ought to have is the business of `primary`; here is done what the call says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from review.effects import EFFECT_MEASURES, Array, back_transform, sizes_of, study_columns
from review.errors import CannotPool, WrongUse
from review.synthesis.fits import Fits, Studies, fit, studies_of
from review.synthesis.groups import grouped, one_group
from review.synthesis.options import Interval, Model, Options, checked_options
from review.vocabulary import Measure

NO_STUDY = "there is no study to pool: say that none was found, which is an answer of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledStudy:
    """One study as it entered a synthesis.

    Attributes
    ----------
    yi, vi : float or None
        Estimate and sampling variance on the analysis scale; None where Mantel-Haenszel or Peto's method leaves the
        study without one (no event, or events only, in both arms).
    weight : float
        Its weight in percent.
    """

    yi: float | None
    vi: float | None
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """One synthesis.

    Attributes
    ----------
    k : int
        Number of studies given.
    measure : str
        The effect measure.
    mu, se, ci_low, ci_high : float
        Pooled effect, its standard error and interval on the analysis scale.
    estimate, estimate_ci_low, estimate_ci_high : float
        The same on the scale that people read; for PFT by the harmonic mean of the studies' sizes.
    tau2 : float
        Between-study variance, 0 under a common effect and for one study.
    i2 : float
        I² in percent.
    h2, q, q_p : float
        H², Cochran's Q and its p.
    pi_low, pi_high : float or None
        Prediction interval on the analysis scale; None under a common effect.
    studies : tuple of PooledStudy
        In the order given.
    model, common, tau2_method, interval : str or None
        The methods that were used, by the command line's words; None for `common` under random effects and for
        `tau2_method` under a common effect.  A single study has interval z, whatever was asked for.
    adhoc : bool
        Whether a Hartung-Knapp interval was kept from being narrower than the Wald interval.
    level : float
        Level of the intervals in percent.
    """

    k: int
    measure: str
    mu: float
    se: float
    ci_low: float
    ci_high: float
    estimate: float
    estimate_ci_low: float
    estimate_ci_high: float
    tau2: float
    i2: float
    h2: float
    q: float
    q_p: float
    pi_low: float | None
    pi_high: float | None
    studies: tuple[PooledStudy, ...]
    model: str
    common: str | None
    tau2_method: str | None
    interval: str
    adhoc: bool
    level: float


def pool(
    frame: pd.DataFrame,
    *,
    measure: str = "RR",
    model: str = "random",
    common: str = "IV",
    tau2: str = "REML",
    interval: str = "z",
    level: float = 95,
    adhoc: bool = False,
) -> Pooled:
    """The studies' pooled effect.

    Parameters
    ----------
    frame : DataFrame
        A row for each study; numbers may be text.  Columns `events_1, n_1, events_2, n_2` for RR, OR, RD and PETO,
        `mean_1, sd_1, n_1, mean_2, sd_2, n_2` for MD, SMD and ROM, `events, n` for PLO and PFT, `yi, vi` (analysis
        scale) for GEN and, without the arms, for the others; `_1` is the intervention, `_2` the comparator.
    measure : str
        Effect measure; ``"generic"`` is GEN.
    model : str
        ``"common"`` or ``"random"``.
    common : str
        Estimator of a common effect: ``"IV"`` (inverse variance), ``"MH"`` (Mantel-Haenszel; RR, OR, RD from counts)
        or ``"PETO"`` (observed minus expected; the odds ratio from counts, whose measure is then PETO).
    tau2 : str
        Estimator of the between-study variance: ``"DL"``, ``"PM"``, ``"REML"``, ``"ML"``, ``"HS"``, ``"HE"``, ``"SJ"``,
        ``"EB"``, or ``"MH"``: DL around the Mantel-Haenszel estimate, as RevMan's published random-effects analyses
        of counts have it.
    interval : str
        ``"z"`` (Wald) or ``"hk"`` (Hartung-Knapp, t with k - 1 degrees of freedom).
    level : float
        Level of the intervals in percent.
    adhoc : bool
        Whether a Hartung-Knapp standard error is at least the Wald one, so that the interval is never narrower.

    Returns
    -------
    Pooled
        The prediction interval uses the interval's own quantile (normal or t with k - 1), as metafor does.

    Raises
    ------
    CannotPool
        If there is no study, if Mantel-Haenszel or Peto's method has no estimate, or if an estimator of tau² does not
        converge.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known, or the options do not go together.

    References
    ----------
    viechtbauer2010 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    options = checked_options(
        measure=measure, model=model, common=common, tau2=tau2, interval=interval, level=level, adhoc=adhoc
    )
    if frame.empty:
        raise CannotPool(NO_STUDY)
    columns = study_columns(frame, measure=options.measure, arms_only=options.from_counts)
    studies = studies_of(columns, one_group(len(frame)), options.measure)
    fits = fit(studies, options)
    if fits.reason[0]:
        raise CannotPool(fits.reason[0])
    return _pooled(studies, fits, options)


def pool_many(  # noqa: PLR0913 - the options of `pool`, one for one
    frame: pd.DataFrame,
    *,
    by: str,
    measure: str = "RR",
    model: str = "random",
    common: str = "IV",
    tau2: str = "REML",
    interval: str = "z",
    level: float = 95,
    adhoc: bool = False,
) -> pd.DataFrame:
    """The pooled effects of many syntheses, all by the same methods, at once.

    Parameters
    ----------
    frame : DataFrame
        A row for each study of each synthesis, with the columns of `pool`.
    by : str
        The column that says which synthesis a row belongs to.
    measure, model, common, tau2, interval, level, adhoc
        As in `pool`.

    Returns
    -------
    DataFrame
        A row for each synthesis, by its label in `by`, sorted, with the numbers of `Pooled` as columns and `reason`:
        why a synthesis has no estimate (its numbers are then NaN), else empty.

    Raises
    ------
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known, or the options do not go together.
    """
    options = checked_options(
        measure=measure, model=model, common=common, tau2=tau2, interval=interval, level=level, adhoc=adhoc
    )
    if by not in frame.columns:
        raise WrongUse(f"there is no column {by!r} to tell the syntheses apart: the columns are {list(frame.columns)}")
    columns = study_columns(frame, measure=options.measure, arms_only=options.from_counts)
    order, groups, labels = grouped(frame[by])
    studies = studies_of(columns, groups, options.measure, order=order)
    fits = fit(studies, options)
    table = pd.DataFrame(_numbers(studies, fits, options.measure), index=labels)
    table.loc[[bool(reason) for reason in fits.reason]] = np.nan
    table.insert(0, "k", groups.sizes)
    return table.assign(reason=fits.reason)


def _numbers(studies: Studies, fits: Fits, measure: Measure) -> dict[str, Array]:
    """The numbers of `Pooled`, an array with one value a synthesis for each."""
    spread, people = fits.spread, None
    if EFFECT_MEASURES[measure].sized:
        people = studies.groups.sizes / studies.groups.total(1 / sizes_of(studies.columns))
    limits = {"mu": fits.mu, "se": fits.se, "ci_low": fits.ci_low, "ci_high": fits.ci_high}
    read = {"estimate": fits.mu, "estimate_ci_low": fits.ci_low, "estimate_ci_high": fits.ci_high}
    return (
        limits
        | {name: back_transform(measure, values, n=people) for name, values in read.items()}
        | {"tau2": fits.tau2, "i2": spread.i2, "h2": spread.h2, "q": spread.q, "q_p": spread.q_p}
        | {"pi_low": fits.pi_low, "pi_high": fits.pi_high}
    )


def _pooled(studies: Studies, fits: Fits, options: Options) -> Pooled:
    """The first synthesis of the fits as a value."""
    random = options.model is Model.RANDOM
    interval = options.interval if fits.spread.df[0] > 0 else Interval.Z
    arrays = _numbers(studies, fits, options.measure)
    numbers: dict[str, Any] = {name: _plain(values[0]) for name, values in arrays.items()}
    rows = zip(studies.yi, studies.vi, fits.weight, fits.used, strict=True)
    return Pooled(
        k=len(studies.yi),
        measure=str(options.measure),
        **numbers,
        studies=tuple(
            PooledStudy(yi=float(yi) if used else None, vi=float(vi) if used else None, weight=float(weight))
            for yi, vi, weight, used in rows
        ),
        model=str(options.model),
        common=None if random else str(options.common),
        tau2_method=str(options.tau2) if random else None,
        interval=str(interval),
        adhoc=options.adhoc and interval is Interval.HK,
        level=options.level,
    )


def _plain(value: float) -> float | None:
    """A number as Python has it, None where it is not defined."""
    return None if np.isnan(value) else float(value)
