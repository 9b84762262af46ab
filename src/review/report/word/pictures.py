"""Pictures of the page as parts of a Word document: figures drawn to PNG, with their alternative text."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from review.exchange.packing import printable
from review.figures.canvas import TITLE
from review.report.word.elements import RELATIONS, Element, w

#: Dots for each point of a figure, which is 7.2 inches wide: about 230 an inch at the width on a page.
ZOOM = 2.5
#: English Metric Units in a point and in an inch.
EMU_POINT, EMU_INCH = 12_700, 914_400
#: Inches: letters of 12 points become 9.3, like the text around them; the height leaves room for a caption.
WIDEST, TALLEST = 5.6, 8.6

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/"
_PLACED, _ART, _PICTURE = f"{_DRAWING}wordprocessingDrawing", f"{_DRAWING}main", f"{_DRAWING}picture"
#: Names of SVG that are not all small letters; the reader of HTML writes them so.
_SVG_NAMES = {
    name.lower(): name
    for name in ("viewBox", "clipPath", "clipPathUnits", "patternUnits", "patternTransform", "linearGradient")
}
_PNG_DATA = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture to be placed.

    Attributes
    ----------
    png : bytes
        Its file.
    width, height : float
        Points.
    alt : str
        The same in sentences.
    """

    png: bytes
    width: float
    height: float
    alt: str


def picture_of(node: Element) -> Picture | None:
    """The picture that an element of the page shows; None where it cannot be drawn.

    Parameters
    ----------
    node : Element
        ``svg``, or ``img`` with its PNG as data.

    Returns
    -------
    Picture or None
        The same bytes every time: letters are DejaVu Sans, which Matplotlib carries.
    """
    if node.tag == "img":
        return _given(node)
    size = [_points(node.get(name)) for name in ("width", "height")]
    if not all(size):
        return None
    from matplotlib import get_data_path
    from resvg_py import svg_to_bytes

    fonts = [f"{get_data_path()}/fonts/ttf/DejaVuSans{name}.ttf" for name in ("", "-Bold")]
    try:
        png = svg_to_bytes(
            svg_string=_svg(node), skip_system_fonts=True, font_files=fonts, zoom=ZOOM, background="#ffffff"
        )
    except ValueError:
        return None
    return Picture(png=bytes(png), width=size[0], height=size[1], alt=node.get("aria-label", ""))


def _given(node: Element) -> Picture | None:
    """A picture that the page holds as PNG, at 96 dots an inch."""
    found = _PNG_DATA.fullmatch(node.get("src", ""))
    try:
        png = base64.b64decode(found[1]) if found else b""
    except binascii.Error:
        return None
    if png[:8] != b"\x89PNG\r\n\x1a\n" or len(png) < 24:  # noqa: PLR2004 -- signature, and the size in its first part
        return None
    width, height = (int.from_bytes(png[at : at + 4], "big") * 0.75 for at in (16, 20))
    return Picture(png=png, width=width, height=height, alt=node.get("alt", "")) if width and height else None


def _svg(node: Element) -> str:
    """The drawing as XML."""
    root = etree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    _copy(node, root)
    return str(etree.tostring(root, encoding="unicode"))


def _copy(node: Element, target: Element) -> None:
    for name, value in node.attrib.items():
        if ":" not in name and name != "xmlns":
            target.set(_SVG_NAMES.get(name, name), value)
    target.text = node.text
    for child in node:
        if isinstance(child.tag, str):
            _copy(child, etree.SubElement(target, _SVG_NAMES.get(child.tag, child.tag)))


def _points(size: str | None) -> float:
    try:
        return float((size or "").removesuffix("pt"))
    except ValueError:
        return 0.0


def title_of(node: Element) -> str:
    """The words that a figure has above its body; empty where it has none."""
    lines = (text.text or "" for text in node.iter("text") if text.get("font-size") == f"{TITLE:g}")
    return " ".join(lines).strip()


def drawing(picture: Picture, relation: str, name: str) -> Element:
    """The run of a paragraph that shows a picture, as wide as the text at most.

    Parameters
    ----------
    picture : Picture
        Its size and alternative text.
    relation : str
        The document's own name of its file.
    name : str
        For people who list the pictures.
    """
    scale = min(1.0, WIDEST * 72 / picture.width, TALLEST * 72 / picture.height)
    wide, high = (str(round(size * scale * EMU_POINT)) for size in (picture.width, picture.height))
    properties = {"id": "0", "name": printable(name), "descr": printable(picture.alt)}
    placed = _in(_PLACED, "inline", {"distT": "0", "distB": "0", "distL": "0", "distR": "0"})
    placed.append(_in(_PLACED, "extent", {"cx": wide, "cy": high}))
    placed.append(_in(_PLACED, "docPr", properties))
    graphic = etree.SubElement(placed, f"{{{_ART}}}graphic", nsmap={"a": _ART})
    data = etree.SubElement(graphic, f"{{{_ART}}}graphicData", {"uri": _PICTURE})
    data.append(_shape(relation, wide, high, printable(name)))
    return w("r", w("drawing", placed))


def _shape(relation: str, wide: str, high: str, name: str) -> Element:
    shown = etree.Element(f"{{{_PICTURE}}}pic", nsmap={"pic": _PICTURE})
    about = etree.SubElement(shown, f"{{{_PICTURE}}}nvPicPr")
    about.append(_in(_PICTURE, "cNvPr", {"id": "0", "name": name}))
    about.append(_in(_PICTURE, "cNvPicPr", {}))
    filled = etree.SubElement(shown, f"{{{_PICTURE}}}blipFill")
    filled.append(_in(_ART, "blip", {f"{{{RELATIONS}}}embed": relation}))
    etree.SubElement(etree.SubElement(filled, f"{{{_ART}}}stretch"), f"{{{_ART}}}fillRect")
    shape = etree.SubElement(shown, f"{{{_PICTURE}}}spPr")
    frame = etree.SubElement(shape, f"{{{_ART}}}xfrm")
    frame.append(_in(_ART, "off", {"x": "0", "y": "0"}))
    frame.append(_in(_ART, "ext", {"cx": wide, "cy": high}))
    form = etree.SubElement(shape, f"{{{_ART}}}prstGeom", {"prst": "rect"})
    etree.SubElement(form, f"{{{_ART}}}avLst")
    return shown


def _in(space: str, tag: str, attributes: dict[str, str]) -> Element:
    return etree.Element(f"{{{space}}}{tag}", attributes)
