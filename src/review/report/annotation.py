"""The document with each claim marked in its own words, and a quote's words in their sentence.

Quotes may overlap and stand within each other, so the text is cut wherever a claim starts or ends, and each piece
knows the claims that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from review.cells import rows
from review.claims import anchors, is_part, parent_id
from review.documents import Span
from review.report.document_findings import pairs
from review.report.judged import NOT_JUDGED, SIGNS, shown_verdicts
from review.report.labels import counted
from review.report.section import Section, fill
from review.vocabulary import Answer

if TYPE_CHECKING:
    from review.workbook import Workbook

#: From this many claims on one word, the tint is no longer made stronger.
DEEPEST_TINT = 3

#: Characters of context on each side of a quote; our convention, about a line and a half.
CONTEXT = 120

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_SENTENCE_END = re.compile(r"[.!?:;]")

#: A line of at most this many words that no sign closes is shown as a heading; our convention.
HEADING_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where one claim's quote stands."""

    claim_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that the same claims cover.

    Attributes
    ----------
    text : str
        The document's own characters.
    claims : tuple of str
        The claims that cover it, the shortest quote first; empty where none does.
    starting : tuple of str
        Those that start here and get their label here, the longest quote first.
    headline : bool
        Whether a headline claim covers it.
    """

    text: str
    claims: tuple[str, ...] = ()
    starting: tuple[str, ...] = ()
    headline: bool = False

    @property
    def depth(self) -> int:
        """How strongly it is tinted."""
        return min(len(self.claims), DEEPEST_TINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the document in pieces."""

    pieces: tuple[Piece, ...]
    heading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A quote with the words around it."""

    before: str
    quote: str
    after: str


def annotated_document(book: Workbook) -> Section:
    """Each document with its claims marked; a label leads to the claim's card."""
    found = anchors(book.claims, book.texts)
    headlines = frozenset(book.claims.loc[book.claims["headline"] == Answer.YES, "claim_id"])
    found = found[~found["claim_id"].map(is_part).astype(bool)]
    documents = []
    for row in rows(book.documents):
        here = found[found["document_id"] == row.document_id]
        marks = [Mark(claim_id=mark.claim_id, start=mark.start, end=mark.end) for mark in rows(here)]
        documents.append((row, paragraphs(book.texts.get(row.document_id, ""), marks, headlines=headlines)))
    missing = [claim for claim in book.claims["claim_id"] if not is_part(claim) and claim not in set(found["claim_id"])]
    judged = shown_verdicts(book)
    verdicts = {claim: judged.get(claim, NOT_JUDGED) for claim in book.claims["claim_id"]}
    marked = {verdicts[claim].slug: verdicts[claim] for claim in found["claim_id"]}
    key = [shown for label in SIGNS for shown in marked.values() if shown.label == label]
    html = fill(
        "annotated_document", documents=documents, missing=missing, verdicts=verdicts, key=key, joined=_joined(book)
    )
    return Section(name="annotated document", size=counted(len(found), "claim"), html=html)


def _joined(book: Workbook) -> dict[str, list[tuple[str, bool]]]:
    """For each claim the others that it cannot be true together with or sits badly with; parts count as claims."""
    found: dict[str, dict[str, bool]] = {}
    for pair in pairs(book):
        first, second = parent_id(pair.first.claim_id), parent_id(pair.second.claim_id)
        for one, other in ((first, second), (second, first)):
            if one != other:
                found.setdefault(one, {}).setdefault(other, pair.contradicts)
    return {claim: list(others.items()) for claim, others in found.items()}


def contexts(book: Workbook) -> dict[str, Context]:
    """Each claim's quote with the words around it in its paragraph; claims whose quote is not found are left out."""
    return {
        row.claim_id: context(book.texts[row.document_id], row.start, row.end)
        for row in rows(anchors(book.claims, book.texts))
    }


def paragraphs(text: str, marks: Sequence[Mark], *, headlines: Iterable[str] = ()) -> tuple[Paragraph, ...]:
    """A document in paragraphs and pieces.

    Parameters
    ----------
    text : str
        The document; blank lines stand between paragraphs.
    marks : sequence of Mark
        Where its claims stand; they may overlap.
    headlines : iterable of str
        Claims that are marked more strongly.

    Returns
    -------
    tuple of Paragraph
        Together they hold every character of the text but the blank lines between them.
    """
    strong = frozenset(headlines)
    # A page's end is a mark between pages, and no sign of the text; it keeps its place.
    text = text.replace("\f", " ")
    found = []
    for match in _PARAGRAPH.finditer(text):
        if not match.group().strip():
            continue
        pieces = _pieces(text, match.span(), marks, strong)
        found.append(Paragraph(pieces=pieces, heading=_is_heading(match.group())))
    return tuple(found)


def context(text: str, start: int, end: int) -> Context:
    """A quote with at most `CONTEXT` characters on each side, within its paragraph, cut between words."""
    spans = [match.span() for match in _PARAGRAPH.finditer(text)]
    first = max((left for left, _ in spans if left <= start), default=start)
    last = min((right for _, right in spans if right >= end), default=end)
    before, after = text[first:start].lstrip(), text[end:last].rstrip()
    if len(before) > CONTEXT:
        before = "… " + before[-CONTEXT:].partition(" ")[2]
    if len(after) > CONTEXT:
        after = after[:CONTEXT].rpartition(" ")[0] + " …"
    return Context(before=_even(before), quote=_even(text[start:end]), after=_even(after))


def _pieces(text: str, span: Span, marks: Sequence[Mark], headlines: frozenset[str]) -> tuple[Piece, ...]:
    start, end = span
    here = [mark for mark in marks if mark.start < end and mark.end > start]
    cuts = sorted({start, end, *(cut for mark in here for cut in (mark.start, mark.end) if start < cut < end)})
    return tuple(
        _piece(text[left:right], left, [mark for mark in here if mark.start < right and mark.end > left], headlines)
        for left, right in pairwise(cuts)
    )


def _piece(text: str, left: int, covering: Sequence[Mark], headlines: frozenset[str]) -> Piece:
    by_length = sorted(covering, key=lambda mark: (mark.end - mark.start, mark.claim_id))
    return Piece(
        text=text,
        claims=tuple(mark.claim_id for mark in by_length),
        starting=tuple(mark.claim_id for mark in reversed(by_length) if mark.start == left),
        headline=any(mark.claim_id in headlines for mark in covering),
    )


def _even(text: str) -> str:
    """The text with plain single spaces, which lines can break at."""
    return re.sub(r"\s+", " ", text)


def _is_heading(line: str) -> bool:
    return len(line.split()) <= HEADING_WORDS and not _SENTENCE_END.search(line)
