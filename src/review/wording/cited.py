"""What the references behind a verdict say, for claims that have no number to show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.appraisal import Verdict
from review.claims import parent_id
from review.vocabulary import Relation
from review.wording.finding import Desk, source_of
from review.wording.words import bracketed, clause, listed

#: A pointer to other rows of the table, which says nothing to the reader of a sentence.
_POINTER = re.compile(r";\s*see\b.*$", re.DOTALL)

#: A word of tests that readers take for size: a finding that needs it is left to the citations.
_OF_TESTS = re.compile(r"\bsignifican", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What one or several references say to a claim in the same words.

    Attributes
    ----------
    finding : str
        In the words of their citations, without a full stop.
    supports : bool
        Whether they support the claim as worded.
    keys : tuple of str
        The references, in the order of the verdict.
    """

    finding: str
    supports: bool
    keys: tuple[str, ...]


def cited_by(verdict: Verdict, desk: Desk) -> tuple[Cited, ...]:
    """What the references that a verdict rests on say to its claim.

    Parameters
    ----------
    verdict : Verdict
        On a claim or part; a citation of the whole claim stands for a part without its own.
    desk : Desk
        The workbook's.

    Returns
    -------
    tuple of Cited
        In the verdict's order, what several say in the same words once; references that only give background, and
        findings that speak of significance, are left out.
    """
    found: dict[tuple[str, bool], list[str]] = {}
    for key in verdict.rests_on:
        claims = (verdict.claim_id, parent_id(verdict.claim_id))
        citation = next((row for name in claims if (row := desk.index.citations.get((name, key))) is not None), None)
        if citation is None or citation.relation == Relation.BACKGROUND or _OF_TESTS.search(citation.finding):
            continue
        finding = _POINTER.sub("", citation.finding.strip()).rstrip(".")
        found.setdefault((finding, citation.relation == Relation.SUPPORTS), []).append(key)
    return tuple(
        Cited(finding=finding, supports=supports, keys=tuple(keys)) for (finding, supports), keys in found.items()
    )


def cited_text(cited: Cited, desk: Desk, *, inside: bool = False) -> str:
    """A finding with its references, as one sentence, or as it stands `inside` one."""
    text = clause(cited.finding, desk.names) if inside else cited.finding
    sources = listed([source_of(key, desk.book) for key in cited.keys])
    return f"{bracketed(text, sources)}."
