"""Runs of a Word paragraph from the words of the page: emphasis, chips, marks and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import quote

from review.exchange.packing import printable
from review.report.section import web_address
from review.report.word.elements import BREAK, PLAIN, RELATIONS, Element, Look, run, w

_SPACES = re.compile("[ \t\n\r\f]+")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")

#: The tints of the printed page (templates/review/style.css): letters, and what is behind them.
MUTED, LINE, SOFT = "595959", "BFBFBF", "F2F2F2"
SUPPORTS, CONTRADICTS = ("0B5A55", "DFF1EE"), ("8C2A17", "FBE6DF")
INCONCLUSIVE, QUALIFIES = ("474E56", "E9ECEF"), ("674700", "FAEED2")
MARKED = "FCF0C4"

#: The tint of each word that a chip, a verdict or a group of citations can have as its class.
TINTS: Mapping[str, tuple[str, str]] = {
    "supports": SUPPORTS,
    "supported": SUPPORTS,
    "supported-with-limits": SUPPORTS,
    "contradicts": CONTRADICTS,
    "contradicted": CONTRADICTS,
    "error": CONTRADICTS,
    "qualifies": QUALIFIES,
    "overstated": QUALIFIES,
    "warning": QUALIFIES,
    "inconclusive": INCONCLUSIVE,
    "not-substantiated": INCONCLUSIVE,
}
#: The line beneath a claim's words says its verdict too, so that it is never colour alone.
_UNDERLINES: Mapping[str, str] = {
    "supported": "single",
    "supported-with-limits": "dash",
    "overstated": "wave",
    "contradicted": "double",
    "not-substantiated": "dottedHeavy",
}
_TAGS: Mapping[str, dict[str, object]] = {
    "b": {"bold": True},
    "strong": {"bold": True},
    "em": {"italic": True},
    "i": {"italic": True},
    "code": {"mono": True},
    "del": {"strike": True, "color": MUTED},
    "ins": {"underline": "single", "line": SUPPORTS[0]},
    "mark": {"shade": MARKED},
    "sup": {"position": "superscript", "underline": "", "shade": "", "bold": True},
    "sub": {"position": "subscript"},
}
_CLASSES: Mapping[str, dict[str, object]] = {
    "minor": {"color": MUTED, "bold": False},
    "source": {"color": MUTED},
    "fit": {"color": MUTED},
    "zero": {"color": MUTED},
    "none": {"color": MUTED, "italic": True},
    "id": {"bold": True},
    "high": {"color": CONTRADICTS[0], "bold": True},
    "low": {"color": SUPPORTS[0]},
    "not-reported": {"color": MUTED},
    "no-judgement": {"color": MUTED},
}
#: An address that is longer is shown and not linked: Word's limit for an address is 2,083 letters.
_ADDRESS_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Letters with their look, and where they lead to: ``#id``, an address or nowhere."""

    text: str
    look: Look = PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What the parts of a document outside its text are asked for.

    Attributes
    ----------
    places : mapping of str to str
        The bookmark of each id that a link leads to.
    relate : callable
        The document's own name of an address.
    picture : callable
        The paragraph's run with a picture of the page, or None where it cannot be drawn.
    new_list : callable
        Number of a new list that counts from one.
    """

    places: Mapping[str, str]
    relate: Callable[[str], str]
    picture: Callable[[Element], Element | None]
    new_list: Callable[[], int]


def classes(node: Element) -> list[str]:
    """The classes of an element of the page."""
    return (node.get("class") or "").split()


def is_element(node: Element) -> bool:
    """Whether it is an element and no comment."""
    return isinstance(node.tag, str)


def looked(node: Element, look: Look) -> Look:
    """The look within an element of the page."""
    names = classes(node)
    changed = replace(look, **_TAGS.get(node.tag, {}))  # type: ignore[arg-type]
    for name in names:
        changed = replace(changed, **_CLASSES.get(name, {}))  # type: ignore[arg-type]
    if "chip" in names:
        return _chip(names, changed)
    verdict = next((name.removeprefix("v-") for name in names if name.startswith("v-")), "")
    if node.tag == "mark" and verdict:
        letters, behind = TINTS.get(verdict, (MUTED, ""))
        changed = replace(changed, shade=behind, underline=_UNDERLINES.get(verdict, "dotted"), line=letters)
    return changed


def _chip(names: list[str], look: Look) -> Look:
    if "mark" in names:
        return replace(look, shade=MARKED)
    letters, behind = next((TINTS[name] for name in names if name in TINTS), (MUTED, ""))
    box = letters if "verdict" in names else LINE if not behind else ""
    return replace(look, color=letters, shade=behind, box=box, bold="verdict" in names)


def pieces(node: Element, look: Look = PLAIN, link: str = "") -> Iterator[Piece]:
    """The letters of an element of the page, with all that is in it."""
    if node.tag == "br":
        yield Piece(text=BREAK)
        return
    look = looked(node, look)
    link = node.get("href", link) if node.tag == "a" else link
    before, after = _around(node)
    yield from (Piece(text=text, look=look) for text in before)
    yield from letters_of(node.text, look, link)
    for child in node:
        if is_element(child):
            yield from pieces(child, look, link)
        yield from letters_of(child.tail, look, link)
    yield from (Piece(text=text, look=look) for text in after)


def letters_of(text: str | None, look: Look = PLAIN, link: str = "") -> Iterator[Piece]:
    """The letters of a text of the page, any white space as one space."""
    if text:
        yield Piece(text=_SPACES.sub(" ", text), look=look, link=link)


def _around(node: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the page's style sets before and after an element."""
    names = classes(node)
    if node.tag == "q":
        inner = any(parent.tag == "q" for parent in node.iterancestors())
        return (("‘",), ("’",)) if inner else (("“",), ("”",))
    if "chip" in names:
        return ("\u00a0",), ("\u00a0",)
    if node.tag == "span" and "minor" in names and node.getparent().tag == "th":
        return (BREAK,), ()
    return ((), ())


