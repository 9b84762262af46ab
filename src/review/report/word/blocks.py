"""Paragraphs and tables of a Word document from the boxes of the page: headings, lists, definitions, figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from review.report.word.elements import (
    BREAK,
    PLAIN,
    Element,
    Layout,
    Look,
    field,
    hang,
    is_a,
    is_indented,
    mark_place,
    paragraph,
    run,
)
from review.report.word.inline import (
    LINE,
    MUTED,
    TINTS,
    Piece,
    Targets,
    classes,
    is_element,
    letters_of,
    looked,
    pieces,
    runs,
)
from review.report.word.pictures import title_of
from review.report.word.tables import table

#: Twentieths of a point: from one level of a list to the next, and for the term of a definition.
STEP, TERM, LONGEST_TERM, TERM_LETTER = 340, 1500, 2700, 105
#: How much of a line beside a box the text keeps free.
BESIDE_RULE = 200

#: Lists whose items are blocks of their own, without a sign before them.
_UNMARKED = frozenset({"tally", "flow", "headlines", "studies", "parts", "columns"})
#: Paragraphs that open a block of others and stay with it.
_LEADS = frozenset({"said"})
_NOTES = frozenset({"minor", "caveat", "source", "document", "basis", "imprint", "print-note", "state", "flags"})
_HEADINGS: Mapping[str, str] = {
    "h1": "Title",
    "h2": "Heading1",
    "h3": "Heading2",
    "h4": "Heading3",
    "h5": "Heading3",
    "h6": "Heading3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a block stands.

    Attributes
    ----------
    layout : Layout
        Of its paragraphs.
    width : int
        Of its line, twentieths of a point.
    look : Look
        Of its letters.
    level : int
        Lists around it.
    in_cell : bool
        Whether it stands in a table.
    """

    layout: Layout
    width: int
    look: Look = PLAIN
    level: int = 0
    in_cell: bool = False


