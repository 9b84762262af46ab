"""Risk of bias, inconsistency and imprecision by the GRADE guidelines of 2011, as Cochrane's reviews used them.

The papers' abstracts, the tables of the Cochrane Handbook and published transcriptions were read, not the papers
themselves (docs/methods.bib says which).  What differs from Core GRADE stands here; the rest is shared.
"""

from __future__ import annotations

import math

from review.certainty import core_grade
from review.certainty.body import Body, Interval
from review.certainty.information_size import optimal_information_size
from review.certainty.levels import Rating
from review.certainty.proposal import proposal
from review.vocabulary import Domain

#: From this share of the weight in percent on, most information no longer comes from studies at low or unclear risk
#: [schunemann2011, table 12.2.d says "most"; half is our reading].
MOST_WEIGHT = 50.0
#: I² that might not be important lies below the first; above the second it is considerable, in percent [i2bands2008].
#: Where limits share no value: one level from the first on, two above the second if directions differ [cd009172].
SLIGHT_I2, CONSIDERABLE_I2 = 40.0, 75.0
#: Ratios beyond which benefit or harm is appreciable, "a rough guide" [guyatt2011imp, abstract].
APPRECIABLE = (0.75, 1.25)
#: The relative change in risk that the information size is for, "typically 20 % or 25 %" [coregradefaq].
MODEST_CHANGE = 0.25
#: People needed for an outcome that is no event [table of bjsm117970; not seen in guyatt2011imp itself].
CONTINUOUS_PEOPLE = 400


def rate_risk_of_bias(body: Body) -> Rating:
    """Levels down for risk of bias: one unless most information is from studies that are not at high risk.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    Rating
        One level at most by rule; whether limitations are crucial enough for two is a person's.
    """
    return core_grade.rate_risk_of_bias(body, dominating=MOST_WEIGHT)


def rate_inconsistency(body: Body) -> Rating:
    """Levels down for inconsistency: first whether the limits share a value, then I² and the estimates' directions.

    Parameters
    ----------
    body : Body
        The evidence; without I² (nothing pooled across groups) the estimates' places decide, as in Core GRADE.

    Returns
    -------
    Rating
        Never by I² alone.

    References
    ----------
    guyatt2011inc, i2bands2008, cd009172 (docs/methods.bib).
    """
    placed = [study for study in body.studies if study.zone]
    if not body.pooled or len(placed) <= 1:
        return core_grade.rate_inconsistency(body)
    shown = "I² not computed" if body.i2 is None else f"I² {body.i2:.0f} %"
    if core_grade.limits_share_a_value(placed):
        reason = f"the limits of all {len(placed)} estimates share a value ({shown})"
        return proposal(body, Domain.INCONSISTENCY, 0, reason, rests_on=placed)
    if body.i2 is None:
        return core_grade.rate_inconsistency(body)
    if body.i2 < SLIGHT_I2:
        return proposal(body, Domain.INCONSISTENCY, 0, f"{shown}: might not be important", rests_on=placed)
    opposite = {"claim", "other"} <= {study.zone for study in placed}
    where = "on both sides" if opposite else "on one side"
    levels = -2 if opposite and body.i2 > CONSIDERABLE_I2 else -1
    reason = f"limits that share no value, {shown}, estimates {where}"
    return proposal(body, Domain.INCONSISTENCY, levels, reason, rests_on=placed)


def rate_imprecision(body: Body) -> Rating:
    """Levels down for imprecision: first the information size, then the interval.

    Parameters
    ----------
    body : Body
        The evidence; without an interval, and for single groups, as in Core GRADE.

    Returns
    -------
    Rating
        One level for too few people, or for an interval that holds no effect and an appreciable one; two for too few
        people and an interval that holds both appreciable benefit and appreciable harm.

    References
    ----------
    guyatt2011imp; zeng2022 for the second level (docs/methods.bib).
    """
    interval = body.interval
    if interval is None or interval.null is None or body.absolute:
        return core_grade.rate_imprecision(body)
    needed = _people_needed(interval)
    few = interval.participants < needed
    bounds = _appreciable(interval)
    crossed = [bound for bound in bounds if interval.low < bound < interval.high]
    shown = f"{interval.participants} people, {needed:.0f} needed; {interval.low:.3g} to {interval.high:.3g}"
    if few:
        both = len(crossed) > 1
        reason = f"{shown} holds appreciable benefit and harm" if both else shown
        return proposal(body, Domain.IMPRECISION, -2 if both else -1, reason)
    if not interval.low < interval.null < interval.high:
        return proposal(body, Domain.IMPRECISION, 0, f"{shown} excludes no effect")
    if crossed or not bounds:
        what = "and an appreciable one" if crossed else "and no important difference is known"
        return proposal(body, Domain.IMPRECISION, -1, f"{shown} holds no effect {what}")
    return proposal(body, Domain.IMPRECISION, 0, f"{shown} holds no effect and no appreciable one")


def _people_needed(interval: Interval) -> float:
    """The optimal information size for a modest effect; a number of people where the outcome is no event."""
    risk = interval.control_risk
    if math.isnan(risk) or not 0 < risk < 1:
        return CONTINUOUS_PEOPLE
    factor = 1 + MODEST_CHANGE if interval.more_is_better else 1 - MODEST_CHANGE
    return optimal_information_size(risk, factor * risk)


def _appreciable(interval: Interval) -> tuple[float, ...]:
    """The bounds beyond which benefit or harm is appreciable; none where no important difference is known."""
    important = tuple(bound for bound in interval.thresholds if bound != interval.null)
    if important or interval.null != 1.0 or math.isnan(interval.control_risk):
        return important
    return APPRECIABLE
