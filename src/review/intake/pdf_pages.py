"""The text of a PDF, page by page."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

from review.errors import WrongUse
from review.intake.page_layout import Line, paragraphs, vocabulary
from review.intake.reading import DocumentText, one_line, readable, refused

#: Stands between pages.
PAGE_BREAK = "\f"
#: More letters than this that no font table names, as a share of all, and the text is not to be relied on.
UNNAMED_LETTERS = 0.05
#: No advert has more pages (our convention): a book would take minutes.
MOST_PAGES = 500

#: A title has no more lines (our convention).
TITLE_LINES = 2

_UNNAMED = re.compile(r"\(cid:\d+\)")
_PAGE_NUMBER = re.compile(r"[-–\s]*(?:page\s*)?\d{1,3}(?:\s*(?:/|of)\s*\d{1,3})?[-–\s]*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"""[.!?:…][)\]"'”’»]*$""")
_RECOGNISE = (
    "recognise its text first (OCR, for instance `ocrmypdf SCAN.pdf TEXT.pdf`), read it through, and use that file"
)


def pdf_document(name: str, data: bytes) -> DocumentText:
    """The text of a PDF with a form feed between its pages.

    Parameters
    ----------
    name : str
        Its file name.
    data : bytes
        As received.

    Returns
    -------
    DocumentText
        Columns one after the other, words divided at line ends joined, paragraphs with an empty line between.

    Raises
    ------
    WrongUse
        If it has a password, cannot be read, or holds no text, as a scan does.
    """
    pages, title = _pages(name, data)
    # Before columns are told, for a number at the foot often stands in the gutter.
    lines = [_without_number(page_lines) for page_lines, _ in pages]
    numbered = any(len(kept) < len(page_lines) for kept, (page_lines, _) in zip(lines, pages, strict=True))
    known = vocabulary(lines)
    texts, joined = [], 0
    for kept, (_, width) in zip(lines, pages, strict=True):
        page, divided = paragraphs(kept, page_width=width, known=known)
        texts.append(readable("\n\n".join(page)))
        joined += divided
    _require_text(name, texts)
    notes = [f"{len(pages)} page{'s' if len(pages) > 1 else ''}"]
    if joined:
        notes.append(f"{joined} words that were divided at line ends were joined")
    if numbered:
        notes.append("printed page numbers were left out; form feeds part the pages")
    if empty := [str(number) for number, text in enumerate(texts, start=1) if not text]:
        notes.append(f"without text: page {', '.join(empty)}; if it shows any, {_RECOGNISE}")
    if any(_UNNAMED.search(text) for text in texts):
        notes.append("some letters have no name in the file's fonts and stand as (cid:…): check these places")
    title = readable(title) or _largest(lines[0])
    return DocumentText(text=_joined(texts), kind="pdf", title=title, notes=tuple(notes))


def _without_number(lines: list[Line]) -> list[Line]:
    """The lines without a page number that stands alone in the highest or lowest row; alone on its page it stays."""
    for edge in (min, max):
        row = edge((line.middle for line in lines), default=0.0)
        alone = [line for line in lines if abs(line.middle - row) < line.size / 2]
        if len(alone) == 1 < len(lines) and _PAGE_NUMBER.fullmatch(alone[0].text):
            return [line for line in lines if line is not alone[0]]
    return lines


def _joined(texts: list[str]) -> str:
    """The pages; a sentence that runs over a page break is not torn by an empty line."""
    whole = texts[0]
    for text in texts[1:]:
        runs_on = text[:1].islower() and whole.strip() and not _SENTENCE_END.search(whole)
        whole += (" " if runs_on else "\n\n") + PAGE_BREAK + text
    return whole


def _require_text(name: str, texts: list[str]) -> None:
    whole = "".join(texts)
    unnamed = _UNNAMED.findall(whole)
    pages = f"{len(texts)} page{'s' if len(texts) > 1 else ''}"
    if not whole.strip():
        raise refused(name, f"its {pages} hold pictures and no text, as a scan does", _RECOGNISE)
    if len(unnamed) > UNNAMED_LETTERS * len(_UNNAMED.sub("x", whole)):
        raise refused(name, "its fonts do not say which letters they show", f"export it anew, or {_RECOGNISE}")


def _pages(name: str, data: bytes) -> tuple[list[tuple[list[Line], float]], str]:
    """Lines and width of each page, and the title in the file's properties."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    # It tells its log of every oddity that it reads over, which is nothing that a reviewer can mend.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        return _read(name, data)
    except WrongUse:
        raise
    except PDFPasswordIncorrect:
        raise refused(name, "it has a password", "save a copy without one, as by printing it to PDF") from None
    except Exception as fault:  # broken files raise whatever the place at which they are broken gives
        wrong = f"it cannot be read as a PDF ({type(fault).__name__})"
        raise refused(name, wrong, "open it and print it to a new PDF, or fetch it again") from fault


def _read(name: str, data: bytes) -> tuple[list[tuple[list[Line], float]], str]:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    document = PDFDocument(PDFParser(io.BytesIO(data)))
    resources = PDFResourceManager()
    # Lines only: columns and paragraphs are found in `page_layout`, where narrow gutters are not read over.
    device = PDFPageAggregator(resources, laparams=LAParams(char_margin=1.0, boxes_flow=None, all_texts=True))
    interpreter = PDFPageInterpreter(resources, device)
    pages: list[tuple[list[Line], float]] = []
    for page in PDFPage.create_pages(document):
        if len(pages) == MOST_PAGES:
            raise refused(name, f"it has more than {MOST_PAGES} pages", "save the pages under review as a file")
        interpreter.process_page(page)
        layout = device.get_result()
        pages.append((list(_lines(layout)), float(layout.width)))
    if not pages:
        raise refused(name, "it has no pages, or its end is missing", "fetch it again")
    return pages, _title(document.info)


def _lines(layout: Any) -> Iterator[Line]:
    from pdfminer.layout import LTContainer, LTTextLineHorizontal

    for item in layout:
        if isinstance(item, LTTextLineHorizontal):
            text = one_line(item.get_text().replace("\u00ad\n", "-").replace("\u00ad", ""))
            if text:
                yield Line(text=text, x0=item.x0, y0=item.y0, x1=item.x1, y1=item.y1)
        elif isinstance(item, LTContainer):
            yield from _lines(item)


def _title(info: list[dict[str, Any]]) -> str:
    from pdfminer.utils import decode_text

    for properties in info:
        value = properties.get("Title")
        if isinstance(value, bytes) and (title := one_line(decode_text(value))):
            return title
    return ""


def _largest(lines: list[Line]) -> str:
    """The line in the largest letters, if they are larger than the others."""
    if not lines:
        return ""
    size = max(line.size for line in lines)
    largest = [line for line in lines if line.size > 0.95 * size]
    return one_line(" ".join(line.text for line in largest)) if len(largest) <= TITLE_LINES < len(lines) else ""
