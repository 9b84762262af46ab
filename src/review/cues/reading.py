"""A sentence read for its cues: what negates them, what hedges them, and how far each reaches.

Clauses are told by commas and joining words alone; where that is too little, the reading errs.  How strong the words
are together is said in `wording`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from review.cues.lexicon import Role, matches
from review.documents import Span

ABSOLUTE, DIRECT = 5, 4
#: What a hedge lowers to.  A hedge of extent or frequency is no weaker than "can" (our convention).
CAPS: Mapping[Role, int] = {Role.POSSIBLE: 2, Role.ABLE: 3, Role.PARTIAL: 3, Role.NEARLY: 3, Role.ASSOCIATION: 1}
#: Hedges that are a level by themselves ("may require ten treatments" is conditional without a verb of effect).
FLOORS = frozenset({Role.POSSIBLE, Role.ABLE, Role.ASSOCIATION})
_NEGATIONS = frozenset({Role.NOT, Role.NO})

#: Harms and burdens, which are cues only where they are denied.
_DENIED = frozenset({Role.ABSENT, Role.DENIED})
#: What hedges lower.
_LOWERED = frozenset({Role.EFFECT, Role.ABSOLUTE, *FLOORS})
#: Cues that are said with their own negation.
_WITH_NEGATION = frozenset({Role.ABSOLUTE, Role.DISCLAIMER, Role.RAISES})
_NEVER_NEGATED = frozenset({Role.PARTIAL, Role.NEARLY, Role.ATTRIBUTION, Role.CONDITION, Role.DISCLAIMER})

#: A negation reaches over this many words to its right, within its clause; "no" and "without" over fewer where what
#: follows is no harm ("no lasting or permanent change").  Our conventions.
NEGATION_REACH, NEGATED_PHRASE = 6, 3
#: Between a negation and a harm these say that the harm is not what is denied ("not as painful", "no way to end pain").
_STOPS = re.compile(
    r"\b(?:is|are|was|were|will|would|can|could|may|might|has|have|but|that|which|who|if|when|after|before|because|while"
    r"|mild|minimal|slight|some|only|just|then|than|so|until|unless|more|much|lot|as|too|very|for|to|in|on|by|from|with"
    r"|due|at|during|about)\b|\w\s+(?:the|your|our)\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r",|\b(?:and|or|but|to|that|which|the)\b", re.IGNORECASE)

_CLAUSE_END = re.compile(
    r"[;:]\s|\s[-–—]\s|—"
    r"|,?\s+(?=(?:but|however|although|though|whereas|while|because|since|unless|if|until)\b)"
    r"|(?P<subject>,\s+(?=(?:(?:and|or|so|then)\s+)?(?:it|they|he|she|we|you|this|there|these|those)\b))"
    r"|,\s+(?=which\b)"
    r"|,?\s+(?:and|or)\s+(?=(?:is|are|was|were|will|has|have|had|does|do|did)\b)"
    r"|(?P<comma>,\s+)",
    re.IGNORECASE,
)
#: A clause that begins so ends at its first comma.
_SUBORDINATE = re.compile(
    r"\s*(?:although|though|whereas|while|because|since|unless|if|until|when|once|as)\b", re.IGNORECASE
)
#: Words before a comma that only lead in to the clause that follows ("Normally, these effects fade").
_LEAD_IN = re.compile(
    r"\s*(?:\w+ly|in|for|with|on|among|at|after|before|by|over|within|during|often|sometimes|perhaps)\b", re.IGNORECASE
)
_FINITE = re.compile(r"\b(?:is|are|was|were|will|would|can|could|may|might|has|have|does|do|did)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One match in a sentence, with what was found out about it."""

    cue_class: str
    role: Role
    start: int
    end: int
    negated: bool = False
    hedges: tuple[Found, ...] = ()

    @property
    def cap(self) -> int:
        """What the hedges leave of the level."""
        return min((CAPS[hedge.role] for hedge in self.hedges), default=ABSOLUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that was read: its cues, and where its clauses begin."""

    text: str
    clauses: tuple[int, ...]
    found: tuple[Found, ...] = ()

    def clause(self, place: int) -> int:
        """Number of the clause that a character stands in."""
        return bisect.bisect_right(self.clauses, place)

    def same_clause(self, one: int, other: int) -> bool:
        """Whether two characters stand in one clause."""
        return self.clause(one) == self.clause(other)

    def words(self, start: int, end: int) -> list[str]:
        """The words between two characters."""
        return self.text[start:end].split()


#: Claims that quote one sentence read it once; the bound keeps memory small.
@lru_cache(maxsize=1024)
def read(text: str) -> Sentence:
    """A sentence with every cue, its negation and its hedges; negations themselves are not among the cues."""
    sentence = Sentence(text=text, clauses=_clause_starts(text))
    matched = [Found(cue_class=one.cue_class, role=one.role, start=one.start, end=one.end) for one in matches(text)]
    cues = _outermost(one for one in matched if one.role not in _NEGATIONS)
    # The "not" of "do not come back" is said with it and denies nothing else.
    spoken = [(one.start, one.end) for one in cues if one.role in _WITH_NEGATION]
    negations = [
        one
        for one in _outermost(one for one in matched if one.role in _NEGATIONS)
        if not any(within(one, span) for span in spoken)
    ]
    judged = [_negate(sentence, one, negations) for one in cues]
    found = _outermost(one for one in judged if one)
    hedges = [one for one in found if one.role in CAPS and not one.negated]
    hedged = (replace(one, hedges=tuple(h for h in hedges if _governs(sentence, h, one))) for one in found)
    return replace(sentence, found=tuple(hedged))


def within(one: Found, span: Span) -> bool:
    """Whether a cue has a character in a span."""
    return one.start < span[1] and span[0] < one.end


def _outermost(found: Iterable[Found]) -> list[Found]:
    """Matches that stand in no longer one, in order; of equal ones the first given."""
    kept: list[Found] = []
    reached = -1
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if one.end > reached:
            kept.append(one)
            reached = one.end
    return kept


def _negate(sentence: Sentence, one: Found, negations: Sequence[Found]) -> Found | None:
    """A cue with what a negation before it does; None for a harm that nothing denies."""
    reaching = [negation for negation in negations if _reaches(sentence, negation, one)]
    if not reaching:
        return None if one.role in _DENIED else one
    nearest = reaching[-1]
    # "Not without pain": a negation right before the negation turns it round again.
    twice = any(
        other.role == Role.NOT and other.end <= nearest.start and len(sentence.words(other.end, nearest.start)) <= 1
        for other in negations
    )
    if one.role not in _DENIED:
        return replace(one, negated=not twice)
    alone = not any(sign in sentence.text[nearest.end : one.start] for sign in (",", " and ", " or ", " nor "))
    return replace(one, role=Role.ABSOLUTE, start=nearest.start if alone else one.start, negated=twice)


def _reaches(sentence: Sentence, negation: Found, one: Found) -> bool:
    """Whether a negation denies a cue to its right."""
    if negation.end > one.start or one.role in _NEVER_NEGATED or not sentence.same_clause(negation.start, one.start):
        return False
    between = sentence.text[negation.end : one.start]
    words = len(between.split())
    if one.role in _DENIED:
        fits = negation.role == Role.NO or one.role == Role.DENIED
        return fits and words <= NEGATION_REACH and not _STOPS.search(between)
    if one.role in CAPS:
        return words <= 1
    if negation.role == Role.NOT:
        return words <= NEGATION_REACH and (one.role == Role.EFFECT or not _JOINS.search(between))
    # "Without surgery the cream removes scars": a denied noun denies no verb.
    return words <= (1 if one.role == Role.EFFECT else NEGATED_PHRASE) and not _JOINS.search(between)


def _governs(sentence: Sentence, hedge: Found, one: Found) -> bool:
    """Whether a hedge lowers a cue."""
    if hedge is one or one.role not in _LOWERED or not sentence.same_clause(hedge.start, one.start):
        return False
    if hedge.role == Role.PARTIAL:
        return True
    if hedge.end > one.start:
        return False
    between = sentence.text[hedge.end : one.start]
    if hedge.role == Role.NEARLY:
        return len(between.split()) <= 1
    # "May sting and removes scars": a verb of its own is not under the hedge.
    finite = one.role == Role.EFFECT and sentence.text[one.start : one.end].lower().endswith("s")
    return not (finite and _JOINS.search(between))


def _clause_starts(text: str) -> tuple[int, ...]:
    """Where the clauses of a sentence begin, as far as commas and joining words tell."""
    starts = [0]
    for end in _CLAUSE_END.finditer(text):
        clause = text[starts[-1] : end.start()]
        if end["comma"]:
            splits = bool(_SUBORDINATE.match(clause))
        elif end["subject"]:
            splits = not (_LEAD_IN.match(clause) and not _FINITE.search(clause))
        else:
            splits = bool(clause.strip())
        if splits:
            starts.append(end.end())
    return tuple(starts)
