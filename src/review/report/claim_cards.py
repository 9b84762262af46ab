"""One card for each claim: its words, what would decide it, and every citation on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.claims import is_part, parent_id
from review.cues import Wording, claim_wording
from review.firmness import Firmness, firmness
from review.report.annotation import Context, contexts
from review.report.citing import Citation, by_claim, by_relation, citations, relation_counts
from review.report.judged import NOT_JUDGED, Shown, shown_verdicts
from review.report.labels import counted
from review.report.quantities import needed, quantity_sentences
from review.report.section import Section, fill
from review.report.syntheses import Picture, claim_pictures
from review.vocabulary import Answer, Reading, RecordState, Role
from review.wording import BANNER, Proposal, propose_wording

if TYPE_CHECKING:
    from review.workbook import Workbook

#: The question that evidence would have to answer, by its columns.
QUESTION: Mapping[str, str] = {
    "population": "People",
    "intervention": "Treatment",
    "comparator": "Compared with",
    "outcome": "To be measured",
}

#: A search for more claims than this is only named in their cards, its note stands with the searches; our convention.
MANY_CLAIMS = 5

#: What is written where a part of the question does not apply.
NOT_APPLICABLE = frozenset({"", "-", "–"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a claim's card shows; `parts` are cards of their own, without citations.

    Attributes
    ----------
    claim_id, statement, kind, attribution, theme, note : str
        As in the claims table.
    verdict : Shown
        The verdict, or that there is none yet.
    context : Context or None
        The quote in its sentence; None where it is not found in the document.
    quote : str
        The quote as in the table.
    headline, implied, checkable, main : bool
        Marks of the claim.
    question : tuple of (str, str)
        The parts of the question that apply.
    quantities : tuple of str
        The testable readings as sentences.
    needed : str
        What evidence would support it as worded.
    wording : Wording
        How strongly it is worded, with the cues.
    contradicts, in_tension_with : tuple of (str, str)
        Other claims of the document, with their statements.
    parts : tuple of Card
        The parts of a compound claim.
    groups : tuple
        Its citations by relation.
    counts : mapping
        Citations of each relation.
    searches : tuple
        Rows of the searches table that were for it or its parts.
    general : tuple
        Rows for searches that were for many claims at once.
    awaiting : tuple
        Records that were seen and not read and that bear on it.
    syntheses : tuple
        Rows of the syntheses table for it or its parts, the deciding one first.
    picture : Picture or None
        The figure of what decides it, else of its first synthesis.
    firmness : Firmness or None
        What becomes of the verdict under other choices; None where nothing could be chosen otherwise.
    proposal : Proposal or None
        What the advert could say instead; None where nothing is judged.
    """

    claim_id: str
    statement: str
    kind: str
    attribution: str
    theme: str
    note: str
    verdict: Shown
    context: Context | None
    quote: str
    headline: bool
    implied: bool
    checkable: bool
    main: bool
    question: tuple[tuple[str, str], ...]
    quantities: tuple[str, ...]
    needed: str
    wording: Wording
    contradicts: tuple[tuple[str, str], ...]
    in_tension_with: tuple[tuple[str, str], ...]
    parts: tuple[Card, ...]
    groups: tuple[tuple[str, tuple[Citation, ...]], ...]
    counts: Mapping[str, int]
    searches: tuple[Any, ...]
    general: tuple[Any, ...]
    awaiting: tuple[Any, ...]
    syntheses: tuple[Any, ...]
    picture: Picture | None
    firmness: Firmness | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """What cards need from the other tables."""

    statements: Mapping[str, str]
    outcomes: Mapping[str, str]
    contexts: Mapping[str, Context]
    citations: Mapping[str, tuple[Citation, ...]]
    searches: Mapping[str, Sequence[Any]]
    awaiting: Mapping[str, Sequence[Any]]
    parts: Mapping[str, Sequence[Any]]
    verdicts: Mapping[str, Shown]
    syntheses: Mapping[str, Sequence[Any]]
    pictures: Mapping[str, Picture]
    wordings: Mapping[str, Wording]
    firm: Mapping[str, Firmness]
    proposals: Mapping[str, Proposal]


