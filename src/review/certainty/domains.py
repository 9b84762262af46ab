"""The five domains of GRADE: from a body of evidence to levels down, each with its reason.

What the rules cannot know gets no level: a person must judge it.  Sources are named with each threshold; rules of
Core GRADE were read through one public transcription (docs/methods.md says which).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.certainty.body import LABORATORY, Body, Interval, StudyEvidence
from review.certainty.levels import Rating
from review.vocabulary import Domain, Match

#: High-risk studies dominate when they hold this share of the weight in percent [Core GRADE 4, figure 2, footnote].
DOMINATING_WEIGHT = 55.0
#: Judgements that count as high risk: "Some concerns" counts as low (our convention; Core GRADE leaves it open).
HIGH_RISK = frozenset({"High"})
#: Estimates mostly on one side of the threshold when this share is there (pmatools' convention, not GRADE's).
ONE_SIDED_SHARE = 0.8
#: A relative risk reduction beyond this is large enough to ask whether the sample is [Core GRADE 2, figure 4].
LARGE_REDUCTION = 0.40
#: Upper over lower limit of a risk ratio from which two levels are considered [Core GRADE 2, figure 4].
WIDE_RATIO = 3.0
#: Standard normal quantiles of a two-sided 5 % test with 80 % power, for the optimal information size.
Z_ALPHA, Z_BETA = 1.959963984540054, 0.8416212335729143


def propose_ratings(body: Body) -> tuple[Rating, ...]:
    """The rules' rating of every domain.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    tuple of Rating
        The five domains in GRADE's order; `levels` is None where a person is needed.
    """
    return tuple(rate(body) for rate in RATERS.values())


def rate_risk_of_bias(body: Body) -> Rating:
    """Levels down for risk of bias, by the weight that high-risk studies hold."""
    unassessed = [study.study_id for study in body.studies if study.design and study.bias is None]
    if body.absolute or unassessed or not any(study.design for study in body.studies):
        why = "no tool's answers fit an absolute risk" if body.absolute else f"not assessed: {_listed(unassessed)}"
        return _rating(body, Domain.RISK_OF_BIAS, None, f"{why}; a person must judge")
    high = [study for study in body.studies if study.bias in HIGH_RISK]
    share = _share(high, body.studies)
    if share >= DOMINATING_WEIGHT:
        reason = f"studies at high risk hold {share:.0f} % of the weight ({_listed([s.study_id for s in high])})"
        return _rating(body, Domain.RISK_OF_BIAS, -1, reason)
    return _rating(body, Domain.RISK_OF_BIAS, 0, f"studies at high risk hold {share:.0f} % of the weight, under 55 %")


def rate_inconsistency(body: Body) -> Rating:
    """Levels down for inconsistency, by where the estimates lie."""
    zones = [study.zone for study in body.studies if study.zone]
    if not body.pooled:
        return _rating(body, Domain.INCONSISTENCY, 0, "read study by study; nothing named by the reviewer")
    if len(zones) <= 1:
        return _rating(body, Domain.INCONSISTENCY, 0, "one estimate: cannot be judged, not rated down")
    most = max(zones.count(zone) for zone in set(zones))
    if most >= ONE_SIDED_SHARE * len(zones):
        return _rating(body, Domain.INCONSISTENCY, 0, f"{most} of {len(zones)} estimates lie on one side")
    reason = f"{len(zones)} estimates lie on both sides of the threshold ({', '.join(sorted(set(zones)))})"
    return _rating(body, Domain.INCONSISTENCY, -1, reason)


def rate_indirectness(body: Body) -> Rating:  # noqa: PLR0911 -- one return a rule, in the order of the rules
    """Levels down for indirectness, by the fit of the studies to the claim."""
    if not body.studies:
        return _rating(body, Domain.INDIRECTNESS, None, "no study named; a person must judge")
    if all(study.design in LABORATORY for study in body.studies):
        return _rating(body, Domain.INDIRECTNESS, -2, "only animals or tissue outside the body")
    if any(study.population or study.intervention for study in body.studies):
        return _rate_fit(body)
    words = {study.direct for study in body.studies if study.design not in LABORATORY} - {""}
    if not words:
        return _rating(body, Domain.INDIRECTNESS, None, "fit to the claim not recorded; a person must judge")
    if words == {Match.NO}:
        return _rating(body, Domain.INDIRECTNESS, -2, "no study is direct, not even in part")
    if Match.YES in words:
        return _rating(body, Domain.INDIRECTNESS, 0, "at least one study is direct")
    return _rating(body, Domain.INDIRECTNESS, -1, "no study is wholly direct")


def _rate_fit(body: Body) -> Rating:
    """Indirectness by the matrix of population, intervention and outcome."""
    judged = [study for study in body.studies if study.population or study.intervention]
    if all(study.intervention == Match.NO for study in judged):
        return _rating(body, Domain.INDIRECTNESS, -2, "no study used what is claimed")
    short = [
        part
        for part in ("population", "intervention", "outcome")
        if all(getattr(study, part) in {Match.PARTLY, Match.NO} for study in judged)
    ]
    if short:
        return _rating(body, Domain.INDIRECTNESS, -1, f"{' and '.join(short)} only partly fit the claim in every study")
    return _rating(body, Domain.INDIRECTNESS, 0, "at least one study fits in population, intervention and outcome")


def rate_imprecision(body: Body) -> Rating:
    """Levels down for imprecision: the interval against the threshold first, the sample only for large effects."""
    interval = body.interval
    if interval is None:
        what = "no interval can be made from what is reported" if body.pooled else "nothing is pooled"
        return _rating(body, Domain.IMPRECISION, -1, what)
    shown = f"{interval.low:.3g} to {interval.high:.3g}"
    crossed = [threshold for threshold in interval.thresholds if interval.low < threshold < interval.high]
    if len(crossed) > 1:
        return _rating(body, Domain.IMPRECISION, -2, f"{shown} crosses both thresholds, {_numbers(crossed)}")
    if crossed:
        return _rating(body, Domain.IMPRECISION, -1, f"{shown} crosses {_numbers(crossed)}")
    if interval.relative_risk is None or not _is_large(interval.relative_risk[0]):
        return _rating(body, Domain.IMPRECISION, 0, f"{shown} is clear of {_numbers(interval.thresholds)}")
    return _rate_large_effect(body, interval)


def _rate_large_effect(body: Body, interval: Interval) -> Rating:
    """Imprecision of a clear but large risk ratio: width of the interval, then the optimal information size."""
    estimate, low, high = interval.relative_risk or (1.0, 1.0, 1.0)
    if high / low >= WIDE_RATIO:
        reason = f"large effect, and the limits' ratio {high / low:.1f} is 3 or more"
        return _rating(body, Domain.IMPRECISION, -2, reason)
    needed = optimal_information_size(interval.control_risk, estimate * interval.control_risk)
    enough = interval.participants >= needed
    reason = f"large effect, {interval.participants} people, {needed:.0f} needed"
    return _rating(body, Domain.IMPRECISION, 0 if enough else -1, reason)


def optimal_information_size(control_risk: float, risk: float) -> float:
    """People that a trial of this effect would need, both groups together.

    Parameters
    ----------
    control_risk, risk : float
        Risks without and with the intervention, 0 to 1; a risk above 1 counts as 1.

    Returns
    -------
    float
        Two-sided 5 % test, 80 % power, equal groups (formula of Core GRADE 2, through pmatools); infinite where the
        risks are equal.
    """
    risk = min(risk, 1.0)
    if control_risk == risk:
        return float("inf")
    spread = control_risk * (1 - control_risk) + risk * (1 - risk)
    return 2 * (Z_ALPHA + Z_BETA) ** 2 * spread / (control_risk - risk) ** 2


def rate_publication_bias(body: Body) -> Rating:
    """No level down by rule: that it cannot be tested is no reason; documented unpublished trials are a person's."""
    return _rating(body, Domain.PUBLICATION_BIAS, 0, "undetected; no unpublished trial named by the reviewer")


