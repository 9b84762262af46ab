"""Risk of bias, inconsistency and imprecision by Core GRADE of 2025, read through one public transcription (pmatools).

What the rules cannot know gets no level: a person must judge it.  Each threshold names its source.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.certainty.body import Body, Interval, StudyEvidence
from review.certainty.information_size import optimal_information_size
from review.certainty.levels import Rating
from review.certainty.proposal import listed, numbers, proposal, weight_share
from review.vocabulary import Domain

#: High-risk studies dominate when they hold this share of the weight in percent [guyatt2025core4, figure 2, footnote].
DOMINATING_WEIGHT = 55.0
#: Judgements that count as high risk: "Some concerns" counts as low (our convention; Core GRADE leaves it open).
HIGH_RISK = frozenset({"High"})
#: Estimates mostly on one side of the threshold when this share is there (pmatools' convention, not GRADE's).
ONE_SIDED_SHARE = 0.8
#: A relative risk reduction beyond this is large enough to ask whether the sample is [guyatt2025core2, figure 4].
LARGE_REDUCTION = 0.40
#: Upper over lower limit of a risk ratio from which two levels are considered [guyatt2025core2, figure 4].
WIDE_RATIO = 3.0


def rate_risk_of_bias(body: Body, *, dominating: float = DOMINATING_WEIGHT) -> Rating:
    """Levels down for risk of bias, by the weight that high-risk studies hold.

    Parameters
    ----------
    body : Body
        The evidence.
    dominating : float
        The share of the weight, in percent, from which high-risk studies dominate.

    Returns
    -------
    Rating
        One level at most; none where a study was not assessed, and for absolute risks: a person must judge.
    """
    unassessed = [study for study in body.studies if study.design and study.bias is None]
    if body.absolute or unassessed or not any(study.design for study in body.studies):
        why = "no tool's answers fit an absolute risk" if body.absolute else f"not assessed: {listed(unassessed)}"
        on = () if body.absolute else unassessed
        return proposal(body, Domain.RISK_OF_BIAS, None, f"{why}; a person must judge", rests_on=on)
    high = [study for study in body.studies if study.bias in HIGH_RISK]
    share = weight_share(high, body.studies)
    held = f"studies at high risk hold {share:.0f} % of the weight"
    if share >= dominating:
        return proposal(body, Domain.RISK_OF_BIAS, -1, f"{held} ({listed(high)})", rests_on=high)
    return proposal(body, Domain.RISK_OF_BIAS, 0, f"{held}, under {dominating:g} %")


def rate_inconsistency(body: Body) -> Rating:
    """Levels down for inconsistency, by where the estimates lie.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    Rating
        One level where estimates lie on both sides of the threshold and their limits share no value.

    References
    ----------
    guyatt2025core3, figure 2, through pmatools; that limits share a value is our reading of their overlap.
    """
    placed = [study for study in body.studies if study.zone]
    zones = [study.zone for study in placed]
    if not body.pooled:
        return proposal(body, Domain.INCONSISTENCY, 0, "read study by study; nothing named by the reviewer")
    if len(zones) <= 1:
        return proposal(body, Domain.INCONSISTENCY, 0, "one estimate: cannot be judged, not rated down")
    most = max(zones.count(zone) for zone in set(zones))
    if most >= ONE_SIDED_SHARE * len(zones):
        reason = f"{most} of {len(zones)} estimates lie on one side"
        return proposal(body, Domain.INCONSISTENCY, 0, reason, rests_on=placed)
    if limits_share_a_value(placed):
        reason = f"the limits of all {len(placed)} estimates share a value"
        return proposal(body, Domain.INCONSISTENCY, 0, reason, rests_on=placed)
    reason = f"{len(zones)} estimates lie on both sides of the threshold ({', '.join(sorted(set(zones)))})"
    return proposal(body, Domain.INCONSISTENCY, -1, reason, rests_on=placed)


def limits_share_a_value(studies: Sequence[StudyEvidence]) -> bool:
    """Whether there is a value within the limits of every study; not where a study has none."""
    limits = [study.limits for study in studies if study.limits]
    return len(limits) == len(studies) and max(low for low, _ in limits) <= min(high for _, high in limits)


def rate_imprecision(body: Body) -> Rating:
    """Levels down for imprecision: the interval against the threshold first, the sample only for large effects.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    Rating
        One level for one threshold crossed, or without an interval; two for both.
    """
    interval = body.interval
    if interval is None:
        what = "no interval can be made from what is reported" if body.pooled else "nothing is pooled"
        return proposal(body, Domain.IMPRECISION, -1, what)
    shown = f"{interval.low:.3g} to {interval.high:.3g}"
    crossed = [threshold for threshold in interval.thresholds if interval.low < threshold < interval.high]
    if len(crossed) > 1:
        return proposal(body, Domain.IMPRECISION, -2, f"{shown} crosses both thresholds, {numbers(crossed)}")
    if crossed:
        return proposal(body, Domain.IMPRECISION, -1, f"{shown} crosses {numbers(crossed)}")
    if interval.relative_risk is None or not _is_large(interval.relative_risk[0]):
        return proposal(body, Domain.IMPRECISION, 0, f"{shown} is clear of {numbers(interval.thresholds)}")
    return _rate_large_effect(body, interval)


def _rate_large_effect(body: Body, interval: Interval) -> Rating:
    """Imprecision of a clear but large risk ratio: width of the interval, then the optimal information size."""
    estimate, low, high = interval.relative_risk or (1.0, 1.0, 1.0)
    if high / low >= WIDE_RATIO:
        reason = f"large effect, and the limits' ratio {high / low:.1f} is 3 or more"
        return proposal(body, Domain.IMPRECISION, -2, reason)
    # For the effect as estimated; the paper takes a modest change of 20 or 25 % (docs/methods.md).
    needed = optimal_information_size(interval.control_risk, estimate * interval.control_risk)
    enough = interval.participants >= needed
    reason = f"large effect, {interval.participants} people, {needed:.0f} needed"
    return proposal(body, Domain.IMPRECISION, 0 if enough else -1, reason)


def _is_large(relative_risk: float) -> bool:
    """Whether a risk ratio, or its inverse where risk rises, is a reduction beyond `LARGE_REDUCTION`."""
    return min(relative_risk, 1 / relative_risk if relative_risk else 0.0) < 1 - LARGE_REDUCTION
