"""Elements of WordprocessingML: paragraphs, runs, fields and bookmarks, their parts in the order that Word asks for.

Nothing here knows the report's page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from review.exchange.packing import printable

#: An element of lxml, which says nothing of its types.
Element: TypeAlias = Any

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#: Stands for the end of a line within a paragraph.
BREAK = "\n"

#: What stands in a paragraph's properties before its numbering.
_BEFORE_NUMBERING = frozenset({"pStyle", "keepNext", "keepLines", "pageBreakBefore"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a run of letters looks, beyond its paragraph's style.

    Attributes
    ----------
    style : str
        Id of a character style.
    color, shade, box, line : str
        RRGGBB of the letters, of what is behind them, of a line around and of one beneath; empty for none.
    underline : str
        Kind of the line beneath, such as ``single`` or ``wave``.
    position : str
        ``superscript`` or ``subscript``.
    bold, italic, strike, mono : bool
        As they say.
    """

    style: str = ""
    color: str = ""
    shade: str = ""
    box: str = ""
    underline: str = ""
    line: str = ""
    position: str = ""
    bold: bool = False
    italic: bool = False
    strike: bool = False
    mono: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a paragraph stands on the page.

    Attributes
    ----------
    style : str
        Id of its style; empty for the body's.
    indent : int
        From the left, twentieths of a point.
    rule : str
        RRGGBB of a line at its left; empty for none.
    align : str
        ``right`` or ``center``; empty for left.
    keep : bool
        Whether it stays on one page with what follows.
    """

    style: str = ""
    indent: int = 0
    rule: str = ""
    align: str = ""
    keep: bool = False


def w(tag: str, *children: Element, **attributes: object) -> Element:
    """An element of WordprocessingML; attributes that are empty or None are left out, and so are children that are."""
    made = etree.Element(f"{{{WORD}}}{tag}")
    for name, value in attributes.items():
        if value not in (None, ""):
            made.set(f"{{{WORD}}}{name}", printable(str(value)))
    made.extend(child for child in children if child is not None)
    return made


def is_a(element: Element, tag: str) -> bool:
    """Whether the element is this one of WordprocessingML."""
    return bool(element.tag == f"{{{WORD}}}{tag}")


def run(text: str, look: Look = PLAIN) -> Element:
    """Letters of one look; `BREAK` ends a line."""
    if text == BREAK:
        return w("r", w("br"))
    letters = w("t")
    letters.text = printable(text)
    letters.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return w("r", _run_properties(look), letters)


def _run_properties(look: Look) -> Element | None:
    if look == PLAIN:
        return None
    border = w("bdr", val="single", sz=4, space=0, color=look.box) if look.box else None
    return w(
        "rPr",
        w("rStyle", val=look.style) if look.style else None,
        w("rFonts", ascii="Consolas", hAnsi="Consolas", cs="Consolas") if look.mono else None,
        w("b") if look.bold else None,
        w("i") if look.italic else None,
        w("strike") if look.strike else None,
        w("color", val=look.color) if look.color else None,
        w("u", val=look.underline, color=look.line) if look.underline else None,
        border,
        w("shd", val="clear", color="auto", fill=look.shade) if look.shade else None,
        w("vertAlign", val=look.position) if look.position else None,
    )


def paragraph(layout: Layout, *content: Element) -> Element:
    """A paragraph with its runs."""
    rule = w("left", val="single", sz=18, space=8, color=layout.rule) if layout.rule else None
    properties = w(
        "pPr",
        w("pStyle", val=layout.style) if layout.style else None,
        w("keepNext") if layout.keep else None,
        w("pBdr", rule) if rule is not None else None,
        w("ind", left=layout.indent) if layout.indent else None,
        w("jc", val=layout.align) if layout.align else None,
    )
    return w("p", properties if len(properties) else None, *content)


def hang(target: Element, by: int, *, lead: Iterable[Element] = (), number: tuple[int, int] | None = None) -> None:
    """Let the first line of a new paragraph stand out to the left, with what leads it: runs, or a number.

    Parameters
    ----------
    target : Element
        A paragraph with an indent.
    by : int
        Twentieths of a point, at most the indent.
    lead : iterable of Element
        Runs for its beginning.
    number : tuple of int or None
        Its list and the level in it, from 0.
    """
    properties = target[0]
    properties.find(f"{{{WORD}}}ind").set(f"{{{WORD}}}hanging", str(by))
    if number is not None:
        place = sum(etree.QName(part).localname in _BEFORE_NUMBERING for part in properties)
        properties.insert(place, w("numPr", w("ilvl", val=number[1]), w("numId", val=number[0])))
    for place, element in enumerate(lead, start=1):
        target.insert(place, element)


def is_indented(element: Element) -> bool:
    """Whether it is a paragraph that `hang` can take."""
    return is_a(element, "p") and element.find(f"{{{WORD}}}pPr/{{{WORD}}}ind") is not None


def field(instruction: str, shown: str) -> Element:
    """A field that Word can update, with what it shows until then."""
    return w("fldSimple", run(shown), instr=f" {instruction} ")


def mark_place(target: Element, name: str) -> None:
    """Let a bookmark stand at the beginning of a paragraph; its number is given at the end."""
    place = 1 if len(target) and is_a(target[0], "pPr") else 0
    target.insert(place, w("bookmarkEnd", id="0"))
    target.insert(place, w("bookmarkStart", id="0", name=name))


def text_of(element: Element) -> str:
    """All letters of an element, its ends of lines as spaces."""
    parts = (" " if is_a(part, "br") else part.text or "" for part in element.iter(f"{{{WORD}}}t", f"{{{WORD}}}br"))
    return "".join(parts)
