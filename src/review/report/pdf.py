"""The page of the report as a PDF: cover, contents, running heads, bookmarks and tags around the same words.

The page goes in as text and comes out as bytes; nothing is fetched, and the same page gives the same bytes.  What
serves the screen alone (navigation, filters, scripts, what is to be copied) is left out, what is folded is open.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from review.errors import WrongUse
from review.report.labels import day
from review.report.page import TEMPLATE, TEMPLATES, Imprint
from review.report.section import web_address

STYLE = TEMPLATES / TEMPLATE / "print.css"

#: What a machine needs beside Python's packages, by Debian's names; the last makes fonts small.
DEBIAN_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")

#: The extra of this package that brings WeasyPrint.
EXTRA = "pdf"

NOTICE = "Initial appraisal by one reviewer; not legal or medical advice."

_SVG = "{http://www.w3.org/2000/svg}"

#: Elements that bring style, programs, other files or fields; the page has none but its own style and script.
_NOT_PRINTED = frozenset(
    {"script", "style", "link", "base", "iframe", "object", "embed", "audio", "video", "form", "input", "select"}
    | {"textarea", "template", "noscript", "nav", "meta", "title"}
)
#: Classes of what serves the screen alone.
_SCREEN_ONLY = frozenset({"skip", "filter", "filters", "index", "back", "pane", "tools", "mail", "code", "imprint"})

#: What makes an item of a list more than a line of text.
_BLOCKS = frozenset({"p", "div", "dl", "details", "table", "blockquote", "figure", "pre", "section"})

#: What long words are not broken in; headings break by the style.
_KEPT_WHOLE = frozenset({f"{_SVG}svg", "h1", "h2", "h3"})

#: Controls that no XML may hold and no font draws.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

#: A longer word may be broken anywhere: it fits no column of a table, and hardly any is a word of the field.
LONGEST_WORD = 19
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_LONG_PIECE = re.compile(rf"[^\W_]{{{LONGEST_WORD + 1},}}")
#: A place where a line may end, which is neither drawn nor part of the text that is copied.
_MAY_BREAK = "\u200b"


def pdf_of(page: str, imprint: Imprint) -> bytes:
    """The report's page as a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    page : str
        HTML as `build_page` gives it.
    imprint : Imprint
        What the cover and the foot of each page say; `as_of` is also the file's date.

    Returns
    -------
    bytes
        The file; the same page and imprint give the same bytes.

    Raises
    ------
    WrongUse
        If WeasyPrint or a library that it needs is not installed; the message names the packages.
    """
    weasyprint = _weasyprint()
    html = weasyprint.HTML(string=page, url_fetcher=_fetcher(), media_type="print")
    typeset(html.etree_element, replace(imprint, title=_drawable(imprint.title)))
    style = weasyprint.CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=_fetcher())
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    with _uncollected():
        content: bytes = html.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return content


def _weasyprint() -> Any:
    """The library, or an error that says what to install; it prints advice of its own where a part is missing."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import weasyprint  # type: ignore[import-untyped]
    except ImportError as fault:
        raise WrongUse(
            f"no PDF without WeasyPrint: pip install 'evidence-review-workbook[{EXTRA}]' ({fault})"
        ) from fault
    except OSError as fault:
        packages = " ".join(DEBIAN_PACKAGES)
        raise WrongUse(
            f"no PDF, because a library of the system that WeasyPrint needs is missing: install Pango "
            f"(Debian: apt-get install {packages})"
        ) from fault
    return weasyprint


def _fetcher() -> Any:
    """What WeasyPrint asks for addresses: only what stands in the page itself is given, no file and no network."""
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    return URLFetcher(allowed_protocols={"data"})


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing is searched for cycles: millions of boxes stay to the end, and the search takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def typeset(root: Element, imprint: Imprint) -> None:
    """Make of the page's tree that of a printed report, in place: WeasyPrint takes no other tree than its own.

    Parameters
    ----------
    root : Element
        The page's `html` element.
    imprint : Imprint
        What the cover says.
    """
    _prune(root)
    for element in list(root.iter()):
        _clean(element)
        _reword(element)
    _mend_links(root)
    _show_addresses(root)
    _pair_figures(root)
    body = next(root.iter("body"))
    _soften(body)
    box = _taken(body, "title-box")
    headings = _headings(body)
    body[:0] = [_cover(box, imprint), _contents(headings)]
    _describe(root, imprint)