def blocks(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """The paragraphs and tables that an element of the page holds.

    Parameters
    ----------
    node : Element
        Any box of the page.
    frame : Frame
        Where it stands.
    targets : Targets
        The rest of the document.

    Returns
    -------
    list of Element
        ``w:p`` and ``w:tbl``; empty where there is nothing to read.
    """
    made: list[Element] = []
    line: list[Piece] = list(letters_of(node.text, frame.look))
    ids: list[str] = []
    for child in node:
        if is_element(child) and child.tag in _BLOCKS:
            made += _line(line, ids, frame, targets)
            line, ids = [], []
            made += _placed(_BLOCKS[child.tag](child, frame, targets), [child.get("id", "")], targets)
        elif is_element(child):
            line += pieces(child, frame.look)
            ids += [inner.get("id", "") for inner in child.iter()]
        line += letters_of(child.tail, frame.look)
    return made + _line(line, ids, frame, targets)


def _line(line: Iterable[Piece], ids: Iterable[str], frame: Frame, targets: Targets) -> list[Element]:
    """The words between two boxes as a paragraph; nothing where there are none."""
    content = runs(line, targets)
    return _placed([paragraph(frame.layout, *content)], ids, targets) if content else []


def _placed(made: list[Element], ids: Iterable[str], targets: Targets) -> list[Element]:
    """The blocks with a bookmark in their first paragraph for each id that a link leads to."""
    names = [targets.places[name] for name in ids if name in targets.places]
    first = next((part for block in made for part in block.iter() if is_a(part, "p")), None) if names else None
    if first is not None:
        for name in names:
            mark_place(first, name)
    return made


def _box(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """A box that only holds others; one with a verdict has a line in its tint."""
    names = classes(node)
    look = looked(node, frame.look)
    if "judged" in names or "banner" in names:
        tint = next((TINTS[name][0] for name in names if name in TINTS), LINE)
        indent = frame.layout.indent + BESIDE_RULE
        frame = replace(frame, layout=replace(frame.layout, rule=tint, indent=indent), width=frame.width - BESIDE_RULE)
    return blocks(node, replace(frame, look=look), targets)


def _paragraph(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    names = set(classes(node))
    layout = frame.layout
    if not frame.in_cell and layout.style in {"", "Note"}:
        style = _style(node, names)
        layout = replace(layout, style=style or layout.style, keep=style in {"Lead", "Headline"})
    if "banner" in names:
        return _box(node, replace(frame, layout=layout), targets)
    if "print-note" in names:
        content = [run("Note: ", Look(bold=True)), *runs(pieces(node, frame.look), targets)]
        return [paragraph(layout, *content)]
    return blocks(node, replace(frame, layout=layout, look=looked(node, frame.look)), targets)


def _style(node: Element, names: set[str]) -> str:
    parent = node.getparent()
    if "question" in names:
        return "Subtitle"
    if "said" in names:
        return "Headline"
    if "subhead" in names:
        return "Subhead"
    if parent.tag == "article" and "article" in classes(parent):
        return "Document"
    opens = node.getprevious() is None and "change" not in names
    if opens and ("wording" in classes(parent) or (parent.tag == "li" and len(parent) > 1)):
        return "Lead"
    return "Note" if names & _NOTES else ""


def _heading(node: Element, _frame: Frame, targets: Targets) -> list[Element]:
    """A heading, its letters as its style has them but for an id's."""
    content = runs(pieces(node), targets)
    return [paragraph(Layout(style=_HEADINGS[node.tag]), *content)] if content else []


def _list(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    names = set(classes(node))
    look = looked(node, frame.look)
    style = "Note" if names & _NOTES and not frame.in_cell else frame.layout.style
    inner = replace(frame, look=look, layout=replace(frame.layout, style=style, keep=False))
    items = [item for item in node if is_element(item)]
    if "key" in names:
        return _line_of(items, inner, targets)
    if names & _UNMARKED:
        return [block for item in items for block in _item(item, inner, targets)]
    number = targets.new_list() if node.tag == "ol" else 1
    indent = frame.layout.indent + (STEP if node.tag == "ul" else STEP + STEP // 2)
    inner = replace(inner, level=frame.level + 1, width=frame.width - STEP, layout=replace(inner.layout, indent=indent))
    made: list[Element] = []
    for item in items:
        content = _item(item, inner, targets)
        if content and is_indented(content[0]):
            hang(content[0], indent - frame.layout.indent, number=(number, min(frame.level, 2)))
        made += content
    return made


def _line_of(items: Iterable[Element], frame: Frame, targets: Targets) -> list[Element]:
    """Short items side by side."""
    line = [piece for item in items for piece in (*pieces(item, frame.look), Piece(text="\u2003 "))]
    content = runs(line, targets)
    return [paragraph(frame.layout, *content)] if content else []


def _item(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    look = looked(node, frame.look)
    return _placed(blocks(node, replace(frame, look=look), targets), [node.get("id", "")], targets)


def _definitions(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """Terms at the left, each with what it means beside it."""
    terms = list(node.iter("dt"))
    longest = max((len(term.text_content()) for term in terms), default=0)
    by = min(max(TERM, TERM_LETTER * longest), LONGEST_TERM)
    inner = replace(
        frame, layout=replace(frame.layout, indent=frame.layout.indent + by, keep=False), width=frame.width - by
    )
    made: list[Element] = []
    lead: list[Element] = []
    for part in node.iter("dt", "dd"):
        if part.tag == "dt":
            lead = [*runs(pieces(part, replace(frame.look, color=MUTED, bold=True)), targets), _tab()]
            continue
        content = blocks(part, inner, targets)
        if not content or not is_indented(content[0]):
            content.insert(0, paragraph(inner.layout))
        hang(content[0], by, lead=lead)
        made += _placed(content, [part.get("id", "")], targets)
        lead = []
    return made


def _tab() -> Element:
    made = run("")
    made.replace(made[-1], made.makeelement(made[-1].tag.replace("}t", "}tab")))
    return made


def _details(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """What a reader of the page may fold is open; a summary with nothing but a table names that table."""
    parts = [part for part in node if is_element(part)]
    tables = [part for part in parts if table_in(part) is not None]
    summary = parts[0] if parts and parts[0].tag == "summary" else None
    if summary is not None and len(parts) == len(tables) + 1 == 2:  # noqa: PLR2004 -- the summary and the table
        found = table_in(parts[1])
        return _captioned(found, frame, targets, list(pieces(summary, frame.look)))
    return blocks(node, frame, targets)


def _summary(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """A summary as the heading of what follows it."""
    style = "Heading3" if "part" in classes(node.getparent()) else "Summary"
    content = runs(pieces(node), targets)
    layout = Layout(style=style) if style == "Heading3" else replace(frame.layout, style=style, keep=True)
    return [paragraph(layout, *content)] if content else []


def table_in(node: Element) -> Element | None:
    """The table that a box of the page is or holds; None where it holds anything else."""
    if node.tag == "table":
        return node
    inner = [part for part in node if is_element(part)]
    return table_in(inner[0]) if node.tag == "div" and len(inner) == 1 else None


def _table(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    return _captioned(node, frame, targets, [])


def _captioned(node: Element, frame: Frame, targets: Targets, summary: list[Piece]) -> list[Element]:
    """A table under its caption: its own, the summary above it, or the name of its box."""
    own = node.find("caption")
    words = list(pieces(own)) if own is not None else summary or list(letters_of(_name(node)))
    said = "".join(piece.text for piece in words).strip()
    tint = next((TINTS[name][0] for name in classes(node.getparent()) if name in TINTS), "")
    made = table(node, frame.width, _filled(targets), name=said, tint=tint)
    if made is None:
        return []
    places = [part.get("id", "") for part in (node, node.getparent())]
    if frame.in_cell:
        return [made]
    card = _card(node)
    lead = [Piece(text=f"{card}: ")] if card and card not in said else []
    return _placed([_caption("Table", [*lead, *words], targets, keep=True), made], places, targets)


def _filled(targets: Targets) -> Callable[[Element, int], list[Element]]:
    """What a cell of a table is filled with."""

    def fill(cell: Element, width: int) -> list[Element]:
        head = cell.getparent().getparent().tag == "thead"
        names = set(classes(cell))
        look = looked(cell, replace(PLAIN, bold=cell.tag == "th"))
        layout = Layout(style="TableHead" if head else "TableText", align="right" if "count" in names else "")
        made = blocks(cell, Frame(layout=layout, width=width, look=look, in_cell=True), targets)
        return _placed(made, [cell.get("id", ""), cell.getparent().get("id", "")], targets)

    return fill


def _name(node: Element) -> str:
    """What the page calls a table or figure: the label of its box, or the heading above it."""
    for box in node.iterancestors("div", "section"):
        if box.get("aria-label"):
            return str(box.get("aria-label"))
    for before in node.iterancestors():
        heading = next((part for part in before.itersiblings(*_HEADINGS, preceding=True)), None)
        if heading is not None:
            return str(heading.text_content())
    return ""


def _card(node: Element) -> str:
    """The id of the claim in whose card an element stands."""
    for box in node.iterancestors("article"):
        found = box.find("h3/span[@class='id']")
        if found is not None:
            return str(found.text_content())
    return ""


def _caption(kind: str, words: list[Piece], targets: Targets, *, keep: bool) -> Element:
    """A caption with a number that Word counts; its words are none where there are none."""
    number = [run(f"{kind} ", Look(bold=True)), field(f"SEQ {kind} \\* ARABIC", "0")]
    content = runs(words, targets)
    return paragraph(Layout(style="Caption", keep=keep), *number, *([run(". ")] if content else []), *content)


def _figure(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    """A picture above its caption; one that cannot be drawn is told in its words."""
    made: list[Element] = []
    for shown in node.iter("svg", "img"):
        alt = shown.get("aria-label") or shown.get("alt") or ""
        picture = targets.picture(shown)
        if picture is None:
            made += [paragraph(replace(frame.layout, style="Note"), run(alt))] if alt else []
            continue
        made.append(paragraph(Layout(style="Figure", keep=True), picture))
        own = node.find("figcaption") if node.tag == "figure" else None
        words = list(pieces(own)) if own is not None else list(letters_of(title_of(shown) or _name(node)))
        made.append(_caption("Figure", words, targets, keep=False))
    return made


def _quotation(node: Element, frame: Frame, targets: Targets) -> list[Element]:
    return blocks(node, replace(frame, layout=replace(frame.layout, style="Quote")), targets)


def _as_typed(node: Element, _frame: Frame, targets: Targets) -> list[Element]:
    """Text whose lines and spaces count."""
    line: list[Piece] = []
    for text in node.text_content().strip("\n").splitlines():
        line += [Piece(text=text.expandtabs(4).replace(" ", "\u00a0") or "\u00a0"), Piece(text=BREAK)]
    content = runs(line, targets)
    return [paragraph(Layout(style="Typed"), *content)] if content else []


_BLOCKS: Mapping[str, Callable[[Element, Frame, Targets], list[Element]]] = {
    **dict.fromkeys(("article", "section", "div", "main", "header", "footer", "aside", "dd", "li", "tbody"), _box),
    **dict.fromkeys(_HEADINGS, _heading),
    **dict.fromkeys(("ul", "ol"), _list),
    **dict.fromkeys(("figure", "svg", "img"), _figure),
    "p": _paragraph,
    "dl": _definitions,
    "details": _details,
    "summary": _summary,
    "table": _table,
    "blockquote": _quotation,
    "pre": _as_typed,
}
