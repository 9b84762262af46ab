"""The evidence of each synthesis: its estimates with limits, what is pooled, and how its studies fit the claim.

Frames of the workbook in, values out.  What it means for a claim is decided in `appraisal`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from review.cells import rows
from review.certainty import TESTABLE_STUDIES, Body, Interval, StudyEvidence
from review.claims import Quantity, parent_id, parse_quantities
from review.errors import CannotPool
from review.risk_of_bias import study_judgements
from review.synthesis import Pooled, Primary, primary_analysis, single_arm_risks
from review.synthesis.small_study import egger_test
from review.verdicts import BETWEEN, ON_CLAIM_SIDE, ON_OTHER_SIDE, Limits, place
from review.vocabulary import Group, HigherIs, Measure, OutcomeKind, SynthesisGroup
from review.workbook import Workbook

#: Fewer studies than this give no diamond for single-arm risks (our convention).
SINGLE_ARM_DIAMOND = 5
#: Two-sided 95 % standard normal quantile.
Z95 = 1.959963984540054

_RATIOS = frozenset({Measure.RR, Measure.OR, Measure.PETO, Measure.ROM, Measure.HR})


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisEvidence:
    """What a synthesis shows.

    Attributes
    ----------
    synthesis_id, claim_id, outcome_id, group, measure : str
        As in the table.
    threshold : float
        The difference that matters, on the measure's own scale; 0 where none is known.
    higher_is : str
        Whether more of the outcome is better or worse.
    every : tuple of Limits
        Each comparison's estimate with its limits as people read them (risks 0 to 1); for a comparison of groups
        without limits of its own, none.
    primary : Primary or None
        The primary analysis of a comparison of groups; None for single groups and what is only shown.
    deciding : tuple of Limits
        What the direction is read from: the pooled estimate where there is one, else every estimate.
    quantity : Quantity or None
        The claim's testable reading on this outcome.
    body : Body
        The evidence as the certainty rules need it.
    """

    synthesis_id: str
    claim_id: str
    outcome_id: str
    group: str
    measure: str
    threshold: float
    higher_is: str
    every: tuple[Limits, ...]
    primary: Primary | None
    deciding: tuple[Limits, ...]
    quantity: Quantity | None
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The workbook's rows by their ids.

    Attributes
    ----------
    claims, outcomes, studies : mapping
        Rows by id.
    study_of : mapping
        The study of each reference key that belongs to one.
    citations : mapping
        Rows by claim and reference key.
    comparisons : mapping
        Arms of each comparison.
    bias : mapping
        Judgements by study and outcome (empty: all of the study's).
    """

    claims: Mapping[str, Any]
    outcomes: Mapping[str, Any]
    studies: Mapping[str, Any]
    study_of: Mapping[str, str]
    citations: Mapping[tuple[str, str], Any]
    comparisons: Mapping[str, pd.DataFrame]
    bias: Mapping[tuple[str, str], Any]


def index_of(book: Workbook) -> Index:
    """The rows of a workbook by their ids.

    Parameters
    ----------
    book : Workbook
        Any.

    Returns
    -------
    Index
        Of a key that stands twice the last row counts; the check names such keys.
    """
    studies = {row.study_id: row for row in rows(book.studies)}
    return Index(
        claims={row.claim_id: row for row in rows(book.claims)},
        outcomes={row.outcome_id: row for row in rows(book.outcomes)},
        studies=studies,
        study_of={key: study.study_id for study in studies.values() for key in study.reference_keys},
        citations={(row.claim_id, row.reference_key): row for row in rows(book.citations)},
        comparisons={str(name): arms for name, arms in book.results.groupby("comparison_id", sort=False)},
        bias={(row.study_id, row.outcome_id): row for row in rows(study_judgements(book.risk_of_bias))},
    )


def synthesis_evidence(book: Workbook, index: Index) -> dict[str, SynthesisEvidence]:
    """The evidence of every synthesis by its id.

    Parameters
    ----------
    book : Workbook
        Syntheses whose comparisons, outcome or claim are not in the tables are left out: the check names them.
    index : Index
        Its rows by id.

    Returns
    -------
    dict
        By `synthesis_id`, in the order of the table.
    """
    found = {}
    for row in rows(book.syntheses):
        known = row.claim_id in index.claims and row.outcome_id in index.outcomes
        arms = [index.comparisons[name] for name in dict.fromkeys(row.include) if name in index.comparisons]
        if known and arms:
            found[row.synthesis_id] = _evidence(row, arms, index)
    return found


