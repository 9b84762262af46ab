"""The certainty of a claim's evidence: the rules' proposals with a person's ratings in their place.

The rules stand in `certainty`; here is which body of evidence they are asked about, and by which choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from review.appraisal.choices import PRIMARY, Choices, EvidenceSet
from review.appraisal.desk import Desk
from review.appraisal.direction import WITHOUT_CERTAINTY, Stated, deciding_synthesis
from review.certainty import (
    ALLOWED_LEVELS,
    Body,
    Grade,
    Rating,
    Source,
    StudyEvidence,
    add_up,
    document,
    propose_ratings,
    start_level,
)
from review.certainty.levels import UP_DOMAINS
from review.claims import parent_id
from review.evidence import study_in_body
from review.verdicts import label_of
from review.vocabulary import (
    Certainty,
    Context,
    Direction,
    Documentation,
    Domain,
    Kind,
    Relation,
    SynthesisGroup,
)


def graded(row: Any, stated: Stated, desk: Desk, choices: Choices = PRIMARY) -> tuple[Certainty | None, str, Grade]:
    """The certainty by GRADE, a person's departures included.

    Parameters
    ----------
    row : named tuple
        A row of the claims table.
    stated : Stated
        The direction and what it rests on.
    desk : Desk
        The workbook's.
    choices : Choices
        Those that the ratings depend on.

    Returns
    -------
    level : Certainty or None
        None while a rating needs a person.
    reason : str
        For a reader.
    grade : Grade
        How it adds up; a person's certainty stands beside it.
    """
    subjects = subjects_of(row, stated)
    grade = judged_grade(body_of(row, stated, desk), subjects, desk, choices, stand_in=stand_in_of(row, stated, desk))
    level, why = overruled_certainty(row, subjects, grade.level, desk)
    return level, f"Certainty {level or 'open'}: {grade.reason}" + (f"; {why}" if why else ""), grade


def subjects_of(row: Any, stated: Stated) -> tuple[str, ...]:
    """The ids whose judgements count for a claim, the first that has one winning."""
    return (stated.synthesis.synthesis_id, row.claim_id) if stated.synthesis else (row.claim_id,)


def stand_in_of(row: Any, stated: Stated, desk: Desk) -> str:
    """The synthesis whose judgements stand in where another decides in its place; empty where none does."""
    own = deciding_synthesis(row, desk)
    replaced = own is not None and stated.synthesis is not None and own.synthesis_id != stated.synthesis.synthesis_id
    return own.synthesis_id if own is not None and replaced else ""


def body_of(row: Any, stated: Stated, desk: Desk) -> Body:
    """The evidence that a claim's certainty is rated on."""
    body = stated.synthesis.body if stated.synthesis else _body_of_names(row, stated.rests_on, desk)
    return replace(body, mechanism=row.kind == Kind.MECHANISM)


def judged_grade(
    body: Body, subjects: Sequence[str], desk: Desk, choices: Choices = PRIMARY, *, stand_in: str = ""
) -> Grade:
    """The rules' proposal for a body of evidence with a person's ratings in place of theirs where there are any.

    Parameters
    ----------
    body : Body
        The evidence.
    subjects : sequence of str
        The ids whose judgements count, the first that has one winning.
    desk : Desk
        The workbook's.
    choices : Choices
        Those that the ratings depend on.
    stand_in : str
        A subject whose judgements count only in domains that no rule can rate and nobody has rated.

    Returns
    -------
    Grade
        Without a level while a rating needs a person.
    """
    rules = choices.rules or desk.book.settings.rule_set
    if choices.favourable:
        read = (replace(study, bias=study.bias_if_reported) for study in body.studies)
        body = replace(body, studies=tuple(read))
    start, start_reason = start_level(body, rules)
    ratings = [_judged_rating(rating, subjects, desk, choices) for rating in propose_ratings(body, rules)]
    ratings = [_judged_rating(one, (stand_in,), desk, choices) if one.levels is None else one for one in ratings]
    for domain in UP_DOMAINS:
        person = _first(subjects, domain, desk)
        if person is not None:
            ratings.append(_persons_rating(Rating(domain=domain, levels=0, proposed=0, reason=""), person, desk))
    return with_indirectness(add_up(start, start_reason, tuple(ratings)), choices.indirectness)


def with_indirectness(grade: Grade, levels: int) -> Grade:
    """The grade with so many levels added to indirectness, which stays within what GRADE allows."""
    if not levels:
        return grade
    allowed = ALLOWED_LEVELS[Domain.INDIRECTNESS]
    ratings = tuple(
        replace(rating, levels=min(max(rating.levels + levels, min(allowed)), max(allowed)))
        if rating.domain == Domain.INDIRECTNESS and rating.levels is not None
        else rating
        for rating in grade.ratings
    )
    return add_up(grade.start, grade.start_reason, ratings)


def _judged_rating(rating: Rating, subjects: Sequence[str], desk: Desk, choices: Choices) -> Rating:
    person = _first(subjects, rating.domain, desk)
    by_rule = rating.domain == Domain.RISK_OF_BIAS and EvidenceSet.LOWER_BIAS in choices.sets
    if person is None or by_rule or (choices.proposals and rating.levels is not None):
        return rating
    return _persons_rating(rating, person, desk)


