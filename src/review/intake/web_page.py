"""The main text of a saved web page.

What is left out is left out for what it is (a menu, a cookie banner, a script, a hidden part), never for a score: a
short line of an advert is often its boldest claim, and readers that weigh lines by their length drop it.  All that is
left out and was to be seen is named in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from review.intake.reading import DocumentText, decoded, one_line, readable, refused

#: A block of this many links or more, and little else, is a menu (our conventions).
MENU_LINKS = 3
MENU_LINK_SHARE = 0.8
MENU_WORDS_A_LINK = 6
#: A cookie banner without a telling name is no longer than this, in characters (our convention).
LONGEST_BANNER = 900
#: So much of what was left out is shown in a note, in characters.
SHOWN = 60

_UNSEEN = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio"),
        *("video", "head", "select", "textarea", "datalist", "input", "map"),
    )
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table"),
        *("tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary"})
_MENU_ROLES = frozenset({"navigation", "menu", "menubar", "search", "toolbar"})
_MENU_BLOCKS = frozenset({"ul", "ol", "div", "menu", "table", "p", "section", "aside", "header", "footer", "dl"})
_COOKIE_NAME = re.compile(
    r"cookie|gdpr|ccpa|onetrust|cybot|usercentrics|didomi|truste|cmplz|borlabs|iubenda|klaro|osano|termly|quantcast"
    r"|(?<!informed-)(?<!informed_)(?<!informed)consent|privacy-?(?:banner|notice|popup)",
    re.IGNORECASE,
)
_COOKIE_WORD = re.compile(r"\bcookies?\b|\bconsent\b|\bprivacy\b|\btracking\b", re.IGNORECASE)
_COOKIE = re.compile(r"\bcookies?\b", re.IGNORECASE)
_COOKIE_CHOICE = re.compile(
    r"\b(?:accept|agree|allow|reject|decline|refuse|got it|preferences|settings)\b", re.IGNORECASE
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Parts that a click shows: hidden in the file, seen by the reader.
_UNFOLDS = re.compile(r"tab|accordion|collapse|panel|faq|toggle|expand|slide|carousel", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w\-]+)""", re.IGNORECASE)


def web_page(name: str, data: bytes) -> DocumentText:
    """The main text of a saved page, without menus, cookie banners and scripts.

    Parameters
    ----------
    name : str
        Its file name.
    data : bytes
        As saved.

    Returns
    -------
    DocumentText
        Headings, paragraphs, items and rows with an empty line between; cells of a row with a tab between.

    Raises
    ------
    WrongUse
        If no text is left, as in a page whose text a script loads.
    """
    declared = _CHARSET.search(data[:4096])
    source, notes = decoded(name, data, declared[1].decode("ascii") if declared else "")
    title, text, left_out = blocks_of(source, page=True)
    if not text:
        wrong = "the saved page holds no text (often a script loads it)"
        raise refused(name, wrong, "open it in a browser and save the complete page, or print it to PDF")
    return DocumentText(text=text, kind="html", title=title, notes=(*notes, *left_out))


def blocks_of(source: str, *, page: bool) -> tuple[str, str, tuple[str, ...]]:
    """Title, text and notes of HTML.

    Parameters
    ----------
    source : str
        The HTML.
    page : bool
        Whether it is a whole page, whose menus and banners are left out.

    Returns
    -------
    title, text : str
        The first heading of the first level, or what the page calls itself; blocks with an empty line between.
    notes : tuple of str
        What was left out.
    """
    from lxml import etree  # type: ignore[import-untyped]

    if not source.strip():
        return "", "", ()
    # Without huge_tree, libxml2 drops what stands deeper than 256 elements and says nothing.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    if root is None:
        return "", "", ()
    left_out: list[str] = []
    text = "\n\n".join(_blocks(root, left_out, page=page))
    heading, named = (next(filter(None, map(_words, root.iter(tag))), "") for tag in ("h1", "title"))
    return readable(heading or named), text, tuple(left_out)


def _blocks(root: Any, left_out: list[str], *, page: bool) -> Iterator[str]:
    """The texts between the borders of blocks, in order."""
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            skipped = element if _left_out(element, tag, left_out, page=page) else None
            if skipped is not None:
                walk.skip_subtree()
        if tag in _BLOCKS:
            yield from _block(pieces)
        elif tag in {"td", "th"}:
            pieces.append("\t")
        if event == "start" and skipped is None:
            pieces.append("\n" if tag == "br" else _spaced(element.text))
        elif event == "end":
            pieces.append(_spaced(element.tail))
    yield from _block(pieces)


def _block(pieces: list[str]) -> Iterator[str]:
    """What was gathered as one block, if anything; the gathering starts anew."""
    joined = "".join(pieces)
    pieces.clear()
    lines = (re.sub(r" *\t\s*", "\t", re.sub(r" +", " ", line)).strip() for line in readable(joined).split("\n"))
    if block := "\n".join(line for line in lines if line):
        yield block


def _words(element: Any) -> str:
    """All its words, those of neighbouring elements apart."""
    return one_line(" ".join(element.itertext()))


def _spaced(text: str | None) -> str:
    """The text with spaces for line ends and tabs, as HTML means them; `br` and cells alone make others."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _left_out(element: Any, tag: str, left_out: list[str], *, page: bool) -> bool:
    """Whether an element is no part of the main text; what a reader saw of it is noted."""
    if tag in _UNSEEN or not tag:
        return True
    if not page or tag in {"html", "body", "main", "article"}:
        return False
    if tag == "button":
        return not any(parent.tag in _HEADINGS for parent in element.iterancestors())
    why = _reason(element, tag)
    if not why:
        return False
    words = _words(element)
    if words:
        left_out.append(f"left out as {why}: {words[:SHOWN]}{'…' if len(words) > SHOWN else ''}")
    return True


def _reason(element: Any, tag: str) -> str:
    """What an element is that is no part of the main text; empty for text."""
    names = f"{element.get('id', '')} {element.get('class', '')}"
    role = element.get("role", "").lower()
    if tag == "nav" or role in _MENU_ROLES:
        return "a menu"
    hidden = element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style", ""))
    if hidden and role != "tabpanel" and not _UNFOLDS.search(names):
        return "hidden"
    if tag not in _BLOCKS or _holds_the_text(element):
        return ""
    if _is_cookie_banner(element, names):
        return "a cookie banner"
    return "a menu" if tag in _MENU_BLOCKS and _is_menu(element) else ""


def _holds_the_text(element: Any) -> bool:
    return next(element.iter("h1", "main", "article"), None) is not None


def _is_cookie_banner(element: Any, names: str) -> bool:
    words = _words(element)
    if _COOKIE_NAME.search(names):
        return bool(_COOKIE_WORD.search(words))
    return (
        len(words) <= LONGEST_BANNER
        and bool(_COOKIE.search(words) and _COOKIE_CHOICE.search(words))
        and _offers(element)
    )


def _offers(element: Any) -> bool:
    """Whether it has something to click on, as a banner has."""
    return next(element.iter("button", "input", "a"), None) is not None


def _is_menu(element: Any) -> bool:
    links = [_words(link) for link in element.iter("a")]
    links = [link for link in links if link]
    whole = len(_words(element))
    if len(links) < MENU_LINKS or not whole or any(link.endswith((".", "!")) for link in links):
        return False
    words = sum(len(link.split()) for link in links) / len(links)
    return words <= MENU_WORDS_A_LINK and sum(map(len, links)) / whole >= MENU_LINK_SHARE
