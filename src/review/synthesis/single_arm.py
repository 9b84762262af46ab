"""Risks in single arms, study by study: each with its interval, and the range that they span.

A claim of absence ("painless") is judged on these, by whether all limits lie on one side of a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from review.effects import Array, Flags, exact_upper_limit, study_columns, wilson_interval
from review.errors import CannotPool
from review.synthesis.pooling import NO_STUDY, Pooled
from review.synthesis.primary import primary_analysis
from review.vocabulary import Measure

#: The exact limit of no event at all is given from this many people on [eypasch1995: the rule of three holds for n
#: above 30]; fewer, or people who were not actively followed up, are flagged.
PEOPLE_FOR_ZERO_EVENTS = 30

WILSON = "Wilson"
EXACT_ONE_SIDED = "exact one-sided"
FEW_PEOPLE = f"no event among fewer than {PEOPLE_FOR_ZERO_EVENTS} people: too few to say that it is rare"
NOT_FOLLOWED = "no event, but nobody was actively asked: it may have been missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleArmRisk:
    """One arm's risk, 0 to 1.

    Attributes
    ----------
    events, n : float
        How many had the event, of how many.
    risk, ci_low, ci_high : float
        Share and its limits.
    method : str
        ``"Wilson"``, or ``"exact one-sided"`` where no event was seen: the lower limit is then 0 and the upper one
        has the level on its side alone.
    flag : str
        Why the limits are not to be relied on; empty where they are.
    """

    events: float
    n: float
    risk: float
    ci_low: float
    ci_high: float
    method: str
    flag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleArmRisks:
    """The risks of several single arms, 0 to 1.

    Attributes
    ----------
    k : int
        Number of studies.
    studies : tuple of SingleArmRisk
        In the order given.
    low, high : float
        Smallest and largest risk.
    ci_low, ci_high : float
        Smallest lower and largest upper limit.
    pooled : Pooled or None
        The logits pooled; None for fewer than five studies.
    diamond : bool
        Whether an overall risk may be drawn.
    note : str
        What a reader must know of the choice.
    """

    k: int
    studies: tuple[SingleArmRisk, ...]
    low: float
    high: float
    ci_low: float
    ci_high: float
    pooled: Pooled | None
    diamond: bool
    note: str


def single_arm_risks(
    events: ArrayLike, n: ArrayLike, *, level: float = 95, active_follow_up: ArrayLike = True
) -> SingleArmRisks:
    """Each study's risk with its interval, and their range.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        How many had the event, of how many; all of one unit (people, sessions or injections).
    level : float
        Level of the intervals in percent.
    active_follow_up : array_like of bool, shape (k,)
        Whether people were asked or examined for the event.

    Returns
    -------
    SingleArmRisks
        Wilson intervals; the exact one-sided limit where no event was seen in 30 people or more who were actively
        followed up.  From five studies on also the pooled risk, by the primary analysis of their logits.

    Raises
    ------
    CannotPool
        If there is no study.
    InvalidInput
        If a count is impossible; every such place is named, rows are counted from 1.
    WrongUse
        If the level is no percentage.

    References
    ----------
    wilson1927, hanley1983, eypasch1995; why proportions are not pooled by Freeman and Tukey's transformation:
    schwarzer2019 (docs/methods.bib).
    """
    frame = pd.DataFrame({"events": np.atleast_1d(events), "n": np.atleast_1d(n)})
    if frame.empty:
        raise CannotPool(NO_STUDY)
    columns = study_columns(frame, measure=Measure.PLO)
    x, size = columns["events"], columns["n"]
    followed = np.broadcast_to(np.asarray(active_follow_up, dtype=np.bool_), x.shape)
    wilson = wilson_interval(x, size, level)
    exact = (x == 0) & (size >= PEOPLE_FOR_ZERO_EVENTS) & followed
    high = np.where(exact, exact_upper_limit(size, level), wilson[1])
    methods = np.where(exact, EXACT_ONE_SIDED, WILSON)
    primary = primary_analysis(frame, measure=Measure.PLO, level=level)
    rows = zip(
        *(column.tolist() for column in (x, size, wilson[0], high, methods, _flags(x, size, followed))), strict=True
    )
    return SingleArmRisks(
        k=len(frame),
        studies=tuple(
            SingleArmRisk(events=events, n=n, risk=events / n, ci_low=ci_low, ci_high=ci_high, method=method, flag=flag)
            for events, n, ci_low, ci_high, method, flag in rows
        ),
        low=float((x / size).min()),
        high=float((x / size).max()),
        ci_low=float(wilson[0].min()),
        ci_high=float(high.max()),
        pooled=primary.pooled,
        diamond=primary.diamond,
        note=primary.note,
    )


def _flags(events: Array, n: Array, followed: Flags) -> NDArray[np.str_]:
    """Why limits are not to be relied on, for each study."""
    unseen = np.where(n < PEOPLE_FOR_ZERO_EVENTS, FEW_PEOPLE, np.where(followed, "", NOT_FOLLOWED))
    return np.where(events > 0, "", unseen)
