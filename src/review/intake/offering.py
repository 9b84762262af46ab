"""Claims that the program offers for a text, as rows of the claims table with their anchors.

A row is an offer: its statement is the document's sentence and its kind is guessed from the cues; a person reads both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from review.cues.candidates import OFFERED, candidate_claims
from review.documents import quote_spans
from review.intake.reading import one_line
from review.vocabulary import Answer, Kind, Reading

#: A quote with the words just before and just after it.
Anchor = tuple[str, str, str]
#: What `review.cues` says of a sentence or part.
Candidate = Mapping[str, Any]

#: So many words before and after a quote are tried to tell its place from others (our convention).
WORDS_AROUND = 40

#: What a cue says of the kind of its claim; the first that fired decides, and without any it is efficacy.
_KINDS: Mapping[str, Kind] = {
    "cost": Kind.COST,
    "popularity": Kind.POPULARITY,
    "permanence": Kind.DURABILITY,
    "social proof": Kind.POPULARITY,
    "harm": Kind.SAFETY,
    "safety absolute": Kind.SAFETY,
    "painless": Kind.SAFETY,
    "mechanism as benefit": Kind.MECHANISM,
}


def offered_claims(document_id: str, text: str) -> list[dict[str, str]]:
    """The claims that the program offers, in the order of the text; none where it has no means to find them.

    Parameters
    ----------
    document_id : str
        The document.
    text : str
        Its text.

    Returns
    -------
    list of dict
        Rows of the claims table: `C01`, and `C01.a`, `C01.b` for the parts of a compound sentence.  A sentence that
        stands more than once is one claim, anchored at its first place by the words beside it.
    """
    offered = [found for found in candidate_claims(text) if found["score"] >= OFFERED]
    anchored: dict[str, tuple[Candidate, Anchor]] = {}
    for found in sorted(offered, key=lambda found: (found["start"], found["end"])):
        anchor = anchor_of(text, found["start"], found["end"])
        if anchor and anchor[0] not in anchored:
            anchored[anchor[0]] = (found, anchor)
    times = Counter(one_line(found["sentence"]) for found in offered)
    width = max(2, len(str(len(anchored))))
    rows: list[dict[str, str]] = []
    for number, (claim, anchor) in enumerate(anchored.values(), start=1):
        claim_id = f"C{number:0{width}}"
        again = f" It stands {times[anchor[0]]} times." if times[anchor[0]] > 1 else ""
        rows.append(_row(claim_id, document_id, anchor, claim, note=again))
        rows += _parts(claim_id, document_id, text, claim)
    return rows


def anchor_of(text: str, start: int, end: int) -> Anchor | None:
    """Quote, prefix and suffix that stand at this place of the text alone; None where no words around it do."""
    quote = one_line(text[start:end])
    before, after = text[:start].split()[-WORDS_AROUND:], text[end:].split()[:WORDS_AROUND]
    for count in range(WORDS_AROUND + 1) if quote else ():
        prefix, suffix = " ".join(before[len(before) - count :]) if count else "", " ".join(after[:count])
        if len(quote_spans(text, quote, prefix=prefix, suffix=suffix)) == 1:
            return quote, prefix, suffix
    return None


def _parts(claim_id: str, document_id: str, text: str, found: Candidate) -> list[dict[str, str]]:
    """The rows of a compound sentence's parts; none if it has but one, or one of them cannot be anchored."""
    parts: Sequence[Candidate] = found["claims"]
    anchors = [anchor_of(text, part["start"], part["end"]) for part in parts]
    if len(parts) < 2 or len(parts) > 26 or None in anchors:  # noqa: PLR2004 - one part is the whole; a to z
        return []
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [
        _row(f"{claim_id}.{letter}", document_id, anchor, found)
        for letter, anchor in zip(letters, anchors, strict=False)
        if anchor
    ]


def _row(claim_id: str, document_id: str, anchor: Anchor, found: Candidate, *, note: str = "") -> dict[str, str]:
    quote, prefix, suffix = anchor
    page = f", page {found['page']}" if found.get("page") else ""
    return {
        "claim_id": claim_id,
        "document_id": document_id,
        "quote": quote,
        "prefix": prefix,
        "suffix": suffix,
        "statement": quote,
        "reading": Reading.EXPRESS,
        "kind": _kind(found["cues"]),
        "headline": Answer.NO,
        "checkable": Answer.YES,
        "note": f"Offered by the program (score {found['score']:.2f}{page}); read its statement and kind.{note}",
    }


def _kind(cues: Sequence[str]) -> Kind:
    names = [cue.partition(":")[0].partition(" (")[0].partition(",")[0] for cue in cues]
    return next((_KINDS[name] for name in names if name in _KINDS), Kind.EFFICACY)
