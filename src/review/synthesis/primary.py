"""The primary analysis: which methods a synthesis gets by its number of studies, and what may be drawn of it.

The rules are our conventions and are printed with every synthesis; the alternatives to them are run elsewhere, by
`pool`, to see how firm a verdict is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from review.effects import COUNTS, SINGLE_ARM, Array, check_level, has_zero_cell, measure_named, study_columns
from review.errors import CannotPool
from review.synthesis.pooling import NO_STUDY, Pooled, pool
from review.vocabulary import Measure

#: From this many studies on, random effects: the spread of two tells nothing of a spread (our convention; the interval
#: by Hartung and Knapp of two trials with a pooled risk ratio of 2.24 runs from 0.13 to 39.95).
STUDIES_FOR_RANDOM = 3

#: From this many studies on, a prediction interval (our convention: tau² of fewer is too uncertain to predict from).
STUDIES_FOR_PREDICTION = 5

#: From this many studies on, single-arm risks are pooled (our convention).
STUDIES_FOR_SINGLE_ARM = 5

NOT_ESTIMABLE = "not estimable"
NOT_USED = "not used"
ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Primary:
    """The primary analysis of a synthesis.

    Attributes
    ----------
    k : int
        Number of studies.
    measure : str
        The effect measure.
    pooled : Pooled or None
        The numbers; of one study its own.  None where nothing is pooled: see `note`.
    model : str
        The methods in words.
    random : str
        ``"estimated"``; ``"not estimable"`` where there are too few studies for random effects, or no estimate;
        ``"not used"`` where single-arm risks are left unpooled.
    diamond : bool
        Whether an overall effect may be drawn.
    note : str
        What a reader must know of the choice and of the data: why nothing was pooled, zero cells.
    """

    k: int
    measure: str
    pooled: Pooled | None
    model: str
    random: str
    diamond: bool
    note: str


def primary_analysis(frame: pd.DataFrame, *, measure: str, level: float = 95) -> Primary:
    """The analysis that decides, by the number of studies.

    One study stands as it is.  Two share a common effect: Mantel-Haenszel's for counts (Peto's for PETO), else by
    inverse variance.  From three on, random effects by REML with Hartung and Knapp's interval, never narrower than the
    Wald interval; a prediction interval from five on.  Single-arm risks (PLO, PFT) of fewer than five studies are not
    pooled.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`.
    measure : str
        Effect measure.
    level : float
        Level of the intervals in percent.

    Returns
    -------
    Primary
        Where the methods give no estimate, `pooled` is None and `note` says why.

    Raises
    ------
    CannotPool
        If there is no study.
    InvalidInput
        If a column is missing or a number impossible.
    WrongUse
        If the measure is not known, or the level is no percentage.
    """
    kind, k = measure_named(measure), len(frame)
    check_level(level)
    if k == 0:
        raise CannotPool(NO_STUDY)
    columns = study_columns(frame, measure=kind)
    enough = k >= STUDIES_FOR_RANDOM
    apart = Primary(
        k=k, measure=str(kind), pooled=None, model="study by study", random=NOT_ESTIMABLE, diamond=False, note=""
    )
    if kind in SINGLE_ARM and k < STUDIES_FOR_SINGLE_ARM:
        why = (
            f"single-arm risks of fewer than {STUDIES_FOR_SINGLE_ARM} studies are not pooled: see each study's interval"
        )
        return replace(apart, random=NOT_USED if enough else NOT_ESTIMABLE, note=why)
    choice, model = _methods(k, kind, counts=set(COUNTS) <= set(columns))
    try:
        pooled = pool(frame, measure=kind, level=level, **choice)
    except CannotPool as reason:
        return replace(apart, note=str(reason))
    if k < STUDIES_FOR_PREDICTION:
        pooled = replace(pooled, pi_low=None, pi_high=None)
    cells = _zero_cells(columns, kind, common=str(choice.get("common", "IV")))
    note = "; ".join(filter(None, (_fewness(k), cells)))
    random = ESTIMATED if enough else NOT_ESTIMABLE
    return replace(apart, pooled=pooled, model=model, random=random, diamond=k > 1, note=note)


def _methods(k: int, measure: Measure, *, counts: bool) -> tuple[dict[str, Any], str]:
    """The options of `pool` for so many studies, and their words."""
    if k >= STUDIES_FOR_RANDOM:
        words = "random effects by REML, Hartung-Knapp interval never narrower than Wald"
        return {"model": "random", "tau2": "REML", "interval": "hk", "adhoc": True}, words
    if k == 1:
        return {"model": "common", "common": "IV"}, "one study"
    if counts and measure is Measure.PETO:
        return {"model": "common", "common": "PETO"}, "common effect by Peto's method"
    if counts:
        return {"model": "common", "common": "MH"}, "common effect by Mantel-Haenszel"
    return {"model": "common", "common": "IV"}, "common effect by inverse variance"


def _fewness(k: int) -> str:
    """What so few studies do not allow, in words."""
    if k == 1:
        return "one study: nothing to pool"
    if k < STUDIES_FOR_RANDOM:
        return "two studies: both are shown, random effects cannot be estimated"
    return (
        f"no prediction interval from fewer than {STUDIES_FOR_PREDICTION} studies" if k < STUDIES_FOR_PREDICTION else ""
    )


def _zero_cells(columns: Mapping[str, Array], measure: Measure, *, common: str) -> str:
    """What was done about zero cells, in words; empty where there are none."""
    zero = int(has_zero_cell(columns).sum())
    if zero == 0 or measure is Measure.PFT:
        return ""
    studies = f"{zero} of {len(next(iter(columns.values())))} studies"
    if common == "IV":
        return f"1/2 added to every cell of {studies} with a zero cell"
    nothing = f"{studies} with a zero cell: nothing added in pooling, 1/2 to every cell for the study's own estimate"
    if common == "PETO":
        return nothing
    return f"{nothing}; a weight of 0 says that the comparator had no event, the study's events still count"
