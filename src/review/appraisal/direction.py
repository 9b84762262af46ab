"""The direction of the evidence on a claim: a person's, a synthesis's, or the state of the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.appraisal.choices import PRIMARY, Choices
from review.appraisal.desk import Desk
from review.appraisal.variants import evidence_under
from review.cells import rows
from review.certainty import Body
from review.claims import is_part, parent_id
from review.evidence import SynthesisEvidence
from review.verdicts import Limits, direction_of_comparison, direction_of_quantity
from review.vocabulary import (
    Answer,
    Direction,
    Domain,
    HigherIs,
    Match,
    Measure,
    QuantityMeasure,
    Relation,
    SynthesisGroup,
)

#: Measures whose value for no effect is 1.
RATIOS = frozenset({Measure.RR, Measure.OR, Measure.PETO, Measure.ROM, Measure.HR})

#: A search for more claims than this says nothing of one of them in particular (our convention).
OWN_SEARCH_CLAIMS = 5

#: Directions that say that there is nothing to be certain of.
WITHOUT_CERTAINTY = frozenset(
    {Direction.NONE_FOUND, Direction.NOT_SEARCHED, Direction.NOT_TESTABLE, Direction.NOT_JUDGED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A direction with its reason.

    Attributes
    ----------
    direction : Direction
        Of the evidence against the claim as worded.
    reason : str
        Why, for a reader.
    rests_on : tuple of str
        Ids of references, studies, syntheses and searches.
    synthesis : SynthesisEvidence or None
        The synthesis that it was read from; None where a person or the state of the search gave it.
    judged : bool
        Whether a person gave it.
    """

    direction: Direction
    reason: str
    rests_on: tuple[str, ...] = ()
    synthesis: SynthesisEvidence | None = None
    judged: bool = False


def stated_direction(row: Any, desk: Desk, choices: Choices = PRIMARY) -> Stated:
    """The direction on a claim or part.

    Parameters
    ----------
    row : named tuple
        A row of the claims table.
    desk : Desk
        The workbook's.
    choices : Choices
        Under which a synthesis is read; a person's direction, and the state of a search, stand under all of them.

    Returns
    -------
    Stated
        A person's direction, else the deciding synthesis's, else the state of the search.
    """
    person = desk.judged.get((row.claim_id, Domain.DIRECTION))
    if person is not None and person.value in list(Direction):
        names = desk.named(person.reason)
        return Stated(direction=Direction(person.value), reason=person.reason, rests_on=names, judged=True)
    if row.checkable == Answer.NO:
        return Stated(direction=Direction.NOT_TESTABLE, reason="No observation could decide it")
    deciding = desk.syntheses.get(choices.synthesis) or deciding_synthesis(row, desk)
    if deciding is not None:
        return _computed_direction(evidence_under(deciding, desk, choices), desk)
    return _search_state(row, desk)


def deciding_synthesis(row: Any, desk: Desk) -> SynthesisEvidence | None:
    """The claim's own deciding synthesis; a main part has its whole claim's as well."""
    own = desk.deciding.get(row.claim_id)
    return desk.deciding.get(parent_id(row.claim_id)) if own is None and row.main == Answer.YES else own


def _computed_direction(shown: SynthesisEvidence, desk: Desk) -> Stated:
    """What a deciding synthesis says to its claim."""
    ids = (shown.synthesis_id, *shown.body.ids)
    outcome = desk.index.outcomes[shown.outcome_id]
    if shown.quantity is not None and shown.group != SynthesisGroup.BOTH:
        direction = direction_of_quantity(shown.deciding, shown.quantity)
        return Stated(direction=direction, reason=_tested(shown, outcome), rests_on=ids, synthesis=shown)
    if shown.group != SynthesisGroup.BOTH or not shown.primary or not shown.primary.pooled:
        reason = f"{shown.synthesis_id} gives no estimate that a direction can be read from"
        return Stated(direction=Direction.INCONCLUSIVE, reason=reason, rests_on=ids, synthesis=shown)
    direction = direction_of_comparison(
        shown.deciding[0],
        null=1.0 if shown.measure in RATIOS else 0.0,
        threshold=shown.threshold,
        higher_is_claimed=shown.higher_is == HigherIs.BETTER,
    )
    reason = f"{outcome.name}: {shown.measure} {_limits_in_words(shown.deciding[0], 1)} ({shown.synthesis_id})"
    if direction == Direction.SUPPORTS and _fits_partly(shown.body):
        direction = Direction.PARTLY_SUPPORTS
        reason += "; population or intervention fit only partly in every study"
    return Stated(direction=direction, reason=reason, rests_on=ids, synthesis=shown)


def _tested(shown: SynthesisEvidence, outcome: Any) -> str:
    """Estimates of a quantity beside the claim's two bounds, in the unit that people read."""
    quantity = shown.quantity
    if quantity is None:
        return ""
    risk = quantity.measure == QuantityMeasure.RISK
    scale, unit = (100, "in 100") if risk else (1, outcome.unit)
    numbers = "; ".join(_limits_in_words(limits, scale) for limits in shown.deciding) or "no estimate"
    stands = f"{_SIGNS_IN_WORDS[quantity.stands_if]} {scale * quantity.stands:g}"
    fails = f"{_SIGNS_IN_WORDS[quantity.fails_if]} {scale * quantity.fails:g}"
    words = f"{outcome.name}{f' ({unit})' if unit else ''}: {numbers} ({shown.synthesis_id})"
    return f"{words}; the claim stands {stands} and fails {fails}"


_SIGNS_IN_WORDS: Mapping[str, str] = {"<": "below", "<=": "at most at", ">": "above", ">=": "from"}


def _limits_in_words(limits: Limits, scale: float) -> str:
    """An estimate with its limits, as short as can be read."""
    low, mid, high = (f"{scale * value:.3g}" for value in (limits.low, limits.estimate, limits.high))
    return f"{limits.name} {mid} (no interval)" if limits.bare else f"{limits.name} {mid} ({low} to {high})"


def _fits_partly(body: Body) -> bool:
    """Whether population, or intervention, fit only partly in every study."""
    short = {Match.PARTLY, Match.NO}
    return bool(body.studies) and any(
        all(getattr(study, part) in short for study in body.studies) for part in ("population", "intervention")
    )


def _search_state(row: Any, desk: Desk) -> Stated:
    """The state of a claim that nobody judged: evidence on file, none found, or not searched."""
    searches = [search for search in rows(desk.book.searches) if row.claim_id in search.claim_ids]
    names = tuple(search.search_id for search in searches)
    claims = {row.claim_id} if is_part(row.claim_id) and searches else {row.claim_id, parent_id(row.claim_id)}
    evidence = [
        key
        for (claim, key), citation in desk.index.citations.items()
        if claim in claims and citation.relation != Relation.BACKGROUND
    ]
    if evidence:
        reason = f"{len(evidence)} citations are on file; a person must judge their direction"
        return Stated(direction=Direction.NOT_JUDGED, reason=reason, rests_on=tuple(evidence))
    if searches:
        own = [search for search in searches if len(search.claim_ids) <= OWN_SEARCH_CLAIMS]
        notes = "; ".join(search.note for search in own if search.note)
        reason = notes or f"Nothing was found on it ({', '.join(names)})"
        return Stated(direction=Direction.NONE_FOUND, reason=reason, rests_on=names)
    return Stated(direction=Direction.NOT_SEARCHED, reason="No search is recorded and nothing is cited")
