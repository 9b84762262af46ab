"""How strongly a text is worded, on a scale from 0 to 5, and the wording of each claim as it is quoted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import pandas as pd

from review.claims import claim_spans
from review.cues.lexicon import Role
from review.cues.reading import ABSOLUTE, CAPS, DIRECT, FLOORS, Found, Sentence, read, within
from review.cues.sentences import sentences
from review.documents import Span

#: Names of the levels.  A plain verb of effect is 4; a cue of absence, permanence or certainty is 5 by itself, and so
#: is an effect with a universal or complete word beside it; hedges lower (`CAPS`); nothing of all that is 0.
LEVELS: Mapping[int, str] = {
    0: "no relation stated",
    1: "association",
    2: "conditional cause",
    3: "can cause",
    4: "direct cause",
    5: "absolute cause",
}

#: To be printed wherever a level is.
SCALE_NOTE = "Our own scale of wording, not validated; it says nothing of whether a claim is true."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A word or phrase that bears on how strongly a text is worded.

    Attributes
    ----------
    cue_class : str
        Such as ``permanence``.
    text : str
        As it stands.
    start, end : int
        Characters from the start of the text that was asked about, end exclusive; negative before it.
    negated : bool
        Whether the text denies it.
    hedge : str
        The words that lower it; empty where none do.
    """

    cue_class: str
    text: str
    start: int
    end: int
    negated: bool = False
    hedge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How strongly a text is worded.

    Attributes
    ----------
    level : int
        0 to 5.
    name : str
        Its name in `LEVELS`.
    cues : tuple of Cue
        Those in the text, and those before and after it that govern it, in order.
    """

    level: int
    name: str
    cues: tuple[Cue, ...]


def wording_strength(text: str, *, context: str = "") -> Wording:
    """How strongly a text is worded.

    Parameters
    ----------
    text : str
        A claim, a quote or a sentence; of several sentences the strongest counts.
    context : str
        The words before it in its sentence: their hedges govern it, their effects do not count.

    Returns
    -------
    Wording
        Level 0, ``no relation stated``, where no cue was found.
    """
    lead = f"{context.rstrip()} " if context.strip() else ""
    whole = lead + text
    return _wording(whole, sentences(whole), (len(lead), len(whole)))


def claim_wording(claims: pd.DataFrame, texts: Mapping[str, str]) -> pd.DataFrame:
    """How strongly each claim is worded, as it is quoted.

    The quote is read within its sentence: effects count where they are quoted, hedges where they govern the quote.

    Parameters
    ----------
    claims : DataFrame
        The claims table.
    texts : mapping
        Text of each document by `document_id`; a quote that is not found there is read by itself.

    Returns
    -------
    DataFrame
        Columns claim_id, level, name, cues (see `Wording`), in the order of the table.
    """
    places = claim_spans(claims, texts)
    ends = {document_id: sentences(text) for document_id, text in texts.items()}
    found = []
    for claim_id, document_id, quote in zip(claims["claim_id"], claims["document_id"], claims["quote"], strict=True):
        if spans := places[claim_id]:
            wording = _wording(texts[document_id], ends[document_id], spans[0])
        else:
            wording = wording_strength(quote)
        found.append((claim_id, wording.level, wording.name, wording.cues))
    return pd.DataFrame(found, columns=["claim_id", "level", "name", "cues"])


def _wording(text: str, spans: Sequence[Span], part: Span) -> Wording:
    """How strongly a part of a text is worded, read within its sentences."""
    start, end = part
    level = 0
    cues: list[Cue] = []
    for first, last in spans[
        bisect_right(spans, start, key=itemgetter(1)) : bisect_left(spans, end, key=itemgetter(0))
    ]:
        sentence = read(text[first:last])
        window = (max(start - first, 0), end - first)
        level = max(level, _level(sentence, window))
        cues += [_cue(text, one, first, start) for one in _bearing(sentence, window)]
    return Wording(level=level, name=LEVELS[level], cues=tuple(cues))


def _cue(text: str, found: Found, first: int, start: int) -> Cue:
    return Cue(
        cue_class=found.cue_class,
        text=text[first + found.start : first + found.end],
        start=first + found.start - start,
        end=first + found.end - start,
        negated=found.negated,
        hedge=", ".join(text[first + hedge.start : first + hedge.end] for hedge in found.hedges),
    )


def _level(sentence: Sentence, window: Span) -> int:
    """The level of a part of a sentence: that of its strongest cue, each as far as its hedges leave it."""
    inside = [one for one in sentence.found if within(one, window) and not one.negated]
    raised = {sentence.clause(one.start) for one in inside if one.role == Role.RAISES}
    levels = [0]
    for one in (*inside, *_floors_beside(sentence, window)):
        if one.role == Role.ABSOLUTE or (one.role == Role.EFFECT and sentence.clause(one.start) in raised):
            levels.append(min(ABSOLUTE, one.cap))
        elif one.role == Role.EFFECT:
            levels.append(min(DIRECT, one.cap))
        elif one.role in FLOORS:
            levels.append(min(CAPS[one.role], one.cap))
    return max(levels)


def _floors_beside(sentence: Sentence, window: Span) -> list[Found]:
    """Hedges before a part of a sentence that reach it, and one that follows it as its verb."""
    start, end = window
    floors = [one for one in sentence.found if one.role in FLOORS and not one.negated]
    before = [one for one in floors if one.end <= start and sentence.same_clause(one.start, start)]
    after = [
        one
        for one in floors
        if one.start >= end
        and sentence.same_clause(one.start, max(end - 1, 0))
        and len(sentence.words(end, one.start)) <= 1
    ]
    return before + after


def _bearing(sentence: Sentence, window: Span) -> list[Found]:
    """The cues of a part of a sentence, and those beside it that govern it, in order."""
    inside = [one for one in sentence.found if within(one, window)]
    governing = {
        *(one.start for one in _floors_beside(sentence, window)),
        *(hedge.start for one in inside for hedge in one.hedges),
        *(one.start for one in sentence.found if one.role == Role.ATTRIBUTION and one.end <= window[0]),
        *(one.start for one in sentence.found if one.role == Role.CONDITION),
    }
    return [one for one in sentence.found if one in inside or one.start in governing]
