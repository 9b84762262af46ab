"""Citations as the report shows them: joined with their reference and study, in a fixed order.

What a citation says is the tables' own; nothing is weighed here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.references import link, short_citation
from review.report.labels import DIRECTNESS, RELATIONS, label, number

if TYPE_CHECKING:
    from review.workbook import Workbook

#: The parts of the fit between a study and a claim, as said to a reader, by their columns.
FIT: Mapping[str, str] = {
    "population_match": "people",
    "intervention_match": "treatment",
    "comparator_match": "comparison",
    "outcome_match": "outcome",
    "follow_up_match": "follow-up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A reference in short.

    Attributes
    ----------
    key : str
        Its key.
    short : str
        Such as ``Park et al. 2008``; the key where references.bib has no such entry.
    address : str
        Where to find it officially; may be empty.
    """

    key: str
    short: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One row of the citations table, joined.

    Attributes
    ----------
    claim_id : str
        The claim.
    source : Source
        The reference.
    relation, direct, because, finding, locator : str
        As in the table.
    fit : tuple of (str, str)
        The parts of the fit that were judged, with the judgement.
    seen_at : tuple of str
        Addresses of the copies that were read.
    study : str
        Design and size of the reference's study; empty where it has none.
    """

    claim_id: str
    source: Source
    relation: str
    direct: str
    because: str
    fit: tuple[tuple[str, str], ...]
    finding: str
    locator: str
    seen_at: tuple[str, ...]
    study: str


def source(book: Workbook, key: str) -> Source:
    """The reference with this key, in short."""
    entry = book.references.get(key)
    if entry is None:
        return Source(key=key, short=key, address="")
    return Source(key=key, short=short_citation(entry), address=link(entry))


def sources(book: Workbook, keys: Iterable[str]) -> tuple[Source, ...]:
    """The references with these keys, in short."""
    return tuple(source(book, key) for key in keys)


def citations(book: Workbook) -> tuple[Citation, ...]:
    """All citations: by claim, relation, directness and key, relations in their fixed order."""
    studies = _studies_in_short(book)
    known = {key: source(book, key) for key in set(book.citations["reference_key"])}
    return tuple(sorted((_citation(row, known, studies) for row in rows(book.citations)), key=_order))


def by_claim(given: Iterable[Citation]) -> dict[str, tuple[Citation, ...]]:
    """The citations of each claim that has any."""
    groups: dict[str, list[Citation]] = defaultdict(list)
    for row in given:
        groups[row.claim_id].append(row)
    return {claim: tuple(group) for claim, group in groups.items()}


def by_reference(given: Iterable[Citation]) -> dict[str, tuple[Citation, ...]]:
    """The citations of each reference that has any."""
    groups: dict[str, list[Citation]] = defaultdict(list)
    for row in given:
        groups[row.source.key].append(row)
    return {key: tuple(group) for key, group in groups.items()}


def by_relation(given: Iterable[Citation]) -> tuple[tuple[str, tuple[Citation, ...]], ...]:
    """The citations of each relation that has any, relations in their fixed order."""
    groups: dict[str, list[Citation]] = defaultdict(list)
    for row in given:
        groups[row.relation].append(row)
    return tuple((word, tuple(groups[word])) for word in sorted(groups, key=_relation_rank))


def relation_counts(given: Iterable[Citation]) -> dict[str, int]:
    """How many citations have each relation, also the relations that none has."""
    found = Counter(row.relation for row in given)
    return {word: found[word] for word in RELATIONS}


def _citation(row: Any, known: Mapping[str, Source], studies: Mapping[str, str]) -> Citation:
    return Citation(
        claim_id=row.claim_id,
        source=known[row.reference_key],
        relation=row.relation,
        direct=row.direct,
        because=row.indirect_because,
        fit=tuple((part, getattr(row, column)) for column, part in FIT.items() if getattr(row, column)),
        finding=row.finding,
        locator=row.locator,
        seen_at=row.seen_at,
        study=studies.get(row.reference_key, ""),
    )


def _studies_in_short(book: Workbook) -> dict[str, str]:
    """Design and size of each reference's study."""
    known: dict[str, str] = {}
    for row in rows(book.studies):
        size = f", n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{number(row.n_enrolled)}" if number(row.n_enrolled) else ""
        for key in row.reference_keys:
            known.setdefault(key, label(row.design) + size)
    return known


def _relation_rank(word: str) -> int:
    return list(RELATIONS).index(word) if word in RELATIONS else len(RELATIONS)


def _order(row: Citation) -> tuple[str, int, int, str]:
    direct = DIRECTNESS.index(row.direct) if row.direct in DIRECTNESS else len(DIRECTNESS)
    return row.claim_id, _relation_rank(row.relation), direct, row.source.key
