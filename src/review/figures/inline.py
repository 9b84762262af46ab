"""A figure as part of a page: small SVG whose attributes a strict style policy allows and whose colours a page may set.

Matplotlib writes every property as a style attribute, which a page that allows no inline style ignores; here they
become attributes of their own.  What draws nothing (metadata, empty groups, names that nothing refers to, SVG's own
defaults, digits below a tenth of a point) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from review.figures.canvas import FONT, INK, SMALL, as_svg

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from matplotlib.figure import Figure

_SPACE, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.\d+")
_COORDINATES = frozenset({"d", "x", "y", "x1", "x2", "y1", "y2", "transform", "points", "width", "height"})
#: What the outermost element says for all.
_FOR_ALL = {
    "font-family": f"'{FONT}', Verdana, sans-serif",
    "fill": INK,
    "font-size": f"{SMALL:g}",
    "stroke-width": "0.8",
}
#: Values that need no words: SVG's own, what is said for all, and caps that make a line longer by half its width.
_DEFAULT = {
    **_FOR_ALL,
    "text-anchor": "start",
    "stroke-linejoin": "miter",
    "stroke-dashoffset": "0",
    "font-weight": "400",
}
_AFTER_COMMAND = re.compile(r" ?([A-Za-z]) ?(?=[-\d]|$)")
_REFERENCE = re.compile(r"#([\w.-]+)")
_KEPT_OUT = frozenset({"metadata", "style"})


def inline_svg(figure: Figure, *, key: str, alt: str) -> str:
    """A figure as an element of an HTML page.

    Parameters
    ----------
    figure : Figure
        As the `plot_` functions give it.
    key : str
        Letters, digits and hyphens; begins the ids within, so that no two figures of a page share one.
    alt : str
        The same in sentences.

    Returns
    -------
    str
        One `svg` element without style attributes, scripts and addresses; text is escaped, the same every time.
    """
    from xml.etree.ElementTree import Element, fromstring, tostring

    given = fromstring(as_svg(figure))  # noqa: S314 -- our own drawing
    box = given.get("viewBox", "")
    width, height = (f"{float(size):g}" for size in box.split()[2:])
    used = dict.fromkeys(name for element in given.iter() for name in _references(element))
    names = {name: f"{key}-{place}" for place, name in enumerate(used)}
    whole = Element("svg", {"viewBox": box, "width": width, "height": height, "role": "img", "aria-label": alt})
    whole.attrib |= _FOR_ALL
    for child in given:
        whole.extend(_slim(child, names))
    return tostring(whole, encoding="unicode").replace(" />", "/>")


def _slim(element: Element, names: Mapping[str, str]) -> Iterator[Element]:
    """The element without what draws nothing; a group that says nothing gives its members."""
    from xml.etree.ElementTree import Element

    tag = element.tag.removeprefix(_SPACE)
    if tag in _KEPT_OUT:
        return
    attributes = dict(_attributes(element, names))
    members = [member for child in element for member in _slim(child, names)]
    if tag in {"g", "defs"} and (not members or (tag == "g" and not attributes)):
        yield from members
        return
    made = Element(tag, attributes)
    made.text = element.text if (element.text or "").strip() else None
    made.extend(members)
    yield made


def _attributes(element: Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name == "style":
            yield from _properties(value, names)
        elif name == "id":
            if value in names:
                yield name, names[value]
        elif name in {_LINK, "clip-path"}:
            yield name.replace(_LINK, "href"), _renamed(value, names)
        elif not (name == "transform" and value.startswith("rotate(-0 ")):
            text = _short(value) if name in _COORDINATES else value
            yield name, _AFTER_COMMAND.sub(r"\1", text) if name == "d" else text


def _properties(style: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The properties of a style attribute as attributes; sizes of fonts lose a unit that SVG takes for granted."""
    for part in filter(None, style.split(";")):
        name, value = (text.strip() for text in part.split(":", 1))
        value = value.removesuffix("px")
        if name not in {"font-family", "stroke-linecap"} and _DEFAULT.get(name) != value:
            yield name, _renamed(value, names) if value.startswith("url(") else value


def _references(element: Element) -> Iterator[str]:
    for name in (_LINK, "clip-path", "style"):
        text = element.get(name, "")
        if name != "style" or "url(" in text:
            yield from _REFERENCE.findall(text)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda found: f"#{names[found[1]]}", text)


def _short(text: str) -> str:
    """Coordinates to a tenth of a point, on one line."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), " ".join(text.split()))