def claim_cards(book: Workbook) -> Section:
    """A card for each claim, in the order of the claims table."""
    found = cards(book)
    return Section(
        name="claim cards", size=counted(len(found), "claim"), html=fill("claim_cards", cards=found, banner=BANNER)
    )


def cards(book: Workbook) -> tuple[Card, ...]:
    """What each whole claim's card shows."""
    lookup = _lookup(book)
    return tuple(_card(row, lookup) for row in rows(book.claims) if not is_part(row.claim_id))


def _lookup(book: Workbook) -> _Lookup:
    parts: dict[str, list[Any]] = defaultdict(list)
    for row in rows(book.claims):
        if is_part(row.claim_id):
            parts[parent_id(row.claim_id)].append(row)
    judged = shown_verdicts(book)
    awaiting = [row for row in rows(book.records) if row.state == RecordState.AWAITING]
    return _Lookup(
        statements=dict(zip(book.claims["claim_id"], book.claims["statement"], strict=True)),
        outcomes=dict(zip(book.outcomes["outcome_id"], book.outcomes["name"], strict=True)),
        contexts=contexts(book),
        citations=by_claim(citations(book)),
        searches=_for_claims(rows(book.searches)),
        awaiting=_for_claims(awaiting),
        parts=parts,
        verdicts=judged,
        syntheses=_by_claim(book),
        pictures=claim_pictures(book),
        wordings=_wordings(book),
        firm=firmness(book) if judged else {},
        proposals={one.claim_id: one for one in propose_wording(book)} if judged else {},
    )


def _wordings(book: Workbook) -> dict[str, Wording]:
    return {
        row.claim_id: Wording(level=row.level, name=row.name, cues=row.cues)
        for row in rows(claim_wording(book.claims, book.texts))
    }


def _by_claim(book: Workbook) -> dict[str, list[Any]]:
    """Rows of the syntheses table by whole claim, deciding ones first."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(rows(book.syntheses), key=lambda row: row.role != Role.DECIDING):
        groups[parent_id(row.claim_id)].append(row)
    return groups


def _for_claims(given: Iterable[Any]) -> dict[str, list[Any]]:
    """Rows by the claims that they name, a part's with its claim."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in given:
        for claim in sorted({parent_id(claim) for claim in row.claim_ids}):
            groups[claim].append(row)
    return groups


def _card(row: Any, lookup: _Lookup) -> Card:
    mine = lookup.citations.get(row.claim_id, ())
    searches = lookup.searches.get(row.claim_id, ())
    return Card(
        claim_id=row.claim_id,
        statement=row.statement,
        kind=row.kind,
        attribution=row.attribution,
        theme=row.theme,
        note=row.note,
        verdict=lookup.verdicts.get(row.claim_id, NOT_JUDGED),
        context=lookup.contexts.get(row.claim_id),
        quote=row.quote,
        headline=row.headline == Answer.YES,
        implied=row.reading == Reading.IMPLIED,
        checkable=row.checkable != Answer.NO,
        main=row.main == Answer.YES,
        question=tuple(
            (said, getattr(row, name)) for name, said in QUESTION.items() if getattr(row, name) not in NOT_APPLICABLE
        ),
        quantities=quantity_sentences(row.quantity, lookup.outcomes),
        needed=needed(row),
        wording=lookup.wordings[row.claim_id],
        contradicts=_named(row.contradicts, lookup),
        in_tension_with=_named(row.in_tension_with, lookup),
        parts=tuple(_card(part, lookup) for part in lookup.parts.get(row.claim_id, ())),
        groups=by_relation(mine),
        counts=relation_counts(mine),
        searches=tuple(search for search in searches if len(search.claim_ids) <= MANY_CLAIMS),
        general=tuple(search for search in searches if len(search.claim_ids) > MANY_CLAIMS),
        awaiting=tuple(lookup.awaiting.get(row.claim_id, ())),
        syntheses=tuple((one, lookup.outcomes[one.outcome_id]) for one in lookup.syntheses.get(row.claim_id, ())),
        picture=lookup.pictures.get(row.claim_id),
        firmness=lookup.firm.get(row.claim_id),
        proposal=lookup.proposals.get(row.claim_id),
    )


def _named(claim_ids: Sequence[str], lookup: _Lookup) -> tuple[tuple[str, str], ...]:
    return tuple((claim, lookup.statements.get(claim, "")) for claim in claim_ids)
