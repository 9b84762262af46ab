"""What the document does by itself: where it disagrees with itself, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.report.citing import sources
from review.report.labels import counted
from review.report.section import Section, fill

if TYPE_CHECKING:
    from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two claims of a document that do not go together.

    Attributes
    ----------
    first, second : Any
        Their rows of the claims table, in its order.
    contradicts : bool
        Whether they cannot both be true; else they only sit badly with each other.
    """

    first: Any
    second: Any
    contradicts: bool


def disagreements(book: Workbook) -> Section:
    """Where the document contradicts itself or sits badly with itself: findings of their own, beside the verdicts."""
    found = pairs(book)
    html = fill("disagreements", pairs=found)
    return Section(name="disagreements in the document", size=counted(len(found), "pair"), html=html)


def pairs(book: Workbook) -> tuple[Disagreement, ...]:
    """Each pair of claims that contradict each other or are in tension, once; contradictions first."""
    claims = {row.claim_id: row for row in rows(book.claims)}
    order = {claim: place for place, claim in enumerate(claims)}
    found: dict[tuple[str, str], bool] = {}
    for column, contradicts in (("contradicts", True), ("in_tension_with", False)):
        for row in claims.values():
            for other in getattr(row, column):
                if other in claims:
                    first, second = sorted((row.claim_id, other), key=order.__getitem__)
                    found.setdefault((first, second), contradicts)
    return tuple(
        Disagreement(first=claims[first], second=claims[second], contradicts=contradicts)
        for (first, second), contradicts in sorted(found.items(), key=lambda item: not item[1])
    )


def omissions(book: Workbook) -> Section:
    """What the document leaves out, why it matters, and the references that show it."""
    found = [(row, sources(book, row.reference_keys)) for row in rows(book.omissions)]
    return Section(
        name="what the document leaves out",
        size=counted(len(found), "omission"),
        html=fill("omissions", rows=found),
    )
