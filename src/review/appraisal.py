"""From a checked workbook to a verdict on each claim: direction, certainty, label, reason and what they rest on.

The rules of certainty and of labels stand in `certainty` and `verdicts`; here is which evidence belongs to which claim,
and where a person's judgement takes the place of a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from review.cells import rows
from review.certainty import (
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
from review.claims import ids_in, is_part, parent_id
from review.cues import claim_wording
from review.evidence import Index, SynthesisEvidence, index_of, study_in_body, synthesis_evidence
from review.verdicts import Limits, direction_of_comparison, direction_of_quantity, label_of
from review.vocabulary import (
    CONSENSUS,
    DOCUMENTED_KINDS,
    Answer,
    Certainty,
    Context,
    Direction,
    Documentation,
    Domain,
    HigherIs,
    Kind,
    Match,
    Measure,
    QuantityMeasure,
    Reading,
    Relation,
    Role,
    SynthesisGroup,
    VerdictLabel,
)
from review.workbook import Workbook

_RATIOS = frozenset({Measure.RR, Measure.OR, Measure.PETO, Measure.ROM, Measure.HR})


#: Columns of the frame that `appraise` gives.
VERDICT_COLUMNS = ("claim_id", "direction", "certainty", "label", "reason", "rests_on", "flags")


#: A search for more claims than this says nothing of one of them in particular (our convention).
OWN_SEARCH_CLAIMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Our verdict on a claim or part as worded.

    Attributes
    ----------
    claim_id : str
        The claim or part.
    direction : Direction
        Which way the evidence points.
    certainty : Certainty or Documentation or None
        How sure that is; None where there is nothing to rate or a rating needs a person.
    label : VerdictLabel
        By the table of docs/methods.md.
    reason : str
        Why, for a reader: the direction's reason, then the certainty's.
    rests_on : tuple of str
        Ids of references, studies, syntheses and searches.
    flags : tuple of str
        What stands beside the verdict, each a short sentence.
    grade : Grade or None
        How the certainty adds up; None on the documentation scale.
    judged : bool
        Whether a person gave the direction.
    """

    claim_id: str
    direction: Direction
    certainty: Certainty | Documentation | None
    label: VerdictLabel
    reason: str
    rests_on: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    grade: Grade | None = None
    judged: bool = False


def appraise(book: Workbook) -> pd.DataFrame:
    """The verdict on every claim and part.

    Parameters
    ----------
    book : Workbook
        Without errors; what its check calls an error is passed over here as far as it goes.

    Returns
    -------
    DataFrame
        One row a claim or part in the order of the table: claim_id, direction, certainty, label, reason (str; certainty
        is empty where there is none), rests_on and flags (tuples of str).

    Raises
    ------
    InvalidInput
        If the risk-of-bias answers break a rule of their tool.
    """
    found = [
        {
            "claim_id": verdict.claim_id,
            "direction": str(verdict.direction),
            "certainty": str(verdict.certainty or ""),
            "label": str(verdict.label),
            "reason": verdict.reason,
            "rests_on": verdict.rests_on,
            "flags": verdict.flags,
        }
        for verdict in verdicts(book)
    ]
    return pd.DataFrame(found, columns=list(VERDICT_COLUMNS), dtype="object")


def verdicts(book: Workbook) -> tuple[Verdict, ...]:
    """The verdicts with all that they rest on, in the order of the claims table.

    Parameters
    ----------
    book : Workbook
        As for `appraise`.

    Returns
    -------
    tuple of Verdict
        One for each claim and part.
    """
    desk = _Desk.of(book)
    found = {row.claim_id: _verdict(row, desk) for row in rows(book.claims)}
    # A whole claim with a main part takes that part's verdict.
    for row in rows(book.claims):
        main = found.get(row.claim_id)
        whole = parent_id(row.claim_id)
        if row.main == Answer.YES and main and whole in found:
            flags = (*_standing_flags(desk.index.claims[whole], desk), f"by its main part {row.claim_id}")
            own = tuple(flag for flag in main.flags if flag not in flags)
            found[whole] = replace(main, claim_id=whole, flags=(*flags, *own))
    return tuple(found.values())


def synthesis_grades(book: Workbook) -> dict[str, Grade]:
    """The certainty of every synthesis by itself.

    Parameters
    ----------
    book : Workbook
        As for `appraise`.

    Returns
    -------
    dict
        By `synthesis_id`; without a level where a person has not judged a domain that the rules cannot.
    """
    desk = _Desk.of(book)
    return {name: _judged_grade(shown.body, (name,), desk) for name, shown in desk.syntheses.items()}


