"""How well a fact is documented, for claims of history, popularity, cost, procedure and dosing (no GRADE level)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.vocabulary import Documentation, Relation

#: Independent sources for the highest step, one of them official or primary (our convention, DESIGN of the scale).
WELL_SOURCES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One reference as a source for a fact.

    Attributes
    ----------
    reference_key : str
        The reference.
    relation : str
        What it says to the claim.
    official : bool
        Whether it is a regulator's, a guideline or a study of its own, not a report of what others say.
    work : str
        What it belongs to; sources of one work are not independent.
    """

    reference_key: str
    relation: str
    official: bool
    work: str


def document(sources: Sequence[Source]) -> tuple[Documentation | None, str]:
    """A fact's place on the scale, and why.

    Parameters
    ----------
    sources : sequence of Source
        Those that the judgement of the direction rests on.

    Returns
    -------
    scale : Documentation or None
        None where there is no source.
    reason : str
        For a reader.
    """
    if not sources:
        return None, "no source is named"
    against = [source for source in sources if source.relation == Relation.CONTRADICTS]
    speaking = [source for source in sources if source.relation == Relation.SUPPORTS]
    if against and speaking:
        return Documentation.CONFLICTING, f"{len(speaking)} sources for, {len(against)} against"
    works = {source.work for source in sources}
    official = any(source.official for source in sources)
    kind = "at least one official or primary" if official else "none official or primary"
    words = f"{len(works)} independent {'source' if len(works) == 1 else 'sources'}, {kind}"
    if len(works) >= WELL_SOURCES and official:
        return Documentation.WELL, words
    if len(works) >= WELL_SOURCES or official:
        return Documentation.DOCUMENTED, words
    return Documentation.THIN, words