RATERS: Mapping[Domain, Callable[[Body], Rating]] = {
    Domain.RISK_OF_BIAS: rate_risk_of_bias,
    Domain.INCONSISTENCY: rate_inconsistency,
    Domain.INDIRECTNESS: rate_indirectness,
    Domain.IMPRECISION: rate_imprecision,
    Domain.PUBLICATION_BIAS: rate_publication_bias,
}


def _is_large(relative_risk: float) -> bool:
    """Whether a risk ratio, or its inverse where risk rises, is a reduction beyond `LARGE_REDUCTION`."""
    return min(relative_risk, 1 / relative_risk if relative_risk else 0.0) < 1 - LARGE_REDUCTION


def _rating(body: Body, domain: Domain, levels: int | None, reason: str) -> Rating:
    return Rating(domain=domain, levels=levels, proposed=levels, reason=reason, rests_on=body.ids)


def _share(some: list[StudyEvidence], every: tuple[StudyEvidence, ...]) -> float:
    """Their share of the weight in percent; of the studies where no weights are known."""
    total = sum(study.weight for study in every)
    if total:
        return 100 * sum(study.weight for study in some) / total
    return 100 * len(some) / len(every)


def _listed(ids: list[str]) -> str:
    return ", ".join(ids)


def _numbers(values: tuple[float, ...] | list[float]) -> str:
    return " and ".join(f"{value:g}" for value in values)
