"""A body of evidence as the domain rules need it: the studies of one synthesis, or those that a judgement names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.vocabulary import Certainty, Design, RuleSet

#: Where a design starts by Core GRADE [guyatt2025core4; uncontrolled series by schunemann2011, table 12.2.a].
CORE_STARTS: Mapping[Design, Certainty] = {
    Design.RCT: Certainty.HIGH,
    Design.SPLIT_BODY_RCT: Certainty.HIGH,
    # Counts of several randomised trials added up, arm against arm.
    Design.POOLED_TRIALS: Certainty.HIGH,
    Design.NONRANDOMISED_TRIAL: Certainty.LOW,
    Design.COHORT: Certainty.LOW,
    Design.CROSS_SECTIONAL: Certainty.VERY_LOW,
    Design.BEFORE_AFTER: Certainty.VERY_LOW,
    Design.CASE_SERIES: Certainty.VERY_LOW,
    Design.CASE_REPORT: Certainty.VERY_LOW,
    Design.OUTBREAK_REPORT: Certainty.VERY_LOW,
    # No direct evidence for people: they start as other non-randomised studies and are rated down for indirectness.
    Design.ANIMAL: Certainty.LOW,
    Design.IN_VITRO: Certainty.LOW,
}
#: The series of 2011 starts every observational study at Low, a change from before to after named among them
#: [guyatt2011up]; series and reports of cases stay at Very low [schunemann2011, table 12.2.a].
CLASSIC_STARTS: Mapping[Design, Certainty] = {
    **CORE_STARTS,
    Design.BEFORE_AFTER: Certainty.LOW,
    Design.CROSS_SECTIONAL: Certainty.LOW,
}
STARTS: Mapping[RuleSet, Mapping[Design, Certainty]] = {RuleSet.CORE: CORE_STARTS, RuleSet.CLASSIC: CLASSIC_STARTS}
LABORATORY = frozenset({Design.ANIMAL, Design.IN_VITRO})
#: Designs that compare groups of people; the others show how people fared, not what made the difference.
COMPARED = frozenset(
    {Design.RCT, Design.SPLIT_BODY_RCT, Design.POOLED_TRIALS, Design.NONRANDOMISED_TRIAL, Design.COHORT}
)

#: Words for a start at Low and at Very low.
_LOW_WORDS: Mapping[RuleSet, str] = {
    RuleSet.CORE: "controlled or measured in people",
    RuleSet.CLASSIC: "observational",
}
_VERY_LOW_WORDS: Mapping[RuleSet, str] = {
    RuleSet.CORE: "without a comparison group",
    RuleSet.CLASSIC: "series or reports of cases",
}

#: The share of studies that must reach a start level for the body to start there (our convention: half or more).
START_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEvidence:
    """What one study brings to a body of evidence.

    Attributes
    ----------
    study_id : str
        The study; a reference key where a source is no study.
    design : str
        A `Design`, or empty for a source that is no study.
    weight : float
        Its share of the information in percent: of the pooled effect, else of the participants.
    bias : str or None
        Overall risk of bias (Low, Some concerns, High), None where it was not assessed.
    bias_if_reported : str or None
        The same with every "no information" read favourably.
    population, intervention, comparator, outcome, follow_up : str
        How it fits the claim: yes, partly, no, unclear, or empty where that was not judged.
    direct : str
        The citation's own word: yes, partly, no, or empty.
    zone : str
        Where its estimate lies: ``claim`` on the claim's side of the threshold or first bound, ``other`` beyond the
        other side or the second bound, ``between``, or empty where it has no estimate.
    limits : tuple of float or None
        95 % limits of its own estimate, all studies on one scale; None where it has none.
    """

    study_id: str
    design: str = ""
    weight: float = 0.0
    bias: str | None = None
    bias_if_reported: str | None = None
    population: str = ""
    intervention: str = ""
    comparator: str = ""
    outcome: str = ""
    follow_up: str = ""
    direct: str = ""
    zone: str = ""
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The interval that imprecision is judged by.

    Attributes
    ----------
    low, high : float
        Its limits, on the scale of `thresholds`.
    thresholds : tuple of float
        What it should be clear of: the null or the important difference on both sides, or the claim's bounds.
    relative_risk : tuple of float or None
        Estimate, lower and upper limit of a risk ratio; None for other measures.
    control_risk : float
        Pooled risk without the intervention, 0 to 1; not a number where the outcome is no event.
    participants : int
        How many people it rests on.
    null : float or None
        The value of no effect: 1 for ratios, 0 for differences; None for a single group.
    more_is_better : bool
        Whether a benefit is a rise of the outcome; else it is a fall.
    """

    low: float
    high: float
    thresholds: tuple[float, ...]
    relative_risk: tuple[float, float, float] | None = None
    control_risk: float = float("nan")
    participants: int = 0
    null: float | None = None
    more_is_better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of evidence.

    Attributes
    ----------
    subject : str
        The synthesis, claim or part that it is for.
    studies : tuple of StudyEvidence
        What it consists of.
    absolute : bool
        Whether it is about absolute risks, means or times in single groups, which start High from any design
        [iorio2015, GRADE for prognosis].
    mechanism : bool
        Whether it is about how something works in tissue, where a measurement in people is direct.
    pooled : bool
        Whether there is an estimate of a synthesis; else a person read the studies one by one.
    interval : Interval or None
        None where no interval could be made.
    i2 : float or None
        I² of the pooled studies in percent; None where fewer than two are pooled.
    small_study_p : float or None
        P of a test of funnel plot asymmetry; None where none was made.
    """

    subject: str
    studies: tuple[StudyEvidence, ...]
    absolute: bool = False
    mechanism: bool = False
    pooled: bool = False
    interval: Interval | None = None
    i2: float | None = None
    small_study_p: float | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its studies."""
        return tuple(study.study_id for study in self.studies)


def start_level(body: Body, rules: RuleSet = RuleSet.CORE) -> tuple[Certainty, str]:
    """Where a body of evidence starts, and why.

    Parameters
    ----------
    body : Body
        Sources that are no studies do not count.
    rules : RuleSet
        Core GRADE, or the series of 2011, which starts a change from before to after and a survey at Low.

    Returns
    -------
    level : Certainty
        High for absolute risks and times; else the highest level that at least half of the studies reach by design.
    reason : str
        For a reader.
    """
    if body.absolute:
        return Certainty.HIGH, "absolute risks, means and times start High from any design"
    starts = [_start_of(study, rules, mechanism=body.mechanism) for study in body.studies if study.design]
    if not starts:
        return Certainty.VERY_LOW, "no study of people, animals or tissue"
    ladder = tuple(Certainty)
    for level, words in ((Certainty.HIGH, "randomised"), (Certainty.LOW, _LOW_WORDS[rules])):
        reached = sum(ladder.index(start) >= ladder.index(level) for start in starts)
        if reached >= START_SHARE * len(starts):
            return level, f"{reached} of {len(starts)} studies {words}"
    return Certainty.VERY_LOW, f"most of {len(starts)} studies {_VERY_LOW_WORDS[rules]}"


def _start_of(study: StudyEvidence, rules: RuleSet, *, mechanism: bool) -> Certainty:
    start = STARTS[rules][Design(study.design)]
    # A measurement of mechanism in people needs no comparison group to be a measurement (our convention).
    return Certainty.LOW if mechanism and start == Certainty.VERY_LOW else start