def _classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())


def _prune(element: Element) -> None:
    """Leave out what is not printed, and attributes that a strict page ignores too."""
    for child in list(element):
        if child.tag in _NOT_PRINTED or _classes(child) & _SCREEN_ONLY or _is_empty_table(child):
            _remove(element, child)
        else:
            child.attrib.pop("style", None)
            _prune(child)


def _is_empty_table(element: Element) -> bool:
    """Whether a table has a head alone, which says nothing and would be a wrong tag."""
    return element.tag == "table" and element.find(".//td") is None


def _clean(element: Element) -> None:
    """Leave out controls; they also come in as numbers, which only the parser turns into characters."""
    element.text, element.tail = _drawable(element.text or ""), _drawable(element.tail or "")
    for name, value in element.items():
        element.set(name, _drawable(value))


def _drawable(text: str) -> str:
    return _CONTROLS.sub("", text)


def _remove(parent: Element, child: Element) -> None:
    """Take a child out and leave the text after it where it stands."""
    place = list(parent).index(child)
    if child.tail and place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + child.tail
    elif child.tail:
        parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _reword(element: Element) -> None:
    """Name an element for what it is on paper, so that its tag in the PDF says so."""
    if element.tag == "details":
        kept_open = "part" in _classes(element)
        element.tag = "div"
        for summary in element.findall("summary"):
            summary.tag = "h4" if kept_open else "p"
            summary.set("class", "summary")
    elif element.tag == "dl" and all(child.tag == "div" for child in element):
        _reword_pairs(element)
    elif element.tag in {"ul", "ol"}:
        _reword_items(element)
    elif element.get("scope") == "rowgroup":
        # WeasyPrint takes any other scope for the head of a column.
        element.set("scope", "row")
    elif element.tag == f"{_SVG}svg" and element.get("aria-label"):
        title = Element(f"{_SVG}title")
        title.text = element.get("aria-label")
        element.insert(0, title)


def _reword_items(items: Element) -> None:
    """Nothing but items in a list, and no text that is neither a mark nor a body in an item of several paragraphs."""
    items.text = None
    for item in items:
        item.tail = None
        if any(child.tag in _BLOCKS for child in item):
            item.set("class", f"{item.get('class', '')} unmarked".strip())


def _reword_pairs(pairs: Element) -> None:
    """Terms with what they mean as one paragraph each: a list of the PDF may hold nothing but items."""
    pairs.tag = "div"
    pairs.set("class", "pairs")
    for pair in pairs:
        pair.tag = "p"
        for child in pair:
            child.set("class", child.tag)
            child.tag = "b" if child.tag == "dt" else "span"


def _mend_links(root: Element) -> None:
    """Links lead to a place of this page or to an address of the web, or are no links."""
    places = {element.get("id") for element in root.iter()}
    for link in root.iter("a"):
        address = link.attrib.pop("href", "")
        place = address[1:].split("?")[0] if address.startswith("#") else ""
        if place in places:
            link.set("href", f"#{place}")
        elif web_address(address):
            link.set("href", address)


def _show_addresses(root: Element) -> None:
    """The address of each reference in full: on paper a link says nothing."""
    for entries in root.iter("ol"):
        for link in entries.iterfind("li/p[1]/a") if "references" in _classes(entries) else ():
            link.text = link.get("href", "").removeprefix("https://") or link.text


def _pair_figures(root: Element) -> None:
    """What a synthesis is for beside its figure, which leaves a third of the page empty."""
    for section in root.iter("section"):
        for words, figure in pairwise(list(section) if "synthesis" in _classes(section) else ()):
            if words.tag == "ul" and figure.tag == "figure":
                pair = Element("div", {"class": "pair"})
                section.insert(list(section).index(words), pair)
                for part in (words, figure):
                    section.remove(part)
                    pair.append(part)