def _persons_rating(rating: Rating, person: Any, desk: Desk) -> Rating:
    """A person's rating beside what was proposed; an unreadable value leaves the proposal, and the check names it."""
    if not re.fullmatch(r"[+-]?\d", person.value):
        return rating
    return replace(
        rating,
        levels=int(person.value),
        reason=person.reason,
        rests_on=desk.named(person.reason) or rating.rests_on,
        by=person.reviewer,
    )


def _first(subjects: Sequence[str], domain: str, desk: Desk) -> Any:
    return next((desk.judged[subject, domain] for subject in subjects if (subject, domain) in desk.judged), None)


def overruled(subject: str, domain: Domain, value: Any, *, words: Any, desk: Desk) -> tuple[Any, str]:
    """The value, or a person's in its place with the reason."""
    person = desk.judged.get((subject, domain))
    if person is None or person.value not in list(words):
        return value, ""
    return words(person.value), f"{domain} judged {person.value} instead of {value or 'open'}: {person.reason}"


def overruled_certainty(
    row: Any, subjects: Sequence[str], level: Certainty | None, desk: Desk
) -> tuple[Certainty | None, str]:
    """The level, or what a person judged of the claim, else of its synthesis, and why."""
    for subject in (row.claim_id, *subjects):
        judged, why = overruled(subject, Domain.CERTAINTY, level, words=Certainty, desk=desk)
        if why:
            return judged, why
    return level, ""


def _body_of_names(row: Any, names: Sequence[str], desk: Desk) -> Body:
    """The studies that a person's reason names, those of named syntheses included, as a body of evidence."""
    shown = [desk.syntheses[name] for name in names if name in desk.syntheses]
    studies: dict[str, StudyEvidence] = {}
    for synthesis in shown:
        for study in synthesis.body.studies:
            known = study_in_body(study.study_id, row.claim_id, desk.index, outcome_id=synthesis.outcome_id)
            studies.setdefault(study.study_id, known)
    for name in names:
        if name in desk.book.references or name in desk.index.studies:
            study = study_in_body(name, row.claim_id, desk.index)
            studies.setdefault(study.study_id, study)
    weighed = (replace(study, weight=_people(study.study_id, desk)) for study in studies.values())
    absolute = any(synthesis.group != SynthesisGroup.BOTH for synthesis in shown)
    return Body(subject=row.claim_id, studies=tuple(weighed), absolute=absolute)


def _people(study_id: str, desk: Desk) -> float:
    study = desk.index.studies.get(study_id)
    return 0.0 if study is None or pd.isna(study.n_enrolled) else float(study.n_enrolled)


def documented(row: Any, stated: Stated, desk: Desk, choices: Choices = PRIMARY) -> tuple[Documentation | None, str]:
    """The place on the documentation scale, a person's departure included, and the reason."""
    scale, why = document([source for source in sources_of(row, stated, desk) if source.work != choices.without])
    if stated.direction == Direction.INCONCLUSIVE and scale != Documentation.CONFLICTING:
        # How well the sources document a fact is no question where they do not settle it.
        scale, why = None, f"{why}, which do not settle it"
    scale, departed = overruled(row.claim_id, Domain.CERTAINTY, scale, words=Documentation, desk=desk)
    return scale, f"{scale or 'Documentation open'}: {why}" + (f"; {departed}" if departed else "")


def sources_of(row: Any, stated: Stated, desk: Desk) -> tuple[Source, ...]:
    """What a direction rests on, as sources for a fact."""
    sources = []
    for name in stated.rests_on:
        citation = desk.index.citations.get((row.claim_id, name)) or desk.index.citations.get(
            (parent_id(row.claim_id), name)
        )
        if name in desk.book.references or name in desk.index.studies:
            sources.append(_source(name, citation, stated.direction, desk))
    return tuple(sources)


def _source(name: str, citation: Any, direction: Direction, desk: Desk) -> Source:
    """A named reference as a source; one that only qualifies speaks for what the direction says."""
    study_id = desk.index.study_of.get(name, name)
    study = desk.index.studies.get(study_id)
    relation = citation.relation if citation is not None else Relation.QUALIFIES
    if relation not in {Relation.SUPPORTS, Relation.CONTRADICTS}:
        relation = Relation.CONTRADICTS if direction == Direction.CONTRADICTS else Relation.SUPPORTS
    family = sorted({study_id, *(study.overlaps_with if study is not None else ())})
    official = study is not None or desk.contexts.get(name) == Context.REGULATORY
    return Source(reference_key=name, relation=relation, official=official, work=family[0])


def departures(grade: Grade | None) -> Iterator[str]:
    """A sentence for each domain in which a person departed from the rules' proposal."""
    for rating in grade.ratings if grade else ():
        if rating.by and rating.proposed is not None and rating.levels != rating.proposed:
            yield f"{rating.domain} judged {rating.levels:+d} where the rules propose {rating.proposed:+d}"


def if_reported(row: Any, stated: Stated, grade: Grade | None, desk: Desk) -> Iterator[str]:
    """What the label would be with missing reporting read favourably, where that differs."""
    if grade is None or stated.direction in WITHOUT_CERTAINTY:
        return
    bias = next(rating for rating in grade.ratings if rating.domain == Domain.RISK_OF_BIAS)
    if bias.by or not bias.levels:
        return
    again = judged_grade(body_of(row, stated, desk), subjects_of(row, stated), desk, Choices(favourable=True))
    wording = desk.wording.get(row.claim_id, 0)
    before, after = (label_of(stated.direction, one.level, wording=wording) for one in (grade, again))
    if before != after:
        yield f"with what is not reported read as favourable: {after}"