def runs(given: Iterable[Piece], targets: Targets) -> list[Element]:
    """The content of a paragraph: runs, and links around them; empty where there is nothing to read."""
    made: list[Element] = []
    for link, group in groupby(_spaced(given), key=lambda piece: piece.link):
        linked = list(group)
        anchor = _anchor(link, targets)
        if anchor is None:
            made.extend(_merged(linked, ""))
        else:
            anchor.extend(_merged(linked, "InternalLink" if link.startswith("#") else "Hyperlink"))
            made.append(anchor)
    return made


def _merged(given: list[Piece], style: str) -> Iterator[Element]:
    """Runs, as few as there are looks."""
    for (look, is_break), group in groupby(given, key=lambda piece: (piece.look, piece.text == BREAK)):
        dressed = replace(look, style=style) if style else look
        texts = [piece.text for piece in group]
        yield from (run(text, dressed) for text in (texts if is_break else ["".join(texts)]))


def _spaced(given: Iterable[Piece]) -> list[Piece]:
    """The pieces with single spaces, and none at the ends of lines."""
    made: list[Piece] = []
    for piece in given:
        begins = not made or made[-1].text == BREAK or made[-1].text.endswith(" ")
        if piece.text == BREAK:
            _trim(made)
            if made and made[-1].text != BREAK:
                made.append(piece)
        elif text := piece.text.lstrip(" ") if begins else piece.text:
            made.append(replace(piece, text=text))
    while made and made[-1].text in {BREAK, " "}:
        made.pop()
    _trim(made)
    return made


def _trim(made: list[Piece]) -> None:
    """Take the space from the end of a line."""
    if made and made[-1].text != BREAK and made[-1].text.endswith(" "):
        last = made.pop()
        if last.text.strip(" "):
            made.append(replace(last, text=last.text.rstrip(" ")))


def _anchor(link: str, targets: Targets) -> Element | None:
    """The link's element; None for a place that the document does not have and for what is no address of the web."""
    if link.startswith("#"):
        name = targets.places.get(link[1:].partition("?")[0])
        return None if name is None else w("hyperlink", anchor=name, history=1)
    address = _word_address(link)
    if not address:
        return None
    made = w("hyperlink", history=1)
    made.set(f"{{{RELATIONS}}}id", targets.relate(address))
    return made


def _word_address(link: str) -> str:
    """An address as Word takes it, every letter that an address cannot have as its code; nothing for any other link."""
    whole, hash_sign, fragment = web_address(printable(link)).partition("#")
    encoded = quote(_BARE_PERCENT.sub("%25", whole), safe="%/:?@!$&'()*+,;=~-._")
    if hash_sign:
        encoded += "#" + quote(_BARE_PERCENT.sub("%25", fragment), safe="%/:?@!$&'()*+,;=~-._")
    return encoded if len(encoded) <= _ADDRESS_LIMIT else ""
