"""A body of evidence as the domain rules need it: the studies of one synthesis, or those that a judgement names."""

from __future__ import annotations

from dataclasses import dataclass

from review.vocabulary import Certainty, Design

#: Where a design starts [grade_start_levels: Core GRADE 4, 2025; uncontrolled series by the older Cochrane table].
START_BY_DESIGN = {
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
LABORATORY = frozenset({Design.ANIMAL, Design.IN_VITRO})

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
    population, intervention, outcome : str
        How it fits the claim: yes, partly, no, unclear, or empty where that was not judged.
    direct : str
        The citation's own word: yes, partly, no, or empty.
    zone : str
        Where its estimate lies: ``claim`` on the claim's side of the threshold or first bound, ``other`` beyond the
        other side or the second bound, ``between``, or empty where it has no estimate.
    """

    study_id: str
    design: str = ""
    weight: float = 0.0
    bias: str | None = None
    bias_if_reported: str | None = None
    population: str = ""
    intervention: str = ""
    outcome: str = ""
    direct: str = ""
    zone: str = ""


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
        Pooled risk without the intervention, 0 to 1.
    participants : int
        How many people it rests on.
    """

    low: float
    high: float
    thresholds: tuple[float, ...]
    relative_risk: tuple[float, float, float] | None = None
    control_risk: float = float("nan")
    participants: int = 0


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
    """

    subject: str
    studies: tuple[StudyEvidence, ...]
    absolute: bool = False
    mechanism: bool = False
    pooled: bool = False
    interval: Interval | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its studies."""
        return tuple(study.study_id for study in self.studies)


def start_level(body: Body) -> tuple[Certainty, str]:
    """Where a body of evidence starts, and why.

    Parameters
    ----------
    body : Body
        Sources that are no studies do not count.

    Returns
    -------
    level : Certainty
        High for absolute risks and times; else the highest level that at least half of the studies reach by design.
    reason : str
        For a reader.
    """
    if body.absolute:
        return Certainty.HIGH, "absolute risks, means and times start High from any design"
    starts = [_start_of(study, mechanism=body.mechanism) for study in body.studies if study.design]
    if not starts:
        return Certainty.VERY_LOW, "no study of people, animals or tissue"
    for level, words in ((Certainty.HIGH, "randomised"), (Certainty.LOW, "controlled or measured in people")):
        ladder = tuple(Certainty)
        reached = sum(ladder.index(start) >= ladder.index(level) for start in starts)
        if reached >= START_SHARE * len(starts):
            return level, f"{reached} of {len(starts)} studies {words}"
    return Certainty.VERY_LOW, f"most of {len(starts)} studies without a comparison group"


def _start_of(study: StudyEvidence, *, mechanism: bool) -> Certainty:
    start = START_BY_DESIGN[Design(study.design)]
    # A measurement of mechanism in people needs no comparison group to be a measurement (our convention).
    return Certainty.LOW if mechanism and start == Certainty.VERY_LOW else start