def study_in_body(name: str, claim_id: str, index: Index, *, outcome_id: str = "") -> StudyEvidence:
    """A study, or a source that is none, with its risk of bias and its fit to a claim.

    Parameters
    ----------
    name : str
        Study id or reference key.
    claim_id : str
        The claim or part; a part takes its whole claim's citations where it has none of its own.
    index : Index
        The workbook's rows.
    outcome_id : str
        The outcome whose risk of bias is wanted; judgements for all outcomes stand in where it has none.

    Returns
    -------
    StudyEvidence
        Without weight and zone.
    """
    study_id = index.study_of.get(name, name)
    study = index.studies.get(study_id)
    bias = index.bias.get((study_id, outcome_id), index.bias.get((study_id, "")))
    keys = dict.fromkeys((*(study.reference_keys if study is not None else ()), name))
    cited = [
        index.citations[claim, key]
        for claim in dict.fromkeys((claim_id, parent_id(claim_id)))
        for key in keys
        if (claim, key) in index.citations
    ]
    fit = next((row for row in cited if row.population_match or row.intervention_match), next(iter(cited), None))
    return StudyEvidence(
        study_id=study_id,
        design=study.design if study is not None else "",
        bias=bias.final_overall if bias is not None else None,
        bias_if_reported=bias.favourable_overall if bias is not None else None,
        population=fit.population_match if fit is not None else "",
        intervention=fit.intervention_match if fit is not None else "",
        comparator=fit.comparator_match if fit is not None else "",
        outcome=fit.outcome_match if fit is not None else "",
        follow_up=fit.follow_up_match if fit is not None else "",
        direct=fit.direct if fit is not None else "",
    )


def _evidence(row: Any, arms: Sequence[pd.DataFrame], index: Index) -> SynthesisEvidence:
    """The evidence of one synthesis."""
    outcome = index.outcomes[row.outcome_id]
    quantity = _quantity_on(index.claims[row.claim_id].quantity, row.outcome_id)
    both = row.group == SynthesisGroup.BOTH
    primary = _compared(arms, row.measure) if both and row.measure else None
    every = () if both else tuple(limits for frame in arms for limits in _single_limits(frame, row.group, outcome.kind))
    shown = SynthesisEvidence(
        synthesis_id=row.synthesis_id,
        claim_id=row.claim_id,
        outcome_id=row.outcome_id,
        group=row.group,
        measure=row.measure,
        threshold=0.0 if math.isnan(row.threshold) else row.threshold,
        higher_is=outcome.higher_is,
        every=every,
        primary=primary,
        deciding=_deciding(row, arms, every, primary),
        quantity=quantity,
        body=Body(subject=row.synthesis_id, studies=()),
    )
    return replace(shown, body=_body(shown, arms, index))


def _quantity_on(text: str, outcome_id: str) -> Quantity | None:
    try:
        quantities = parse_quantities(text)
    except ValueError:
        # The check names the fault; without a readable quantity there is nothing to test.
        return None
    return next((quantity for quantity in quantities if quantity.outcome_id == outcome_id), None)


def _compared(arms: Sequence[pd.DataFrame], measure: str) -> Primary | None:
    """The primary analysis of comparisons that have what the measure needs."""
    sides = [{group: _one_arm(frame, group) for group in (Group.INTERVENTION, Group.COMPARATOR)} for frame in arms]
    names = ("events", "n") if not math.isnan(_number(sides[0][Group.INTERVENTION], "events")) else ("mean", "sd", "n")
    frame = pd.DataFrame(
        [
            {
                f"{name}_{place}": _number(side[group], name)
                for place, group in ((1, Group.INTERVENTION), (2, Group.COMPARATOR))
                for name in names
            }
            for side in sides
        ]
    )
    if frame.isna().to_numpy().any():
        return None
    try:
        return primary_analysis(frame, measure=measure)
    except CannotPool:
        return None


def _one_arm(frame: pd.DataFrame, group: str) -> Any:
    """The arm of a group in a comparison; the first where there are several."""
    return next((row for row in rows(frame) if row.group == group), None)


def _number(row: Any, name: str) -> float:
    value = getattr(row, name, math.nan)
    return math.nan if pd.isna(value) else float(value)


