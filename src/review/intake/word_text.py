"""The text of a Word document, as it reads with its tracked changes accepted."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

from review.errors import WrongUse
from review.intake.reading import DocumentText, one_line, readable, refused

#: No Word document unpacks to more than this, in bytes (our convention).
LARGEST_UNPACKED = 500_000_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DELETED = frozenset({f"{_W}del", f"{_W}moveFrom"})
_INSERTED = frozenset({f"{_W}ins", f"{_W}moveTo"})
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
#: Further parts that hold text a reader sees, in the order in which they follow the text, and what they are called.
_FURTHER = {"footnotes+xml": "footnotes", "endnotes+xml": "endnotes", "header+xml": "headers", "footer+xml": "footers"}


def word_document(name: str, data: bytes) -> DocumentText:
    """The text of a .docx file: insertions kept, deletions left out.

    Parameters
    ----------
    name : str
        Its file name.
    data : bytes
        As received.

    Returns
    -------
    DocumentText
        Paragraphs and cells with an empty line between; footnotes, headers and footers follow the text.

    Raises
    ------
    WrongUse
        If it is no Word document, or holds no text.
    """
    try:
        return _read(name, data)
    except (WrongUse, ModuleNotFoundError):
        raise
    except Exception as fault:  # broken files raise whatever the place at which they are broken gives
        if "password" in str(fault):
            raise refused(name, "it has a password", "take it off and save it again") from None
        wrong = f"it is no Word document that can be read ({type(fault).__name__})"
        raise refused(name, wrong, "open it in Word or LibreOffice and save it as .docx") from fault


def _read(name: str, data: bytes) -> DocumentText:
    package = _package(name, data)
    main = package.main_document_part
    seen: Counter[str] = Counter()
    paragraphs = list(_paragraphs(main.element, seen))
    further = _further_parts(package, seen)
    notes = [*_notes(seen, package), *(f"{what} stand after the text" for what in further)]
    for texts in further.values():
        paragraphs += texts
    text = "\n\n".join(paragraphs)
    if not text:
        raise refused(name, "it holds no text", "if it shows a picture of a text, recognise the text first (OCR)")
    title = one_line(package.core_properties.title or "") or _heading(main.element)
    return DocumentText(text=text, kind="docx", title=readable(title), notes=tuple(notes))


def _package(name: str, data: bytes) -> Any:
    from docx.package import Package

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise refused(name, "it unpacks to far more than a document has", "save its text as .txt")
    package = Package.open(io.BytesIO(data))
    if package.main_document_part.element.tag != f"{_W}document":
        raise refused(name, "it is no Word document", "open it where it was made and save it as .docx")
    return package


def _paragraphs(root: Any, seen: Counter[str]) -> Iterator[str]:
    """The paragraphs below an element in order; `seen` counts changes and hidden runs."""
    from lxml import etree  # type: ignore[import-untyped]

    open_paragraphs: list[list[str]] = []
    carried = ""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if _skipped(element, tag, seen):
                walk.skip_subtree()
            elif tag == f"{_W}p":
                open_paragraphs.append([])
            elif open_paragraphs and tag == f"{_W}t":
                open_paragraphs[-1].append(element.text or "")
            elif open_paragraphs and tag in _SIGNS and element.getparent().tag == f"{_W}r":
                open_paragraphs[-1].append(_SIGNS[tag])
        elif tag == f"{_W}p" and open_paragraphs:
            text = carried + "".join(open_paragraphs.pop())
            # A paragraph whose end was deleted runs on in the next one.
            carried = text if element.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None else ""
            if not carried and (text := readable(text).strip()):
                yield text
    if carried.strip():
        yield readable(carried).strip()


def _skipped(element: Any, tag: str, seen: Counter[str]) -> bool:
    if tag in _DELETED:
        seen["deleted"] += element.find(f".//{_W}r") is not None
        return True
    if tag in _INSERTED:
        seen["inserted"] += element.find(f".//{_W}r") is not None
        return False
    if tag == f"{_W}tr" and element.find(f"{_W}trPr/{_W}del") is not None:
        seen["deleted"] += 1
        return True
    if tag == f"{_W}r" and _hidden(element):
        seen["hidden"] += 1
        return True
    return bool(tag == _FALLBACK)


def _hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in {"0", "false", "off"}


def _further_parts(package: Any, seen: Counter[str]) -> dict[str, list[str]]:
    """The paragraphs of notes, headers and footers, each text once, by what they are."""
    from docx.oxml.parser import parse_xml

    found: dict[str, list[str]] = {}
    parts = sorted(package.iter_parts(), key=lambda part: str(part.partname))
    for ending, what in _FURTHER.items():
        for part in parts:
            if part.content_type.endswith(ending):
                texts = found.setdefault(what, [])
                texts += [text for text in _paragraphs(parse_xml(part.blob), seen) if text not in texts]
    return {what: texts for what, texts in found.items() if texts}


def _notes(seen: Counter[str], package: Any) -> Iterator[str]:
    if seen["inserted"] or seen["deleted"]:
        yield (
            f"it has tracked changes: the text is as if all were accepted ({seen['inserted']} inserted and kept, "
            f"{seen['deleted']} deleted and left out)"
        )
    if seen["hidden"]:
        yield f"hidden text was left out ({seen['hidden']} places)"
    if any(part.content_type.endswith("comments+xml") for part in package.iter_parts()):
        yield "comments were left out"


def _heading(root: Any) -> str:
    """The first paragraph in the style of a title or of the highest heading."""
    for paragraph in root.iter(f"{_W}p"):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        if style is not None and style.get(f"{_W}val", "") in {"Title", "Heading1"}:
            return one_line(" ".join(_paragraphs(paragraph, Counter())))
    return ""
