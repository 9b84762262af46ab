"""The report's page as a Word document: title page, contents, and the text in sections upright and across.

The page is the only source: what it says stands in the document, but for what serves a screen alone (navigation,
filters, the text to copy into a mail, code).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count, groupby
from typing import TYPE_CHECKING

from lxml import html  # type: ignore[import-untyped]

from review.exchange.packing import printable
from review.report.judged import CAVEAT
from review.report.labels import day
from review.report.word.blocks import Frame, blocks, table_in
from review.report.word.contents import contents, list_headings, number_all
from review.report.word.elements import Element, Layout, field, is_a, paragraph, run, w
from review.report.word.inline import Targets, classes, is_element
from review.report.word.package import as_bytes, new_document
from review.report.word.pictures import drawing, picture_of
from review.report.word.tables import grid, least_widths, table_rows

if TYPE_CHECKING:
    from docx.document import Document

#: Twentieths of a point: a page of A4, its margins, and how far header and footer are from the edge.
SHORT, LONG, MARGIN, EDGE = 11_906, 16_838, 1_134, 567

#: A table whose longest words take more of an upright page's width stands across: our convention.
_CROWDED = 0.9

#: What serves a screen alone.
_SCREEN_TAGS = ("script", "style", "nav", "button", "form", "input", "select", "template", "noscript", "iframe")
_SCREEN_CLASSES = frozenset({"skip", "filter", "filters", "index", "back", "pane", "mail", "code"})

#: What a bookmark's name cannot have; with its number it is shorter than Word's 40 letters.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
_NAME_LENGTH = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands on the page under one heading.

    Attributes
    ----------
    nodes : tuple of Element
        Of the page, the heading first.
    across : bool
        Whether a table of it is too wide for an upright page.
    """

    nodes: tuple[Element, ...]
    across: bool


def docx_of(page: str, *, title: str, as_of: date | None) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    page : str
        The finished page, as `build_page` gives it.
    title : str
        Title of the review.
    as_of : date or None
        The day for which it speaks, and the only date in the document.

    Returns
    -------
    bytes
        A .docx file; the same page, title and day give the same bytes.
    """
    main = _main(page)
    document = new_document()
    references = _header_and_footer(document, title, as_of)
    targets = _targets(document, main)
    top, parts = _split(main)
    made = [(part.across, _part(part, targets)) for part in parts]
    entries = list_headings([block for _, body in made for block in body])
    opening = [*_title_page(top, title, targets), contents(entries)]
    whole = document.element.body
    del whole[:]
    whole.extend(_in_sections([(False, opening), *made], references))
    number_all(whole)
    return as_bytes(document, title=title, as_of=as_of)


def _main(page: str) -> Element:
    """The page's content, without what serves a screen alone."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(f"<!DOCTYPE html>{printable(page)}<p></p>".encode(), parser=parser)
    found = root.find(".//main")
    main = root.find("body") if found is None else found
    for node in list(main.iter()):
        if node is not main and (node.tag in _SCREEN_TAGS or _SCREEN_CLASSES & set(classes(node))):
            node.drop_tree()
    return main


def _targets(document: Document, main: Element) -> Targets:
    part = document.part
    numbers = count(2)
    numbering = part.numbering_part.element

    @cache
    def relate(address: str) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE

        return part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    def picture(node: Element) -> Element | None:
        made = picture_of(node)
        if made is None:
            return None
        relation, _ = part.get_or_add_image(BytesIO(made.png))
        return drawing(made, relation, "Figure")

    def new_list() -> int:
        number = next(numbers)
        start = w("lvlOverride", w("startOverride", val=1), ilvl=0)
        numbering.append(w("num", w("abstractNumId", val=2), start, numId=number))
        return number

    return Targets(places=_places(main), relate=relate, picture=picture, new_list=new_list)


