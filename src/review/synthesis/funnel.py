"""Small-study effects as they are reported: tested only where there are studies enough to test."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from review.errors import CannotPool
from review.synthesis.options import Common, checked_options
from review.synthesis.small_study import EggerTest, RankTest, egger_test, rank_test
from review.synthesis.trimming import TrimAndFill, refuse_untrimmable, trim_and_fill
from review.vocabulary import Measure

#: From this many studies on, asymmetry may be tested [guyatt2025core4, figure 5, read in pmatools; the criteria of
#: ioannidis2007].  Fewer cannot tell chance from asymmetry, and that is no reason to rate down.
STUDIES_FOR_SMALL_STUDY_TESTS = 10

#: The measures whose standard errors are made of the same numbers as the effect, so that Egger's test is positive too
#: often [higgins2011, section 10.4.3, on odds ratios; the others by their variance formulas, our reading].
LINKED_MEASURES = frozenset({Measure.RR, Measure.OR, Measure.PETO, Measure.SMD, Measure.ROM, Measure.PLO})

TOO_FEW = f"not tested: fewer than {STUDIES_FOR_SMALL_STUDY_TESTS} studies"
LINKED = "the standard error hangs on the effect itself, so that the regression test is positive too often"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallStudyEffects:
    """What the funnel plot says, or why it was not asked.

    Attributes
    ----------
    k : int
        Number of studies.
    tested : bool
        Whether there were studies enough, and the tests could be made.
    note : str
        Why they were not, or what a reader must know of them; else empty.
    egger, rank, trimmed : EggerTest, RankTest, TrimAndFill or None
        The tests and trim and fill; None where they were not made.
    """

    k: int
    tested: bool
    note: str
    egger: EggerTest | None
    rank: RankTest | None
    trimmed: TrimAndFill | None


def small_study_effects(
    frame: pd.DataFrame,
    *,
    measure: str = "RR",
    model: str = "random",
    tau2: str = "REML",
    interval: str = "z",
    level: float = 95,
    adhoc: bool = False,
) -> SmallStudyEffects:
    """Egger's test, the rank test and trim and fill by L0, from ten studies on.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`.
    measure, model, tau2, interval, level, adhoc
        As in `trim_and_fill`; the tests take the measure and the level.

    Returns
    -------
    SmallStudyEffects
        With fewer than ten studies nothing is computed, and `note` says so.

    Raises
    ------
    InvalidInput
        If there are ten studies and a column is missing or a number impossible.
    WrongUse
        If an option is not known or not available.

    References
    ----------
    guyatt2025core4, ioannidis2007; on odds ratios higgins2011, section 10.4.3 (docs/methods.bib).
    """
    options = checked_options(
        measure=measure, model=model, common=Common.IV, tau2=tau2, interval=interval, level=level, adhoc=adhoc
    )
    refuse_untrimmable(options.measure, tau2)
    k = len(frame)
    untested = SmallStudyEffects(k=k, tested=False, note=TOO_FEW, egger=None, rank=None, trimmed=None)
    if k < STUDIES_FOR_SMALL_STUDY_TESTS:
        return untested
    try:
        return SmallStudyEffects(
            k=k,
            tested=True,
            note=LINKED if options.measure in LINKED_MEASURES else "",
            egger=egger_test(frame, measure=measure, level=level),
            rank=rank_test(frame, measure=measure),
            trimmed=trim_and_fill(
                frame, measure=measure, model=model, tau2=tau2, interval=interval, level=level, adhoc=adhoc
            ),
        )
    except CannotPool as reason:
        return SmallStudyEffects(k=k, tested=False, note=f"not tested: {reason}", egger=None, rank=None, trimmed=None)
