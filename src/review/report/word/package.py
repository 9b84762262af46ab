"""The file around the text: styles, lists, settings and properties of our own."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from review.exchange.packing import properties, repacked
from review.report.word.elements import Element

if TYPE_CHECKING:
    from docx.document import Document

PARTS = Path(__file__).parents[1] / "templates" / "word"

#: Parts of python-docx's own template that say nothing of this document, by the end of their relationship's type.
_NOT_OURS = ("/thumbnail", "/stylesWithEffects", "/customXml", "/webSettings")


def new_document() -> Document:
    """A document of python-docx without text, with the styles, lists and settings of a report."""
    import docx

    document = docx.Document()
    part = document.part
    for relations in (part.rels, part.package.rels):
        for name in [name for name, relation in relations.items() if relation.reltype.endswith(_NOT_OURS)]:
            del relations[name]
    _refill(document.styles.element, "styles.xml")
    _refill(part.numbering_part.element, "numbering.xml")
    _refill(document.settings.element, "settings.xml")
    return document


def _refill(target: Element, name: str) -> None:
    """Let a part hold what our own file holds."""
    target[:] = list(etree.parse(PARTS / name, etree.XMLParser(remove_blank_text=True)).getroot())


def as_bytes(document: Document, *, title: str, as_of: date | None) -> bytes:
    """The file of a document.

    Parameters
    ----------
    document : Document
        Of python-docx.
    title : str
        Its title.
    as_of : date or None
        When it was made and last changed; without a day neither is said.

    Returns
    -------
    bytes
        The same for the same document, title and day.
    """
    made = BytesIO()
    document.save(made)
    return repacked(made.getvalue(), properties(title, as_of))
