"""The sentences of an advert as it was extracted: of pages, headings, lists and wrapped lines, with exact places.

Lines are put together here; where a sentence ends within them is for sentencex to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries  # type: ignore[import-untyped]

from review.cues.sentences import LONGEST, sentences
from review.documents import Span

_LINE = re.compile(r"[^\r\n\f\v\u2028\u2029]+")
#: What may stand between the two halves of a sentence that a line break cuts.
_ONE_BREAK = re.compile(r"[ \t\xa0]*(?:\r\n|\r|\n|\u2028)[ \t\xa0]*")
_BULLET = re.compile(
    r"(?:[-–—*•‣▪◦●○■□►▶➤✓✔✅☑★☆→»·+>]\ufe0e?\ufe0f?|\(?\d{1,2}[.)]|[oO](?=\s{2}))(?:\s+|(?<=[•‣▪◦●✓✔✅☑]))"
)
_ENDS = re.compile(r"[.!?:;…][)\]\"'”’»*]*\s*\Z")
_GOES_ON = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|by|for|from|in|into|is|are|of|on|or|our|that|the|their|this|to|which|with|your))\s*\Z",
    re.IGNORECASE,
)
#: A text none of whose lines is longer is taken to be wrapped, and none shorter than the second number is; a line that
#: fills this part of the longest then goes on in the next.  Our conventions.
WIDEST, NARROWEST, FULL = 110, 45, 0.7


def passages(text: str) -> tuple[Span, ...]:
    """The sentences of a document as character positions, without white space and list marks around them.

    Parameters
    ----------
    text : str
        Plain text of any line ends; form feeds separate pages.

    Returns
    -------
    tuple of (int, int)
        Start and end, end exclusive, in order.  Headings, items of lists and pages end a sentence, wrapped lines do
        not; what has no end for `LONGEST` characters is cut.
    """
    return tuple(span for block in _blocks(text) for span in _within(text, block))


def _blocks(text: str) -> Iterator[Span]:
    """Runs of lines that belong together."""
    lines = [line.span() for line in _LINE.finditer(text) if line[0].strip()]
    longest = max((len(text[slice(*line)].rstrip()) for line in lines), default=0)
    full = FULL * longest if NARROWEST <= longest <= WIDEST else float("inf")
    start = end = 0
    for line in lines:
        if end and not _joined(text, (start, end), line, full):
            yield start, end
            start = line[0]
        elif not end:
            start = line[0]
        end = line[1]
    if end:
        yield start, end


def _joined(text: str, before: Span, line: Span, full: float) -> bool:
    """Whether a line goes on with the sentence, or the wrapped paragraph, before it."""
    if not _ONE_BREAK.fullmatch(text, before[1], line[0]):
        return False
    words = text[slice(*line)].lstrip()
    last = text[max(before[0], text.rfind("\n", 0, before[1]) + 1) : before[1]]
    if _BULLET.match(words):
        return False
    if len(last.rstrip()) >= full:
        return True
    return not _ENDS.search(last) and (words[0].islower() or bool(_GOES_ON.search(last)))


def _within(text: str, block: Span) -> Iterator[Span]:
    """The sentences of a run of lines."""
    base = block[0]
    for found in get_sentence_boundaries("en", text[slice(*block)]):
        start, end = base + found["start_index"], base + found["end_index"]
        # Cutting is left to `sentences`, which knows where.
        parts = (
            [(start, end)]
            if end - start <= LONGEST
            else [(start + a, start + b) for a, b in sentences(text[start:end])]
        )
        for part in parts:
            span = _bare(text, *part)
            if span[0] < span[1]:
                yield span


def _bare(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    end -= len(words) - len(words.rstrip())
    start += len(words) - len(words.lstrip())
    while mark := _BULLET.match(text, start, end):
        start = mark.end()
    return start, end
