"""Indirectness: how the studies fit the claim, part by part of its question.  The same rule in both sets."""

from __future__ import annotations

from review.certainty.body import COMPARED, LABORATORY, Body, StudyEvidence
from review.certainty.levels import Rating
from review.certainty.proposal import proposal
from review.vocabulary import Domain, Match

#: The parts of a question that a study can fit or miss, as people call them.
PARTS = {
    "population": "population",
    "intervention": "intervention",
    "comparator": "comparator",
    "outcome": "outcome",
    "follow_up": "follow-up",
}
#: Matches that fall short; "unclear" does not, nor does what nobody judged.
SHORT = frozenset({Match.PARTLY, Match.NO})


def rate_indirectness(body: Body) -> Rating:  # noqa: PLR0911 -- one return a rule, in the order of the rules
    """Levels down for indirectness, by the fit of the studies to the claim.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    Rating
        By the parts of the question where any study was matched to them, else by the citations' own word.
    """
    if not body.studies:
        return proposal(body, Domain.INDIRECTNESS, None, "no study named; a person must judge")
    if all(study.design in LABORATORY for study in body.studies):
        return proposal(body, Domain.INDIRECTNESS, -2, "only animals or tissue outside the body")
    if judged := matched(body):
        return _rate_parts(body, judged)
    words = {study.direct for study in body.studies if study.design not in LABORATORY} - {""}
    if not words:
        return proposal(body, Domain.INDIRECTNESS, None, "fit to the claim not recorded; a person must judge")
    if words == {Match.NO}:
        return proposal(body, Domain.INDIRECTNESS, -2, "no study is direct, not even in part")
    if Match.YES in words:
        return proposal(body, Domain.INDIRECTNESS, 0, "at least one study is direct")
    return proposal(body, Domain.INDIRECTNESS, -1, "no study is wholly direct")


def matched(body: Body) -> tuple[StudyEvidence, ...]:
    """The studies that were matched to the parts of the claim's question."""
    return tuple(study for study in body.studies if study.population or study.intervention)


def parts_short(body: Body) -> tuple[str, ...]:
    """The parts of the question in which every study falls short of the claim.

    A study without a comparison group starts lower for that and loses nothing again for its comparator; a risk, mean or
    time in a single group, and a measurement of mechanism, need no comparator.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    tuple of str
        Of population, intervention, comparator, outcome and follow-up.

    References
    ----------
    guyatt2025core5, through pmatools: all or almost all of the evidence must differ ("all" is our convention).
    """
    judged = matched(body)
    found = []
    for part, name in PARTS.items():
        asked = judged
        if part == "comparator":
            counts = not (body.absolute or body.mechanism)
            asked = tuple(study for study in judged if study.design in COMPARED) if counts else ()
        if asked and all(getattr(study, part) in SHORT for study in asked):
            found.append(name)
    return tuple(found)


def _rate_parts(body: Body, judged: tuple[StudyEvidence, ...]) -> Rating:
    """Indirectness by the parts of the question."""
    if all(study.intervention == Match.NO for study in judged):
        return proposal(body, Domain.INDIRECTNESS, -2, "no study used what is claimed", rests_on=judged)
    if short := parts_short(body):
        reason = f"{' and '.join(short)} only partly fit the claim in every study"
        return proposal(body, Domain.INDIRECTNESS, -1, reason, rests_on=judged)
    reason = "no part of the question falls short of the claim in every study"
    return proposal(body, Domain.INDIRECTNESS, 0, reason, rests_on=judged)
