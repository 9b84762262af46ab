"""Subgroups of a synthesis: each pooled by itself, and whether their effects differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from review.effects import measure_named, study_effects
from review.errors import CannotPool, WrongUse
from review.synthesis.fits import NO_NUMBER
from review.synthesis.pooling import NO_STUDY, Pooled, pool

ONE_SUBGROUP = "one subgroup: nothing to compare"
NO_ERROR = (
    "a subgroup's standard error is 0, so that its weight has no bound: use interval z, or hk never narrower than z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """One subgroup.

    Attributes
    ----------
    label : str
        Its name.
    k : int
        Number of its studies.
    pooled : Pooled or None
        Its numbers, with a tau² of its own under random effects; of one study its own.  None where it has none.
    reason : str
        Why it has no estimate, else empty.
    """

    label: str
    k: int
    pooled: Pooled | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroups:
    """The subgroups of a synthesis and the test of a difference between them.

    Attributes
    ----------
    subgroups : tuple of Subgroup
        Sorted by label.
    q, p : float or None
        Q between the subgroups' pooled effects and its p; None where they were not compared.
    df : int or None
        Its degrees of freedom.
    i2 : float or None
        Share of the spread between subgroups that is not chance, in percent.
    reason : str
        Why they were not compared, else empty.
    """

    subgroups: tuple[Subgroup, ...]
    q: float | None
    df: int | None
    p: float | None
    i2: float | None
    reason: str


def subgroups(  # noqa: PLR0913 - the options of `pool`, one for one
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
) -> Subgroups:
    """The pooled effect of each subgroup, and the test of a difference.

    The test is Cochran's Q over the subgroups' pooled effects, each weighted by the inverse of its squared standard
    error, against chi-squared; under random effects each subgroup has its own tau².  By inverse variance and a common
    effect this is the Q of all studies less those within subgroups.  With an interval by Hartung and Knapp it is their
    standard error that counts.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`.
    by : str
        The column that says which subgroup a study belongs to.
    measure, model, common, tau2, interval, level, adhoc
        As in `pool`.

    Returns
    -------
    Subgroups
        A subgroup without an estimate says why, and then nothing is compared.

    Raises
    ------
    CannotPool
        If there is no study.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known or not available, the options do not go together, there is no such column, or a
        study is in no subgroup.

    References
    ----------
    deeks2010, bmcmedicine2019 (docs/methods.bib); checked against metafor, `rma` on the subgroups' estimates,
    tests/reference/robustness.json.
    """
    labels = _labels(frame, by)
    if frame.empty:
        raise CannotPool(NO_STUDY)
    # A part of the frame would name a wrong cell by the row of that part.
    study_effects(frame, measure=measure_named(measure))

    def one(label: str) -> Subgroup:
        part = frame[labels == label]
        try:
            pooled = pool(
                part,
                measure=measure,
                model=model,
                common=common,
                tau2=tau2,
                interval=interval,
                level=level,
                adhoc=adhoc,
            )
        except CannotPool as reason:
            return Subgroup(label=label, k=len(part), pooled=None, reason=str(reason))
        return Subgroup(label=label, k=len(part), pooled=pooled, reason="")

    return _compared([one(label) for label in sorted(set(labels))])


def _labels(frame: pd.DataFrame, by: str) -> pd.Series[str]:
    """The subgroup of each study."""
    if by not in frame.columns:
        raise WrongUse(f"there is no column {by!r} to tell the subgroups apart: the columns are {list(frame.columns)}")
    labels = frame[by].astype("object")
    labels = labels.where(labels.notna(), "").astype(str).str.strip()
    empty = [str(row + 1) for row in np.flatnonzero(labels == "")]
    if empty:
        raise WrongUse(
            f"no subgroup in column {by!r} for row {', '.join(empty)}: name one, or leave the study out and say so"
        )
    return labels


def _compared(parts: Sequence[Subgroup]) -> Subgroups:
    """The subgroups with their test, or the reason why there is none."""
    fits = [part.pooled for part in parts if part.pooled is not None]
    without = ", ".join(part.label for part in parts if part.pooled is None)
    reason = f"no estimate in {without}" if without else ONE_SUBGROUP if len(parts) == 1 else ""
    if not reason and any(pooled.se == 0 for pooled in fits):
        reason = NO_ERROR
    q = np.nan if reason else _between(fits)
    if not np.isfinite(q):
        reason = reason or NO_NUMBER
        return Subgroups(subgroups=tuple(parts), q=None, df=None, p=None, i2=None, reason=reason)
    df = len(fits) - 1
    i2 = 100 * max(q - df, 0.0) / q if q > 0 else 0.0
    return Subgroups(subgroups=tuple(parts), q=q, df=df, p=float(chdtrc(df, q)), i2=i2, reason="")


def _between(fits: Sequence[Pooled]) -> float:
    """Cochran's Q over pooled effects."""
    mu = np.array([pooled.mu for pooled in fits])
    # Numbers beyond all measure end as infinite or not a number, and are told as a reason.
    with np.errstate(all="ignore"):
        wi = 1 / np.array([pooled.se for pooled in fits]) ** 2
        return float(np.sum(wi * (mu - np.sum(wi * mu) / np.sum(wi)) ** 2))
