"""The sentences of a text, by its punctuation and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from review.documents import Span

#: A period after these ends no sentence.
_ABBREVIATIONS = frozenset(
    {
        *("approx", "ca", "cf", "dept", "dr", "e.g", "eg", "est", "fig", "i.e", "ie", "incl", "jr", "mr", "mrs", "ms"),
        *("prof", "resp", "sr", "st", "vs", "u.k", "u.s"),
    }
)
#: A period after these ends no sentence where a number follows.
_BEFORE_NUMBERS = frozenset({"art", "max", "min", "no", "nos", "nr", "p", "pp", "sec", "vol"})
#: An empty line, the start of an item of a list, or a sign of end that no small letter follows.
_END = re.compile(r"""\n\s*\n|\n\s*(?=[-*•‣]\s|\d+[.)]\s)|(?<=[.!?…])[)\]"'”’»]*\s+(?=\S)(?![("'“‘«\[]*[a-zß-öø-ÿ])""")
_LAST_WORD = re.compile(r"(?P<before>\S*)\s*(?<![\w.])(?P<word>[\w.]*\w)\.\Z")
#: Text without an end for this many characters is a table or list, and is cut at a space (our convention).
LONGEST = 1000
#: A letter after these is a name, so a period after it ends the sentence.
_LETTERED = frozenset({"vitamin", "vitamins", "hepatitis", "type", "group", "phase", "plan", "option"})


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text as character positions, without the white space between them.

    Empty lines and items of a list end a sentence; the periods of decimals, initials and abbreviations do not.  What
    has no end for `LONGEST` characters is cut.
    """
    ends = [end for end in _END.finditer(text) if end[0].startswith("\n") or not _abbreviated(text, end)]
    starts = [0, *(end.end() for end in ends)]
    spans = chain.from_iterable(_cut(text, *span) for span in zip(starts, [*starts[1:], len(text)], strict=True))
    return tuple(_stripped(text, *span) for span in spans if text[slice(*span)].strip())


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        stop = space if space > 0 else start + LONGEST
        yield start, stop
        start = stop
    yield start, end


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _abbreviated(text: str, end: re.Match[str]) -> bool:
    """Whether the period before a possible end belongs to its word."""
    # No abbreviation with the word before it is longer than this.
    before = text[max(0, end.start() - 40) : end.start()]
    last = _LAST_WORD.search(before)
    if not last:
        return False
    word = last["word"].lower()
    numbered = word.isdecimal() and before.rpartition("\n")[2].strip() == f"{word}."
    initial = len(word) == 1 and word.isalpha() and last["before"].lower() not in _LETTERED
    return numbered or initial or word in _ABBREVIATIONS or (word in _BEFORE_NUMBERS and text[end.end()].isdecimal())