def final_judgements(judgements: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """The judgement that counts for each subject and domain.

    Parameters
    ----------
    judgements : DataFrame
        The judgements table.

    Returns
    -------
    dict
        Row by subject and domain: that of ``consensus``, or the only one; none where reviewers stand side by side.
    """
    by_subject: dict[tuple[str, str], list[Any]] = {}
    for row in rows(judgements):
        by_subject.setdefault((row.subject, row.domain), []).append(row)
    final = {}
    for key, given in by_subject.items():
        agreed = [row for row in given if row.reviewer == CONSENSUS]
        if agreed or len(given) == 1:
            final[key] = (agreed or given)[0]
    return final


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Everything that a verdict is made from, looked up once."""

    book: Workbook
    index: Index
    judged: Mapping[tuple[str, str], Any]
    syntheses: Mapping[str, SynthesisEvidence]
    deciding: Mapping[str, SynthesisEvidence]
    wording: Mapping[str, int]
    contexts: Mapping[str, str]
    known: frozenset[str]

    @staticmethod
    def of(book: Workbook) -> _Desk:
        index = index_of(book)
        shown = synthesis_evidence(book, index)
        roles = dict(zip(book.syntheses["synthesis_id"], book.syntheses["role"], strict=True))
        wording = claim_wording(book.claims, book.texts)
        notes = book.reference_notes
        searches = frozenset(book.searches["search_id"])
        return _Desk(
            book=book,
            index=index,
            judged=final_judgements(book.judgements),
            syntheses=shown,
            deciding={one.claim_id: one for name, one in shown.items() if roles[name] == Role.DECIDING},
            wording=dict(zip(wording["claim_id"], wording["level"], strict=True)),
            contexts=dict(zip(notes["reference_key"], notes["context"], strict=True)),
            known=frozenset(book.references) | frozenset(index.studies) | frozenset(shown) | searches,
        )

    def named(self, text: str) -> tuple[str, ...]:
        """The known ids that a reason names, in its order."""
        return tuple(dict.fromkeys(word for word in ids_in(text) if word in self.known))


def _verdict(row: Any, desk: _Desk) -> Verdict:
    """The verdict on one row of the claims table by its own evidence."""
    stated = _stated_direction(row, desk)
    certainty: Certainty | Documentation | None
    grade: Grade | None = None
    if row.kind in DOCUMENTED_KINDS:
        certainty, why = _documented(row, stated, desk)
    else:
        certainty, why, grade = _graded(row, stated, desk)
    if stated.direction in _WITHOUT_CERTAINTY:
        certainty, why, grade = None, "", None
    label = label_of(stated.direction, certainty, wording=desk.wording.get(row.claim_id, 0))
    label, label_why = _overruled(row.claim_id, Domain.VERDICT, label, words=VerdictLabel, desk=desk)
    flags = (*_standing_flags(row, desk), *_departures(grade), *_if_reported(row, stated, grade, desk))
    return Verdict(
        claim_id=row.claim_id,
        direction=stated.direction,
        certainty=certainty,
        label=label,
        reason=" ".join(filter(None, (_sentence(stated.reason), _sentence(why), _sentence(label_why)))),
        rests_on=stated.rests_on,
        flags=flags,
        grade=grade,
        judged=stated.judged,
    )


#: Directions that say that there is nothing to be certain of.
_WITHOUT_CERTAINTY = frozenset(
    {Direction.NONE_FOUND, Direction.NOT_SEARCHED, Direction.NOT_TESTABLE, Direction.NOT_JUDGED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A direction with its reason."""

    direction: Direction
    reason: str
    rests_on: tuple[str, ...] = ()
    synthesis: SynthesisEvidence | None = None
    judged: bool = False


def _stated_direction(row: Any, desk: _Desk) -> _Stated:
    """The direction: a person's, else the deciding synthesis's, else the state of the search."""
    deciding = _deciding_synthesis(row, desk)
    person = desk.judged.get((row.claim_id, Domain.DIRECTION))
    if person is not None and person.value in list(Direction):
        names = desk.named(person.reason)
        return _Stated(direction=Direction(person.value), reason=person.reason, rests_on=names, judged=True)
    if row.checkable == Answer.NO:
        return _Stated(direction=Direction.NOT_TESTABLE, reason="No observation could decide it")
    if deciding is not None:
        return _computed_direction(deciding, desk)
    return _search_state(row, desk)


def _deciding_synthesis(row: Any, desk: _Desk) -> SynthesisEvidence | None:
    """The claim's own deciding synthesis; a main part has its whole claim's as well."""
    own = desk.deciding.get(row.claim_id)
    return desk.deciding.get(parent_id(row.claim_id)) if own is None and row.main == Answer.YES else own


def _computed_direction(shown: SynthesisEvidence, desk: _Desk) -> _Stated:
    """What a deciding synthesis says to its claim."""
    ids = (shown.synthesis_id, *shown.body.ids)
    outcome = desk.index.outcomes[shown.outcome_id]
    if shown.quantity is not None and shown.group != SynthesisGroup.BOTH:
        direction = direction_of_quantity(shown.deciding, shown.quantity)
        return _Stated(direction=direction, reason=_tested(shown, outcome), rests_on=ids, synthesis=shown)
    if shown.group != SynthesisGroup.BOTH or not shown.primary or not shown.primary.pooled:
        reason = f"{shown.synthesis_id} gives no estimate that a direction can be read from"
        return _Stated(direction=Direction.INCONCLUSIVE, reason=reason, rests_on=ids, synthesis=shown)
    direction = direction_of_comparison(
        shown.deciding[0],
        null=1.0 if shown.measure in _RATIOS else 0.0,
        threshold=shown.threshold,
        higher_is_claimed=shown.higher_is == HigherIs.BETTER,
    )
    reason = f"{outcome.name}: {shown.measure} {_limits_in_words(shown.deciding[0], 1)} ({shown.synthesis_id})"
    if direction == Direction.SUPPORTS and _fits_partly(shown.body):
        direction = Direction.PARTLY_SUPPORTS
        reason += "; population or intervention fit only partly in every study"
    return _Stated(direction=direction, reason=reason, rests_on=ids, synthesis=shown)


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


def _search_state(row: Any, desk: _Desk) -> _Stated:
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
        return _Stated(direction=Direction.NOT_JUDGED, reason=reason, rests_on=tuple(evidence))
    if searches:
        own = [search for search in searches if len(search.claim_ids) <= OWN_SEARCH_CLAIMS]
        notes = "; ".join(search.note for search in own if search.note)
        reason = notes or f"Nothing was found on it ({', '.join(names)})"
        return _Stated(direction=Direction.NONE_FOUND, reason=reason, rests_on=names)
    return _Stated(direction=Direction.NOT_SEARCHED, reason="No search is recorded and nothing is cited")


def _graded(row: Any, stated: _Stated, desk: _Desk) -> tuple[Certainty | None, str, Grade | None]:
    """The certainty by GRADE, a person's departures included."""
    shown = stated.synthesis
    subjects = (shown.synthesis_id, row.claim_id) if shown else (row.claim_id,)
    body = shown.body if shown else _body_of_names(row, stated.rests_on, desk)
    grade = _judged_grade(replace(body, mechanism=row.kind == Kind.MECHANISM), subjects, desk)
    proposed: Certainty | None = grade.level
    level, why = proposed, ""
    for subject in subjects:
        level, why = _overruled(subject, Domain.CERTAINTY, level, words=Certainty, desk=desk)
    return level, f"Certainty {level or 'open'}: {grade.reason}" + (f"; {why}" if why else ""), grade


def _judged_grade(body: Body, subjects: Sequence[str], desk: _Desk) -> Grade:
    """The proposal for a body of evidence with a person's ratings in place of the rules' where there are any."""
    start, start_reason = start_level(body)
    ratings = [_judged_rating(rating, subjects, desk) for rating in propose_ratings(body)]
    for domain in UP_DOMAINS:
        person = _first(subjects, domain, desk)
        if person is not None:
            ratings.append(_persons_rating(Rating(domain=domain, levels=0, proposed=0, reason=""), person, desk))
    return add_up(start, start_reason, tuple(ratings))


def _judged_rating(rating: Rating, subjects: Sequence[str], desk: _Desk) -> Rating:
    person = _first(subjects, rating.domain, desk)
    return rating if person is None else _persons_rating(rating, person, desk)


def _persons_rating(rating: Rating, person: Any, desk: _Desk) -> Rating:
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


def _first(subjects: Sequence[str], domain: str, desk: _Desk) -> Any:
    return next((desk.judged[subject, domain] for subject in subjects if (subject, domain) in desk.judged), None)


def _overruled(subject: str, domain: Domain, value: Any, *, words: Any, desk: _Desk) -> tuple[Any, str]:
    """The value, or a person's in its place with the reason."""
    person = desk.judged.get((subject, domain))
    if person is None or person.value not in list(words):
        return value, ""
    return words(person.value), f"{domain} judged {person.value} instead of {value or 'open'}: {person.reason}"


def _body_of_names(row: Any, names: Sequence[str], desk: _Desk) -> Body:
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


def _people(study_id: str, desk: _Desk) -> float:
    study = desk.index.studies.get(study_id)
    return 0.0 if study is None or pd.isna(study.n_enrolled) else float(study.n_enrolled)


def _documented(row: Any, stated: _Stated, desk: _Desk) -> tuple[Documentation | None, str]:
    """The place on the documentation scale, a person's departure included."""
    sources = []
    for name in stated.rests_on:
        citation = desk.index.citations.get((row.claim_id, name)) or desk.index.citations.get(
            (parent_id(row.claim_id), name)
        )
        if name in desk.book.references or name in desk.index.studies:
            sources.append(_source(name, citation, stated.direction, desk))
    scale, why = document(sources)
    if stated.direction == Direction.INCONCLUSIVE and scale != Documentation.CONFLICTING:
        # How well the sources document a fact is no question where they do not settle it.
        scale, why = None, f"{why}, which do not settle it"
    scale, departed = _overruled(row.claim_id, Domain.CERTAINTY, scale, words=Documentation, desk=desk)
    return scale, f"{scale or 'Documentation open'}: {why}" + (f"; {departed}" if departed else "")


def _source(name: str, citation: Any, direction: Direction, desk: _Desk) -> Source:
    """A named reference as a source; one that only qualifies speaks for what the direction says."""
    study_id = desk.index.study_of.get(name, name)
    study = desk.index.studies.get(study_id)
    relation = citation.relation if citation is not None else Relation.QUALIFIES
    if relation not in {Relation.SUPPORTS, Relation.CONTRADICTS}:
        relation = Relation.CONTRADICTS if direction == Direction.CONTRADICTS else Relation.SUPPORTS
    family = sorted({study_id, *(study.overlaps_with if study is not None else ())})
    official = study is not None or desk.contexts.get(name) == Context.REGULATORY
    return Source(reference_key=name, relation=relation, official=official, work=family[0])


def _standing_flags(row: Any, desk: _Desk) -> Iterator[str]:
    """What stands beside any verdict on the claim."""
    whole = parent_id(row.claim_id)
    for record in rows(desk.book.records):
        if {row.claim_id, whole} & set(record.provisional):
            yield f"provisional until {record.record_id} is read"
    if row.reading == Reading.IMPLIED:
        yield "an implied reading"
    if row.contradicts:
        yield f"contradicted in the document by {', '.join(row.contradicts)}"
    if row.in_tension_with:
        yield f"in tension in the document with {', '.join(row.in_tension_with)}"


def _departures(grade: Grade | None) -> Iterator[str]:
    for rating in grade.ratings if grade else ():
        if rating.by and rating.proposed is not None and rating.levels != rating.proposed:
            yield f"{rating.domain} judged {rating.levels:+d} where the rules propose {rating.proposed:+d}"


def _if_reported(row: Any, stated: _Stated, grade: Grade | None, desk: _Desk) -> Iterator[str]:
    """What the label would be with missing reporting read favourably, where that differs."""
    if grade is None or stated.direction in _WITHOUT_CERTAINTY:
        return
    bias = next(rating for rating in grade.ratings if rating.domain == Domain.RISK_OF_BIAS)
    if bias.by or not bias.levels:
        return
    body = stated.synthesis.body if stated.synthesis else _body_of_names(row, stated.rests_on, desk)
    kinder = replace(body, studies=tuple(replace(study, bias=study.bias_if_reported) for study in body.studies))
    subjects = (stated.synthesis.synthesis_id, row.claim_id) if stated.synthesis else (row.claim_id,)
    again = _judged_grade(replace(kinder, mechanism=row.kind == Kind.MECHANISM), subjects, desk)
    wording = desk.wording.get(row.claim_id, 0)
    before, after = (label_of(stated.direction, one.level, wording=wording) for one in (grade, again))
    if before != after:
        yield f"with what is not reported read as favourable: {after}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."