def _single_limits(frame: pd.DataFrame, group: str, kind: str) -> list[Limits]:
    """The estimates of a group's arms in a comparison, as people read them."""
    wanted = {group, Group.SINGLE} if group == SynthesisGroup.INTERVENTION else {group}
    read = {OutcomeKind.BINARY: _risk, OutcomeKind.CONTINUOUS: _mean, OutcomeKind.TIME: _time}[OutcomeKind(kind)]
    found = [read(row) for row in rows(frame) if row.group in wanted]
    return [limits for limits in found if limits is not None]


def _risk(row: Any) -> Limits | None:
    """A risk from 0 to 1; a percentage without its n has no limits of its own."""
    events, n = _number(row, "events"), _number(row, "n")
    if not math.isnan(events) and n > 0:
        risk = single_arm_risks([events], [n]).studies[0]
        return Limits(name=row.comparison_id, estimate=risk.risk, low=risk.ci_low, high=risk.ci_high, bare=False)
    percent = _number(row, "percent") / 100
    return None if math.isnan(percent) else _bare(row, percent)


def _mean(row: Any) -> Limits | None:
    """A mean with its limits; without n those of a single observation, the widest that any n allows."""
    mean, sd, se, n = (_number(row, name) for name in ("mean", "sd", "se", "n"))
    if math.isnan(mean):
        median = _number(row, "median")
        return None if math.isnan(median) else _bare(row, median)
    error = se if not math.isnan(se) else sd / math.sqrt(n if n > 0 else 1)
    if math.isnan(error):
        return _bare(row, mean)
    return Limits(name=row.comparison_id, estimate=mean, low=mean - Z95 * error, high=mean + Z95 * error, bare=False)


def _time(row: Any) -> Limits | None:
    """A median time, or the mean where no median is given, without limits."""
    median, mean = _number(row, "median"), _number(row, "mean")
    value = mean if math.isnan(median) else median
    return None if math.isnan(value) else _bare(row, value)


def _bare(row: Any, value: float) -> Limits:
    return Limits(name=row.comparison_id, estimate=value, low=value, high=value, bare=True)


def _deciding(
    row: Any,
    arms: Sequence[pd.DataFrame],
    every: tuple[Limits, ...],
    primary: Primary | None,
) -> tuple[Limits, ...]:
    """What the direction is read from: a pooled estimate where one may be drawn, else every estimate."""
    pooled = primary.pooled if primary else None
    if row.group != SynthesisGroup.BOTH and row.measure == Measure.PLO:
        counted = [limits for limits in every if not limits.bare]
        studies = {frame["study_id"].iloc[0] for frame in arms}
        if len(studies) >= SINGLE_ARM_DIAMOND and len(counted) == len(every):
            pooled = _pooled_risk(arms, row.group)
    if pooled is None:
        return every
    return (
        Limits(
            name=row.synthesis_id,
            estimate=pooled.estimate,
            low=pooled.estimate_ci_low,
            high=pooled.estimate_ci_high,
            bare=False,
        ),
    )


def _pooled_risk(arms: Sequence[pd.DataFrame], group: str) -> Any:
    wanted = {group, Group.SINGLE} if group == SynthesisGroup.INTERVENTION else {group}
    counts = [
        {"events": float(row.events), "n": float(row.n)} for frame in arms for row in rows(frame) if row.group in wanted
    ]
    return primary_analysis(pd.DataFrame(counts), measure=Measure.PLO).pooled


def _body(shown: SynthesisEvidence, arms: Sequence[pd.DataFrame], index: Index) -> Body:
    """The studies of a synthesis with weights, zones and the interval that imprecision is judged by."""
    by_study: dict[str, StudyEvidence] = {}
    for place_in_list, frame in enumerate(arms):
        study_id = frame["study_id"].iloc[0]
        known = by_study.get(study_id) or study_in_body(study_id, shown.claim_id, index, outcome_id=shown.outcome_id)
        weight = known.weight + _weight(shown, frame, place_in_list)
        by_study[study_id] = replace(
            known,
            weight=weight,
            zone=known.zone or _zone(shown, place_in_list, arms),
            limits=known.limits or _own_limits(shown, place_in_list, arms),
        )
    pooled = shown.primary.pooled if shown.primary else None
    return Body(
        subject=shown.synthesis_id,
        studies=tuple(by_study.values()),
        absolute=shown.group != SynthesisGroup.BOTH,
        pooled=True,
        interval=_interval(shown, arms),
        i2=pooled.i2 if pooled and pooled.k > 1 else None,
        small_study_p=_small_study_p(pooled) if pooled else None,
    )


