"""Tables of the page as tables of Word: a grid of cells, widths by what is in them, header rows that repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from review.report.word.elements import Element, Layout, is_a, paragraph, w
from review.report.word.inline import SOFT

Array: TypeAlias = NDArray[np.float64]

#: Twentieths of a point: a letter of a table's text on average, and what a cell keeps free at its sides.
LETTER, PADDING = 82, 150
#: Letters of a word that a column is made wide for; a longer one is broken.
LONGEST_WORD = 18
#: A row with more letters may be broken over pages.
KEPT_WHOLE = 900

#: Percent for each column of the tables that stand one under another, so that their columns do.
SHARES: Mapping[str, tuple[int, ...]] = {"evidence": (22, 50, 28), "bias": (9, 17, 48, 10, 16)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the grid.

    Attributes
    ----------
    node : Element or None
        The page's cell; None where a cell of a row above reaches down, or where the row is short.
    span : int
        Columns.
    merged : str
        ``restart`` for a cell that reaches down, ``continue`` below it, empty for all others.
    """

    node: Element
    span: int = 1
    merged: str = ""


def table_rows(node: Element) -> tuple[list[Element], int]:
    """The rows of a table that have cells, head first and foot last, and how many of them are its head."""
    head, body, foot = ([], [], [])  # type: tuple[list[Element], list[Element], list[Element]]
    for row in node.iter("tr"):
        if next(row.iterancestors("table")) is node and any(True for _ in row.iterchildren("td", "th")):
            {"thead": head, "tfoot": foot}.get(row.getparent().tag, body).append(row)
    return [*head, *body, *foot], len(head)


def grid(rows: Sequence[Element]) -> list[list[Cell]]:
    """The cells of each row, with those that reach down from above; all rows have as many columns.

    Parameters
    ----------
    rows : sequence of Element
        ``tr`` of one table.

    Returns
    -------
    list of list of Cell
        The spans of each row add up to the same number.
    """
    reaching: dict[int, tuple[int, int]] = {}
    made = []
    for number, row in enumerate(rows):
        cells: list[Cell] = []
        at = 0
        for node in (*row.iterchildren("td", "th"), None):
            while at in reaching and reaching[at][0] > 0:
                left, span = reaching[at]
                reaching[at] = (left - 1, span)
                cells.append(Cell(node=None, span=span, merged="continue"))
                at += span
            if node is None:
                break
            span = _count(node.get("colspan"), 50)
            down = min(_count(node.get("rowspan"), len(rows)), len(rows) - number)
            if down > 1:
                reaching[at] = (down - 1, span)
            cells.append(Cell(node=node, span=span, merged="restart" if down > 1 else ""))
            at += span
        made.append(cells)
    return _even(made)


