"""The atomic claims of a sentence: each predicate with each of its objects, as the words that are its own.

Coordination is told by commas, "and" and "or" beside known verbs; where that is too little, parts stay together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from review.documents import Span

#: Between two coordinated things.
_JOIN = r"(?:\s*;\s+(?:and\s+)?|\s*,\s+(?:(?:and|or|but|as well as)\s+)?|\s+(?:and|or|&|as well as)\s+(?:also\s+)?)"
_BETWEEN_ITEMS = re.compile(_JOIN, re.IGNORECASE)
_BEFORE_VERB = re.compile(
    _JOIN + r"(?:(?:it|they)\s+)?(?:(?:helps?|can|will|may|is|are|to|even|also|then|\w+ly)\s+){0,3}\Z", re.IGNORECASE
)
#: Verbs of no effect that begin a predicate after a joining word.
_PREDICATE = re.compile(
    _JOIN
    + r"(?=(?:(?:it|they)\s+)?(?:is|are|has|have|had|gives?|offers?|needs?|requires?|contains?|costs?|lasts?|takes?"
    r"|does|do|will|can|comes?|leaves?|starts?|works?)\b)",
    re.IGNORECASE,
)
#: A sentence that begins so has its claim after its first comma.
_SUBORDINATE = re.compile(
    r"\s*(?:although|though|when|while|whereas|because|since|unless|if|until|once|as|after|before|by|in|with|for|unlike)\b",
    re.IGNORECASE,
)
#: What a list of things may follow besides a verb of effect.
_FRAMES = re.compile(
    r"\b(?:used\s+(?:for|to\s+treat|in\s+treating)|relief\s+(?:of|from)|effective\s+(?:for|against|in)|suitable\s+for"
    r"|treatment\s+(?:for|of)|contains?|free\s+(?:of|from)|includ(?:es?|ing)|such\s+as|made\s+(?:from|of|with)"
    r"|helps?\s+with|good\s+for|rich\s+in|causes?|has|have)\s+",
    re.IGNORECASE,
)
_COPULA = re.compile(r"\b(?:is|are)\s+(?:both\s+)?", re.IGNORECASE)
_QUALITY = re.compile(r"(?:(?:very|more|highly|completely|totally|fully)\s+)?[a-z][a-z-]*(?:\s+to\s+[a-z]+)?")
#: An item with one of these says more than a name, so it is no item of a plain list.
_CLAUSE = re.compile(
    r"\A\s*(?:by|into|in|on|at|with|to|within|through|during|after|an?\s+\S+\s*\Z|less\b|more\b|fewer\b|so\b|\d+\s*\Z)"
    r"|\b(?:that|which|who|where|when|while|because|since|if|so|but|it|they|you|we|is|are|was|were|will|would|can|could"
    r"|may|might|has|have|had|does|do|did|not|without|both|between|either|in|for|from|by|to|with|on|at|than|order)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:[.!?…:;*)\]\"'”’»]|\s)+\Z")
#: What makes words before a cut a predicate of their own: some verb.
_VERB = re.compile(r"\b\w{2,}(?:s|es|ed|ing)\b|\b(?:is|are|has|have|can|will|may|not)\b", re.IGNORECASE)
#: The most words of an item of a list (our convention).
ITEM = 6


def parts(sentence: str, verbs: Iterable[Span]) -> tuple[Span, ...]:
    """Where the atomic claims of a sentence stand in it.

    Parameters
    ----------
    sentence : str
        One sentence.
    verbs : iterable of (int, int)
        Start and end of its verbs of effect.

    Returns
    -------
    tuple of (int, int)
        Start and end of each, in order; the whole sentence where it makes one claim.  The first item of a list keeps
        the words before it, the others are the items alone: "removes wrinkles", "scars".
    """
    outer = _outermost(verbs)
    pieces = _predicates(sentence, [start for start, _ in outer])
    found = [item for piece in pieces for item in _items(sentence, piece, outer)]
    return tuple(found) if len(found) > 1 else ((0, len(sentence)),)


def _outermost(spans: Iterable[Span]) -> list[Span]:
    """Spans that begin within no other, in order."""
    kept: list[Span] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _predicates(sentence: str, starts: Sequence[int]) -> Iterator[Span]:
    """The sentence cut before each verb that is joined to one before it."""
    joins = [join for start in starts if (join := _BEFORE_VERB.search(sentence, max(0, start - 60), start))]
    cuts = {join.start() for join in (*joins, *_PREDICATE.finditer(sentence))}
    begin = 0
    for cut in sorted(cuts):
        words = _BETWEEN_ITEMS.match(sentence, cut)
        alone = _SUBORDINATE.match(sentence, begin) and "," not in sentence[begin:cut]
        if words and cut > begin and not alone and _VERB.search(sentence, begin, cut):
            yield begin, cut
            begin = words.end()
    yield begin, len(sentence) - _tail(sentence)


def _tail(sentence: str) -> int:
    tail = _TAIL.search(sentence)
    return len(tail[0]) if tail else 0


def _items(sentence: str, piece: Span, verbs: Sequence[Span]) -> list[Span]:
    """The items of the list that ends a predicate, the first with the words before it."""
    start, end = piece
    things = [last for _, last in verbs if start <= last < end]
    things += [frame.end() for frame in _FRAMES.finditer(sentence, start, end)]
    qualities = [copula.end() for copula in _COPULA.finditer(sentence, start, end)]
    for anchor, fits in [*((at, _thing) for at in sorted(things, reverse=True)), *((at, _quality) for at in qualities)]:
        bounds = [join.span() for join in _BETWEEN_ITEMS.finditer(sentence, anchor, end)]
        spans = list(zip([anchor, *(last for _, last in bounds)], [*(first for first, _ in bounds), end], strict=True))
        if len(spans) > 1 and all(fits(sentence[slice(*span)]) for span in spans):
            return [(start, spans[0][1]), *spans[1:]]
    return [piece]


def _thing(words: str) -> bool:
    """Whether words can be an item of a list of things."""
    return 1 <= len(words.split()) <= ITEM and not _CLAUSE.search(words)


def _quality(words: str) -> bool:
    """Whether words are a plain adjective."""
    return _QUALITY.fullmatch(words.strip()) is not None