def _soften(element: Element) -> None:
    """Say where lines may end: within long words, and after a space before an element.

    The style could say the first too, but WeasyPrint then also breaks short words where an element begins; and
    without the second it breaks a line after its first word where all but the last space fits.  Headings stay as
    they are, because bookmarks are made of them.
    """
    if element.tag in _KEPT_WHOLE:
        return
    children = list(element)
    element.text = _softer_text(element.text, before_element=bool(children))
    for place, child in enumerate(children, start=1):
        _soften(child)
        child.tail = _softer_text(child.tail, before_element=place < len(children))


def _softer_text(text: str | None, *, before_element: bool) -> str:
    soft = _LONG_WORD.sub(_softer, text or "")
    return soft + _MAY_BREAK if before_element and soft[-1:].isspace() and soft.strip() else soft


def _softer(word: re.Match[str]) -> str:
    """A long word with places to break: after its signs, and anywhere in what is long without one."""
    signs = re.sub(r"([/.\-_,;:?&=@#])(?=\w)", rf"\1{_MAY_BREAK}", word[0])
    return _LONG_PIECE.sub(lambda piece: _MAY_BREAK.join(piece[0]), signs)


def _taken(body: Element, name: str) -> Element | None:
    """The first element of a class, taken out of the body."""
    for parent in body.iter():
        for child in parent:
            if name in _classes(child):
                _remove(parent, child)
                return child
    return None


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _headings(body: Element) -> list[Element]:
    """The headings of the contents in their order, each with an id; cards say what stands at the head of the page."""
    found = [element for element in body.iter() if element.tag in {"h2", "h3"}]
    for number, heading in enumerate(found, start=1):
        if not heading.get("id"):
            heading.set("id", f"heading-{number}")
    for card in body.iter("article"):
        name = next((span for span in card.iterfind("h3/*") if "id" in _classes(span)), None)
        if name is not None:
            card.set("data-head", _text(name))
    return found


def _contents(headings: list[Element]) -> Element:
    """The list of contents; its page numbers are the style's."""
    contents = Element("section", {"class": "contents"})
    SubElement(contents, "h2").text = "Contents"
    entries = SubElement(contents, "ul")
    for heading in headings:
        place = f"#{heading.get('id')}"
        entry = SubElement(entries, "li", {"class": f"in-{heading.tag}", "data-place": place})
        link = SubElement(entry, "a", {"href": place})
        link.text = _text(heading)
    return contents


def _cover(box: Element | None, imprint: Imprint) -> Element:
    """The first page: the title box of the page, or the title alone, and what the report was made from."""
    cover = Element("section", {"class": "cover"})
    if box is None:
        SubElement(cover, "h1").text = imprint.title
    else:
        cover.extend(box)
    facts = SubElement(cover, "div", {"class": "pairs"})
    for name, value in _facts(imprint):
        pair = SubElement(facts, "p")
        SubElement(pair, "b", {"class": "dt"}).text = name
        SubElement(pair, "span", {"class": "dd"}).text = value
    SubElement(cover, "p", {"class": "notice"}).text = NOTICE
    return cover


def _facts(imprint: Imprint) -> Iterator[tuple[str, str]]:
    if imprint.as_of is not None:
        yield "As of", day(imprint.as_of)
    yield "Inputs", f"SHA-256 {imprint.digest}"
    yield "Made with", f"review {imprint.version}"


def _describe(root: Element, imprint: Imprint) -> None:
    """What the file says of itself: title, language, subject and the day for which it speaks."""
    root.set("lang", root.get("lang") or "en")
    head = next(root.iter("head"))
    SubElement(head, "title").text = imprint.title
    said = {"description": NOTICE, "generator": f"review {imprint.version}"}
    if imprint.as_of is not None:
        said |= {"dcterms.created": f"{imprint.as_of}", "dcterms.modified": f"{imprint.as_of}"}
    for name, content in said.items():
        SubElement(head, "meta", {"name": name, "content": content})