def _even(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows with empty cells at the end of those that are short."""
    columns = max(sum(cell.span for cell in row) for row in rows)
    return [[*row, *(Cell(node=None) for _ in range(columns - sum(cell.span for cell in row)))] for row in rows]


def _count(text: str | None, most: int) -> int:
    return max(1, min(int(text), most)) if text and text.isdecimal() else 1


def least_widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """What each column must have for its longest word, twentieths of a point."""
    longest = [1] * sum(cell.span for cell in rows[0])
    for at, cell in _single(rows):
        longest[at] = max(longest[at], *map(len, cell.text_content().split() or [""]))
    return [PADDING + LETTER * min(letters, LONGEST_WORD) for letters in longest]


def _single(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, Element]]:
    """The page's cells that are one column wide, each with its column."""
    for row in rows:
        at = 0
        for cell in row:
            if cell.node is not None and cell.span == 1:
                yield at, cell.node
            at += cell.span


def column_widths(rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    """The width of each column, so that the table is as short as it can be.

    Parameters
    ----------
    rows : sequence of sequence of Cell
        As `grid` gives them.
    width : int
        Of the table, twentieths of a point.

    Returns
    -------
    list of int
        Each at least as wide as its longest word where there is room; together as wide as the table.
    """
    least = np.array(least_widths(rows), dtype=float)
    free = width - least.sum()
    if free <= 0:
        made = least * width / least.sum()
    else:
        lengths = np.array([_letters(row) for row in rows], dtype=float)
        made = _shortest(lengths, least, least + free / len(least), step=free / 4)
    widths = [int(column) for column in made]
    widths[-1] += width - sum(widths)
    return widths


def _letters(row: Sequence[Cell]) -> list[int]:
    """Letters in each column of a row; none for what is wider than one column."""
    made = []
    for cell in row:
        single = cell.span == 1 and cell.node is not None
        made += [len(" ".join(cell.node.text_content().split())) if single else 0] * cell.span
    return made


def _shortest(lengths: Array, least: Array, widths: Array, *, step: float) -> Array:
    """Widths between which no step makes the table shorter, in ever smaller steps from the widest column that can."""

    def height(tried: Array) -> float:
        lines = lengths * LETTER / (tried - PADDING)
        return float(np.maximum(lines.max(axis=1), 1.0).sum())

    best = height(widths)
    steps = np.eye(len(widths))
    while step > LETTER:
        givers = [giver for giver in range(len(widths)) if widths[giver] - step >= least[giver]]
        tried = [widths - step * steps[giver] + step * steps[taker] for giver in givers for taker in range(len(widths))]
        shortest = min(tried, key=height, default=widths)
        if height(shortest) < best:
            widths, best = shortest, height(shortest)
        else:
            step /= 2
    return widths


def table(
    node: Element, width: int, fill: Callable[[Element, int], list[Element]], *, name: str, tint: str = ""
) -> Element | None:
    """A table of Word.

    Parameters
    ----------
    node : Element
        The page's ``table``.
    width : int
        Twentieths of a point.
    fill : callable
        The paragraphs of a cell, from the page's cell and the width inside.
    name : str
        What the table is, for those who do not see it.
    tint : str
        RRGGBB of a line at its left; empty for none.

    Returns
    -------
    Element or None
        None where no row has a cell.
    """
    rows, heads = table_rows(node)
    if not rows:
        return None
    cells = grid(rows)
    shares = SHARES.get(node.get("class", ""), ())
    alike = len(shares) == sum(cell.span for cell in cells[0])
    widths = [width * share // 100 for share in shares] if alike else column_widths(cells, width)
    properties = w(
        "tblPr",
        w("tblStyle", val="ReportTable"),
        w("tblW", w=width, type="dxa"),
        w("tblBorders", w("left", val="single", sz=18, space=0, color=tint)) if tint else None,
        w("tblLayout", type="fixed"),
        w("tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        w("tblCaption", val=name) if name else None,
    )
    made = w("tbl", properties, w("tblGrid", *(w("gridCol", w=column) for column in widths)))
    made.extend(
        _row(row, source, widths, fill, head=number < heads)
        for number, (row, source) in enumerate(zip(cells, rows, strict=True))
    )
    return made


def _row(
    row: Sequence[Cell],
    source: Element,
    widths: Sequence[int],
    fill: Callable[[Element, int], list[Element]],
    *,
    head: bool,
) -> Element:
    whole = head or len(source.text_content()) <= KEPT_WHOLE
    properties = w("trPr", w("cantSplit") if whole else None, w("tblHeader") if head else None)
    made = w("tr", properties if len(properties) else None)
    at = 0
    for cell in row:
        made.append(_cell(cell, sum(widths[at : at + cell.span]), fill))
        at += cell.span
    return made


def _cell(cell: Cell, width: int, fill: Callable[[Element, int], list[Element]]) -> Element:
    content = [] if cell.node is None else fill(cell.node, width - PADDING)
    if not content or not is_a(content[-1], "p"):
        content.append(paragraph(Layout(style="TableText")))
    shade = _shade(cell)
    properties = w(
        "tcPr",
        w("tcW", w=width, type="dxa"),
        w("gridSpan", val=cell.span) if cell.span > 1 else None,
        w("vMerge", val=cell.merged) if cell.merged else None,
        w("shd", val="clear", color="auto", fill=shade) if shade else None,
    )
    return w("tc", properties, *content)


def _shade(cell: Cell) -> str:
    """What is behind a cell: soft grey for one that names the rows beneath it."""
    if cell.node is None or cell.node.getparent().getparent().tag == "thead":
        return ""
    return SOFT if cell.node.get("scope") == "rowgroup" and cell.span > 1 else ""
