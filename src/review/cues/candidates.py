"""The sentences of a text that make a checkable health or product claim, scored by named cues.

Rules that add up, no learnt model: each sentence says which cues fired.  Nothing is left out; low scores come last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from review.cues.candidate_lexicon import BASE, FORM, MOST, NOTED, ROLES, WEIGHTS, marks
from review.cues.lexicon import Role
from review.cues.parts import parts
from review.cues.passages import passages
from review.cues.reading import read

#: From here on a sentence is offered as a claim.
OFFERED = 0.5

_QUESTION = re.compile(r"\?[)\]\"'”’»*]*\s*\Z|\A(?:did|do) you know\b", re.IGNORECASE)
_MENU = re.compile(r"\s[|»›>·•]\s")
_ENDS = re.compile(r"[.!…][)\]\"'”’»*]*\s*\Z")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|will|would|can|could|may|might|has|have|had|does|do|did|cannot|takes?|gives?|makes?|uses?"
    r"|offers?|needs?|requires?|holds?|comes?|goes|gets?|shows?|means|begins?|starts?|includes?|keeps?|allows?|feels?"
    r"|looks?|becomes?|works|acts|contains?|consists?|involves?|costs|lasts?|found|received|lost|gained|returns?)\b|n['’]t\b|['’](?:s|re)\s",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
#: A heading has no more words than the first number, a mere label no more than the second.  Our conventions.
HEADING, LABEL = 6, 2
#: Words in capitals make a title from this part of all on.
TITLE = 0.7


#: A cue of this weight is a claim without a sentence around it.
SAYS_ALL = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fired:
    """A cue in a sentence: what it adds, its words and place, and whether it is a verb of effect."""

    name: str
    weight: float
    words: str
    start: int
    end: int
    verb: bool


class Part(TypedDict):
    """One atomic claim: its words as they stand, and where."""

    text: str
    start: int
    end: int


class Candidate(TypedDict):
    """A sentence, how far it looks like a claim, and why."""

    sentence: str
    start: int
    end: int
    page: int | None
    score: float
    cues: list[str]
    claims: list[Part]


def candidate_claims(text: str) -> list[Candidate]:
    """Every sentence of a text with a score for making a checkable health or product claim.

    Parameters
    ----------
    text : str
        Plain text; form feeds separate pages.

    Returns
    -------
    list of dict
        Highest score first, then in the order of the text.  `start` and `end` are the sentence's characters in `text`,
        `page` counts from 1 and is None where no form feed is, `score` runs from 0 to 1 and offers a claim from 0.5
        on, `cues` are the cues that fired ("effect: removes"), `claims` the atomic claims with places in `text`.

    Notes
    -----
    The score is the logistic function of a sum of weights (`candidate_lexicon`); they are ours.  It orders sentences
    for a reader and is no probability.
    """
    paged = "\f" in text
    found = [_candidate(text, span, text.count("\f", 0, span[0]) + 1 if paged else None) for span in passages(text)]
    return sorted(found, key=lambda one: (-one["score"], one["start"]))


def _candidate(text: str, span: tuple[int, int], page: int | None) -> Candidate:
    start, end = span
    sentence = text[start:end]
    fired = [*_strength(sentence), *_content(sentence)]
    score, cues = _scored(sentence, fired)
    atoms = parts(sentence, [(cue.start, cue.end) for cue in fired if cue.verb])
    return {
        "sentence": sentence,
        "start": start,
        "end": end,
        "page": page,
        "score": score,
        "cues": cues,
        "claims": [
            {"text": sentence[first:last], "start": start + first, "end": start + last} for first, last in atoms
        ],
    }


def _scored(sentence: str, fired: Sequence[_Fired]) -> tuple[float, list[str]]:
    """The score of a sentence, and the names of the cues that made it."""
    weights = {cue.name: cue.weight for cue in fired}
    verbs = {cue.start for cue in fired if cue.verb}
    forms = list(_form(sentence, weights, verbs))
    weights |= {name: FORM[name] for name in forms}
    gains = sum(weight for weight in weights.values() if weight > 0)
    losses = sum(weight for weight in weights.values() if weight < 0)
    score = 1 / (1 + math.exp(-(BASE + min(gains, MOST) + losses)))
    return round(score, 3), list(dict.fromkeys([f"{cue.name}: {cue.words}" for cue in fired] + forms))


def _strength(sentence: str) -> Iterator[_Fired]:
    """Cues of how strongly it is worded, with what denies them."""
    for one in read(sentence).found:
        weight = NOTED.get(one.cue_class, 0.0) if one.role == Role.NOTED else ROLES.get(one.role, 0.0)
        if weight:
            name = one.cue_class + (f" ({one.role})" if one.role in {Role.NOTED, Role.RAISES} else "")
            yield _Fired(
                name=name + (", denied" if one.negated else ""),
                weight=weight,
                words=sentence[one.start : one.end],
                start=one.start,
                end=one.end,
                verb=one.role == Role.EFFECT,
            )


def _content(sentence: str) -> Iterator[_Fired]:
    """Cues of what it speaks about."""
    for mark in marks(sentence):
        yield _Fired(
            name=mark.name,
            weight=WEIGHTS[mark.name],
            words=sentence[mark.start : mark.end],
            start=mark.start,
            end=mark.end,
            verb=mark.name == "outcome",
        )


def _form(sentence: str, weights: Mapping[str, float], verbs: Collection[int]) -> Iterator[str]:
    """What the sentence's form says of it; `verbs` are the places of its verbs of effect."""
    words = _WORD.findall(sentence)
    verb = bool(verbs) or _FINITE.search(sentence) is not None
    if verb and len(words) > LABEL:
        yield "statement"
    begins = 0 in verbs and len(words) > 1 and not words[0].endswith(("ing", "ed"))
    if begins:
        yield "predicate"
    if _QUESTION.search(sentence):
        yield "question"
    if _MENU.search(sentence):
        yield "menu"
    if sentence.endswith(":"):
        yield "lead-in"
    # "Painless", "Gluten-free": words that claim wherever they stand.
    if max(weights.values(), default=0.0) < SAYS_ALL and not _ENDS.search(sentence):
        if _title(words) and not sentence.isupper():
            yield "heading"
        if len(words) <= HEADING and not verb:
            yield "fragment"
        if len(words) <= LABEL and not begins:
            yield "label"


def _title(words: Sequence[str]) -> bool:
    """Whether most of the longer words begin with a capital."""
    longer = [word for word in words if len(word) > len("with")]
    return len(longer) > 1 and sum(word[0].isupper() for word in longer) >= TITLE * len(longer)
