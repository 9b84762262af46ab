"""What can be said only once the whole text stands: the contents, the numbers of captions, bookmarks and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.report.word.elements import WORD, Element, Layout, is_a, mark_place, paragraph, run, text_of, w

#: Levels of headings that the contents list.
LISTED = {"Heading1": 1, "Heading2": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A heading in the contents."""

    level: int
    text: str
    place: str


def list_headings(body: Sequence[Element]) -> list[Entry]:
    """The headings of the text, each marked with a bookmark for its entry."""
    entries: list[Entry] = []
    for block in body:
        level = LISTED.get(style_of(block), 0)
        text = " ".join(text_of(block).split()) if level else ""
        if text:
            place = f"_Toc{len(entries) + 1:06}"
            mark_place(block, place)
            entries.append(Entry(level=level, text=text, place=place))
    return entries


def style_of(block: Element) -> str:
    """The id of a paragraph's style; empty for any other block."""
    found = block.find(f"{{{WORD}}}pPr/{{{WORD}}}pStyle") if is_a(block, "p") else None
    return "" if found is None else str(found.get(f"{{{WORD}}}val"))


def contents(entries: Sequence[Entry]) -> Element:
    """A table of contents: a field that Word brings up to date with page numbers, holding its entries until then.

    Pages are known only to the program that shows the document, so the entries are links without a number.  Word asks
    once, on opening, whether to fill them in.
    """
    lines = [
        paragraph(Layout(style=f"TOC{entry.level}"), w("hyperlink", run(entry.text), anchor=entry.place, history=1))
        for entry in entries
    ] or [paragraph(Layout(style="TOC1"))]
    begin = w("r", w("fldChar", fldCharType="begin", dirty="true"))
    code = w("r", w("instrText"))
    code[0].text = ' TOC \\o "1-2" \\h \\z \\u '
    after_properties = 1
    for place, part in enumerate((begin, code, w("r", w("fldChar", fldCharType="separate"))), start=after_properties):
        lines[0].insert(place, part)
    lines[-1].append(w("r", w("fldChar", fldCharType="end")))
    kind = w("docPartObj", w("docPartGallery", val="Table of Contents"), w("docPartUnique"))
    heading = paragraph(Layout(style="TOCHeading"), run("Contents"))
    return w("sdt", w("sdtPr", kind), w("sdtContent", heading, *lines))


def number_all(body: Element) -> None:
    """Give each caption, bookmark and picture of the document its number; a bookmark's name stands once."""
    captions: Counter[str] = Counter()
    for number in body.iter(f"{{{WORD}}}fldSimple"):
        words = number.get(f"{{{WORD}}}instr").split()
        if words[0] == "SEQ":
            captions[words[1]] += 1
            number.find(f"{{{WORD}}}r/{{{WORD}}}t").text = str(captions[words[1]])
    for identity, start in enumerate(list(_places(body)), start=1):
        start.set(f"{{{WORD}}}id", str(identity))
        start.getnext().set(f"{{{WORD}}}id", str(identity))
    pictures = (part for part in body.iter("{*}docPr"))
    for identity, picture in enumerate(pictures, start=1):
        picture.set("id", str(identity))
        picture.set("name", f"Figure {identity}")


def _places(body: Element) -> Iterator[Element]:
    """The beginnings of all bookmarks; a second one of a name is taken out."""
    seen = set()
    for start in list(body.iter(f"{{{WORD}}}bookmarkStart")):
        name = start.get(f"{{{WORD}}}name")
        if name in seen:
            parent, end = start.getparent(), start.getnext()
            parent.remove(start)
            parent.remove(end)
            continue
        seen.add(name)
        yield start
