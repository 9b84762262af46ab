"""The order and the paragraphs of a page's lines: columns, rows, hyphens at line ends.

Lines with their places in, text out; which library found the lines is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

#: A gutter between columns is at least this wide (points), has this many lines on both sides, and the columns are at
#: least this share of the page; so many of the lines may cross it, as headings do (our conventions).
GUTTER = 7.0
GUTTER_LINES = 3
COLUMN_SHARE = 0.18
CROSSING_SHARE = 0.34
#: Lines that lie this much farther apart than the page's usual start a paragraph; sizes differ from this on.
PARAGRAPH_GAP = 1.3
SIZE_DIFFERS = 0.12
#: The usual distance of lines is no more than this, in their size.
WIDEST_LEADING = 1.5
#: A line that ends before this share of its column ends a paragraph, if a sentence ends there.
SHORT_LINE = 0.85

_BULLET = re.compile(r"[•‣▪◦●○■□➤➢►✓✔✅★–—*-]\s*(?=\S)")
_SENTENCE_END = re.compile(r"""[.!?:…][)\]"'”’»]*$""")
_DIVIDED = re.compile(r"(?P<before>[^\W\d_]+)[-‐]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
#: A word that starts so keeps its hyphen at the end of a line.
_HYPHENATED = frozenset(
    {
        *("all", "anti", "co", "cross", "ex", "fast", "full", "half", "hard", "high", "ill", "in", "long", "low"),
        *("mid", "multi", "near", "non", "one", "over", "post", "pre", "quick", "self", "semi", "short", "single"),
        *("state", "three", "top", "two", "under", "well", "well-known"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A piece of a line with its place on the page.

    Attributes
    ----------
    text : str
        Its words.
    x0, y0, x1, y1 : float
        Left, bottom, right and top in points; the page's origin is at its lower left.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def size(self) -> float:
        """Its height."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Half its height above the page's foot."""
        return (self.y0 + self.y1) / 2


def vocabulary(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The words of a document in small letters with their hyphens: they tell a divided word from a hyphenated one."""
    found: set[str] = set()
    for page in pages:
        for line in page:
            words = _WORDS.findall(line.text.lower().replace("‐", "-"))
            found.update(words[:-1] if _DIVIDED.search(line.text) else words)
    return frozenset(found)


def paragraphs(lines: Sequence[Line], *, page_width: float, known: frozenset[str]) -> tuple[list[str], int]:
    """The paragraphs of a page as they are read, and how many divided words were joined.

    Parameters
    ----------
    lines : sequence of Line
        In any order.
    page_width : float
        In points.
    known : frozenset of str
        The document's words, as `vocabulary` gives them.
    """
    texts: list[str] = []
    joined = 0
    before: tuple[Line, float, float] | None = None
    for column in _columns([line for line in lines if line.text.strip()], page_width):
        left, right = min(line.x0 for line in column), max(line.x1 for line in column)
        usual = _usual_distance(column)
        for row in _rows(column):
            if texts and before and not _starts(row, before, left, usual):
                texts[-1], divided = _continued(texts[-1], row.text.strip(), known)
                joined += divided
            else:
                texts.append(row.text.strip())
            before = (row, left, right)
    return texts, joined


def _columns(lines: list[Line], page_width: float) -> list[list[Line]]:
    """The lines by column in reading order; what crosses a gutter parts what is above from what is below."""
    if not lines:
        return []
    gutter = _gutter(lines, page_width)
    if gutter is None:
        return [sorted(lines, key=lambda line: (-line.middle, line.x0))]
    *sides, crossing = _parted(lines, gutter)
    found: list[list[Line]] = []
    for line in (*sorted(crossing, key=lambda line: -line.middle), None):
        for place, side in enumerate(sides):
            found += _columns([other for other in side if line is None or other.middle > line.middle], page_width)
            sides[place] = [other for other in side if line is not None and other.middle <= line.middle]
        if line is not None:
            found.append([line])
    return _joined_singles(found)


def _joined_singles(columns: list[list[Line]]) -> list[list[Line]]:
    """Lines that cross the gutter one below the other are one column, as a paragraph over the whole width is."""
    found: list[list[Line]] = []
    for column in columns:
        last = found[-1] if found else None
        if last and len(column) == 1 and abs(last[-1].x0 - column[0].x0) < GUTTER and _below(column[0], last[-1]):
            last.append(column[0])
        else:
            found.append(list(column))
    return found


def _below(line: Line, above: Line) -> bool:
    return 0 < above.middle - line.middle < 2 * max(line.size, above.size)


def _gutter(lines: list[Line], page_width: float) -> float | None:
    """Where the gutter of columns begins: what fewest lines cross, then the widest; None if there are no columns."""
    best: tuple[int, float] | None = None
    where = None
    for edge in sorted({line.x1 for line in lines}):
        left, right, crossing = _parted(lines, edge)
        if len(crossing) > CROSSING_SHARE * len(lines) or not _side_by_side(left, right, page_width):
            continue
        width = min(line.x0 for line in right) - edge
        if best is None or (len(crossing), -width) < best:
            best, where = (len(crossing), -width), edge
    return where


def _parted(lines: list[Line], edge: float) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines left and right of the gutter that begins at `edge`, and those that reach into it."""
    left = [line for line in lines if line.x1 <= edge]
    right = [line for line in lines if line.x0 >= edge + GUTTER]
    return left, right, [line for line in lines if line.x1 > edge and line.x0 < edge + GUTTER]


def _side_by_side(left: list[Line], right: list[Line], page_width: float) -> bool:
    if min(len(left), len(right)) < GUTTER_LINES:
        return False
    widths = [max(line.x1 for line in side) - min(line.x0 for line in side) for side in (left, right)]
    top = min(max(line.y1 for line in side) for side in (left, right))
    foot = max(min(line.y0 for line in side) for side in (left, right))
    return min(widths) >= COLUMN_SHARE * page_width and top > foot


def _rows(column: list[Line]) -> list[Line]:
    """The column's lines from above, pieces of one line as one."""
    rows: list[Line] = []
    for line in column:
        last = rows[-1] if rows else None
        if last and abs(last.middle - line.middle) < 0.35 * min(last.size, line.size):
            first, second = sorted((last, line), key=lambda piece: piece.x0)
            rows[-1] = Line(
                text=f"{first.text.strip()} {second.text.strip()}",
                x0=first.x0,
                x1=max(first.x1, second.x1),
                y0=min(first.y0, second.y0),
                y1=max(first.y1, second.y1),
            )
        else:
            rows.append(line)
    return rows


def _usual_distance(column: list[Line]) -> float:
    """The distance of lines within paragraphs: the lower quartile, for paragraphs lie farther apart."""
    pairs = list(pairwise(column))
    gaps = [above.y0 - line.y0 for above, line in pairs if _alike(above, line) and above.y0 - line.y0 > 0.5 * line.size]
    size = min((line.size for line in column), default=0.0)
    if not gaps:
        return size
    usual = quantiles(gaps, n=4)[0] if len(gaps) > 1 else gaps[0]
    return min(max(usual, size), WIDEST_LEADING * max(line.size for line in column))


def _alike(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= SIZE_DIFFERS * max(one.size, other.size)


def _starts(line: Line, before: tuple[Line, float, float], left: float, usual: float) -> bool:
    """Whether a line starts a paragraph, seen from the line before it."""
    last, last_left, last_right = before
    text = line.text.strip()
    if not _alike(last, line) or _BULLET.match(text):
        return True
    ended = bool(_SENTENCE_END.search(last.text.strip()))
    distance = last.y0 - line.y0
    if distance <= 0 or distance > PARAGRAPH_GAP * usual:
        # In the next column, or far below: the same sentence runs on in small letters.
        return ended or not text[0].islower()
    indented = line.x0 - left > 0.8 * line.size and last.x0 - last_left < 0.8 * line.size
    short = last.x1 < last_left + SHORT_LINE * (last_right - last_left)
    return ended and (indented or short)


def _continued(text: str, line: str, known: frozenset[str]) -> tuple[str, int]:
    """The text with the next line, and 1 if a word that was divided between them was joined."""
    divided = _DIVIDED.search(text)
    following = _FIRST_WORD.match(line)
    if not divided or not following or not following[0][0].islower():
        return f"{text}{'' if divided and following else ' '}{line}", 0
    before, after = divided["before"].lower(), following[0].lower()
    whole, with_hyphen = before + after, f"{before}-{after}"
    keeps = text.endswith("-") and whole not in known and (with_hyphen in known or before in _HYPHENATED)
    if keeps:
        return text + line, 0
    return text[:-1] + line, 1