def _places(main: Element) -> Mapping[str, str]:
    """A bookmark's name for each id of the text that a link of it leads to."""
    wanted = {link.get("href", "")[1:].partition("?")[0] for link in main.iter("a") if link.get("href", "")[:1] == "#"}
    ids = dict.fromkeys(node.get("id") for node in main.iter() if node.get("id") in wanted)
    return {
        name: f"_{_NOT_IN_NAMES.sub('_', name)[:_NAME_LENGTH]}_{number}" for number, name in enumerate(ids, start=1)
    }


def _split(main: Element) -> tuple[list[Element], list[Part]]:
    """What stands on the title page, and the parts of the text."""
    top = [node for node in main if {"title-box", "imprint"} & set(classes(node))]
    groups: list[list[Element]] = [[]]
    for node in main:
        if node in top:
            continue
        if node.tag in {"h2", "h3"} or node.find("h2") is not None or "text" in classes(node):
            groups.append([])
        groups[-1].append(node)
    return top, [Part(nodes=tuple(nodes), across=any(map(_is_wide, nodes))) for nodes in groups if nodes]


def _is_wide(node: Element) -> bool:
    found = table_in(node) if is_element(node) else None
    rows = table_rows(found)[0] if found is not None else []
    return bool(rows) and sum(least_widths(grid(rows))) > _CROWDED * (SHORT - 2 * MARGIN)


def _part(part: Part, targets: Targets) -> list[Element]:
    holder = part.nodes[0].getparent()
    frame = Frame(layout=Layout(), width=(LONG if part.across else SHORT) - 2 * MARGIN)
    box = holder.makeelement("div")
    box.extend(part.nodes)
    return blocks(box, frame, targets)


def _title_page(top: Sequence[Element], title: str, targets: Targets) -> list[Element]:
    """Title, question, what the review rests on and what it is not."""
    frame = Frame(layout=Layout(style="Note"), width=SHORT - 2 * MARGIN)
    ordered = sorted(top, key=lambda node: "imprint" in classes(node))
    made = [block for node in ordered for block in blocks(node, frame, targets)]
    if not any(node.find(".//h1") is not None for node in top):
        made.insert(0, paragraph(Layout(style="Title"), run(title)))
    return [*made, paragraph(Layout(style="Notice"), run(CAVEAT))]


def _header_and_footer(document: Document, title: str, as_of: date | None) -> list[Element]:
    """The title above and the page's number beneath every page but the first; gives what a section refers to."""
    section = document.sections[0]
    for part in (section.header, section.footer):
        part.is_linked_to_previous = False
        del part._element[:]  # noqa: SLF001 -- python-docx offers no other way to the part's own element
    section.header._element.append(paragraph(Layout(style="Header"), run(title)))  # noqa: SLF001
    when = [run(f"As of {day(as_of)} · ")] if as_of else []
    page = [run("Page "), field("PAGE", "1"), run(" of "), field("NUMPAGES", "1")]
    section.footer._element.append(paragraph(Layout(style="Footer"), *when, *page))  # noqa: SLF001
    properties = section._sectPr  # noqa: SLF001
    return [part for part in properties if is_a(part, "headerReference") or is_a(part, "footerReference")]


def _in_sections(parts: Sequence[tuple[bool, list[Element]]], references: Sequence[Element]) -> Iterator[Element]:
    """The text with a section for each stretch of pages of one direction; the last one's properties end it all."""
    stretches = [
        (across, [block for _, body in group for block in body])
        for across, group in groupby(parts, key=lambda part: part[0])
    ]
    for number, (across, body) in enumerate(stretches, start=1):
        yield from body
        properties = _section(references, across=across, first=number == 1)
        yield properties if number == len(stretches) else w("p", w("pPr", w("pStyle", val="Note"), properties))


def _section(references: Sequence[Element], *, across: bool, first: bool) -> Element:
    wide, high = (LONG, SHORT) if across else (SHORT, LONG)
    sides = dict.fromkeys(("top", "right", "bottom", "left"), MARGIN)
    return w(
        "sectPr",
        *(deepcopy(part) for part in references),
        w("type", val="nextPage"),
        w("pgSz", w=wide, h=high, orient="landscape" if across else None),
        w("pgMar", **sides, header=EDGE, footer=EDGE, gutter=0),
        w("titlePg") if first else None,
    )