def _small_study_p(pooled: Pooled) -> float | None:
    """P of Egger's test, where there are studies enough to test."""
    estimates = [(study.yi, study.vi) for study in pooled.studies if study.yi is not None]
    if len(estimates) < TESTABLE_STUDIES:
        return None
    try:
        return egger_test(pd.DataFrame(estimates, columns=["yi", "vi"]), measure=Measure.GEN).p
    except CannotPool:
        return None


def _weight(shown: SynthesisEvidence, frame: pd.DataFrame, place_in_list: int) -> float:
    """A comparison's share of the pooled effect in percent; without one, its people."""
    if shown.primary and shown.primary.pooled:
        return float(shown.primary.pooled.studies[place_in_list].weight)
    return float(frame["n"].fillna(0).sum())


def _zone(shown: SynthesisEvidence, place_in_list: int, arms: Sequence[pd.DataFrame]) -> str:
    """On which side of the threshold or bounds a comparison's own estimate lies."""
    if shown.quantity:
        name = arms[place_in_list]["comparison_id"].iloc[0]
        own = next((limits for limits in shown.every if limits.name == name), None)
        point = replace(own, low=own.estimate, high=own.estimate) if own else None
        return place(point, shown.quantity) if point else ""
    pooled = shown.primary.pooled if shown.primary else None
    if pooled is None or pooled.studies[place_in_list].yi is None:
        return ""
    yi = float(pooled.studies[place_in_list].yi or 0.0)
    # Differences lie against the same threshold as imprecision; ratios have none but no effect.
    if abs(yi) <= (0.0 if shown.measure in _RATIOS else shown.threshold):
        return BETWEEN
    return ON_CLAIM_SIDE if (yi > 0) == (shown.higher_is == HigherIs.BETTER) else ON_OTHER_SIDE


def _own_limits(
    shown: SynthesisEvidence, place_in_list: int, arms: Sequence[pd.DataFrame]
) -> tuple[float, float] | None:
    """A comparison's own 95 % limits: on the analysis scale, or as people read them in a single group."""
    if shown.group != SynthesisGroup.BOTH:
        name = arms[place_in_list]["comparison_id"].iloc[0]
        own = next((limits for limits in shown.every if limits.name == name and not limits.bare), None)
        return (own.low, own.high) if own else None
    study = shown.primary.pooled.studies[place_in_list] if shown.primary and shown.primary.pooled else None
    if study is None or study.yi is None or study.vi is None:
        return None
    half = Z95 * math.sqrt(study.vi)
    return study.yi - half, study.yi + half


def _interval(shown: SynthesisEvidence, arms: Sequence[pd.DataFrame]) -> Interval | None:
    """The interval that imprecision is judged by, with the thresholds that it should be clear of."""
    limits = [limits for limits in shown.deciding if not limits.bare]
    if not limits or len(limits) < len(shown.deciding):
        return None
    low, high = min(one.low for one in limits), max(one.high for one in limits)
    if shown.quantity:
        # Several intervals without a diamond: the one that crosses most decides, so each is asked by itself.
        worst = max(limits, key=lambda one: _crossed(one, shown.quantity))
        return Interval(low=worst.low, high=worst.high, thresholds=(shown.quantity.stands, shown.quantity.fails))
    null = 1.0 if shown.measure in _RATIOS else 0.0
    thresholds = (null,) if not shown.threshold or null else (-shown.threshold, shown.threshold)
    people = int(sum(frame["n"].fillna(0).sum() for frame in arms))
    both = shown.group == SynthesisGroup.BOTH
    return Interval(
        low=low,
        high=high,
        thresholds=thresholds,
        relative_risk=(limits[0].estimate, low, high) if shown.measure == Measure.RR else None,
        control_risk=_control_risk(arms) if both else math.nan,
        participants=people,
        null=null if both else None,
        more_is_better=shown.higher_is == HigherIs.BETTER,
    )


def _crossed(limits: Limits, quantity: Quantity | None) -> int:
    bounds = (quantity.stands, quantity.fails) if quantity else ()
    return sum(limits.low < bound < limits.high for bound in bounds)


def _control_risk(arms: Sequence[pd.DataFrame]) -> float:
    """Risk in all comparator arms together."""
    controls = [row for frame in arms for row in rows(frame) if row.group == Group.COMPARATOR]
    people = sum(_number(row, "n") for row in controls)
    return sum(_number(row, "events") for row in controls) / people if people else math.nan
