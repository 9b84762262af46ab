"""Where was looked, what was left aside, and the references themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.references import Reference, citation_text, link
from review.report.citing import Citation, by_reference, citations
from review.report.labels import counted
from review.report.section import Section, fill
from review.vocabulary import Context, RecordState

if TYPE_CHECKING:
    from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A reference with its row of references.csv, its studies and the citations that use it.

    Attributes
    ----------
    key, text, address : str
        Its key, the formatted reference, and where to find it officially.
    row : Any
        Its row of references.csv; None where there is none.
    studies : tuple of str
        Studies that it reports.
    citations : tuple of Citation
        In the order of the claims.
    """

    key: str
    text: str
    address: str
    row: Any
    studies: tuple[str, ...]
    citations: tuple[Citation, ...]


def searches(book: Workbook) -> Section:
    """Every search: where, for what, when, and what came of it."""
    found = list(rows(book.searches))
    return Section(name="searches", size=counted(len(found), "search", "searches"), html=fill("searches", rows=found))


def records(book: Workbook) -> Section:
    """What was seen and is not among the references: awaiting assessment, or left out and why."""
    found = list(rows(book.records))
    html = fill(
        "records",
        awaiting=[row for row in found if row.state == RecordState.AWAITING],
        left_out=[row for row in found if row.state == RecordState.LEFT_OUT],
    )
    return Section(name="records", size=counted(len(found), "record"), html=html)


def regulators(book: Workbook) -> Section:
    """What regulators, courts and self-regulators said; no claim of the document is about legal status."""
    found = [entry for entry in entries(book) if entry.row is not None and entry.row.context == Context.REGULATORY]
    html = fill("regulators", entries=found)
    return Section(name="regulators' positions", size=counted(len(found), "reference"), html=html)


def references(book: Workbook) -> Section:
    """All references by key, with what must be said of each and the claims that use it."""
    found = entries(book)
    html = fill("references", entries=found)
    return Section(name="references", size=counted(len(found), "reference"), html=html)


def entries(book: Workbook) -> tuple[Entry, ...]:
    """Every reference of references.bib, by key."""
    cited = by_reference(citations(book))
    notes = {row.reference_key: row for row in rows(book.reference_notes)}
    studies: dict[str, list[str]] = defaultdict(list)
    for study in rows(book.studies):
        for key in study.reference_keys:
            studies[key].append(study.study_id)
    return tuple(
        _entry(key, book.references[key], row=notes.get(key), studies=studies.get(key, ()), cited=cited.get(key, ()))
        for key in sorted(book.references, key=lambda key: (key.casefold(), key))
    )


def _entry(key: str, reference: Reference, *, row: Any, studies: Any, cited: tuple[Citation, ...]) -> Entry:
    return Entry(
        key=key,
        text=citation_text(reference),
        address=link(reference),
        row=row,
        studies=tuple(studies),
        citations=cited,
    )
