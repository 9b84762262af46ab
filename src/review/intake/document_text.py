"""The text of a document by its kind: plain text and Markdown here, the others in modules of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from review.intake.reading import DocumentText, decoded, one_line, refused

#: No advert is larger than this, in bytes (our convention); beyond it somebody named the wrong file.
LARGEST = 100_000_000
#: A first line of a plain text is its title if it is no longer than this (our convention).
LONGEST_TITLE = 120

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)


def text_of(name: str, data: bytes) -> DocumentText:
    """The text of a document; the same bytes give the same text.

    Parameters
    ----------
    name : str
        Its file name, whose ending says what it is.
    data : bytes
        As received.

    Returns
    -------
    DocumentText
        Its text, kind, title, and notes on what was left out or guessed.

    Raises
    ------
    WrongUse
        If it cannot be read, with the file, what is wrong and what to do.
    """
    if len(data) > LARGEST:
        raise refused(name, f"it has more than {LARGEST // 1_000_000} MB", "take out its pictures, or export its text")
    kind = _kind(name, data)
    try:
        read = _READERS[kind](name, data)
    except ModuleNotFoundError as fault:
        remedy = 'run: pip install "evidence-review-workbook[documents]"'
        raise refused(name, f"to read it needs the library {fault.name}, which is not installed", remedy) from fault
    if not read.text.strip():
        raise refused(name, "it holds no text", "check that it is the right file, or save its text as .txt")
    return read


def _kind(name: str, data: bytes) -> str:
    """The kind that the name says, unless the bytes say another."""
    kind = KINDS.get(PurePath(name).suffix.lower())
    if b"%PDF-" in data[:1024] and kind != "pdf":
        raise refused(name, "it is a PDF by its content", "give it the ending .pdf")
    if data.startswith(_OLE):
        wrong = "it is an old Word document (.doc), or one with a password"
        raise refused(name, wrong, "open it in Word, take the password off and save it as .docx")
    if kind is None:
        known = ", ".join(KINDS)
        raise refused(name, "its ending names no kind of document that is read here", f"save it as one of {known}")
    return kind


def _plain(name: str, data: bytes) -> DocumentText:
    text, notes = decoded(name, data)
    first = one_line(text.lstrip().partition("\n")[0])
    title = first if len(first) <= LONGEST_TITLE and not first.endswith((".", "!", "?", ";", ",")) else ""
    return DocumentText(text=text, kind="txt", title=title, notes=notes, verbatim=not notes)


def _markdown(name: str, data: bytes) -> DocumentText:
    """Markdown as its reader sees it: without signs for emphasis, links and headings."""
    import mistune

    from review.intake.web_page import blocks_of

    text, notes = decoded(name, data)
    text = text.replace("\r\n", "\n")
    if _FRONT_MATTER.match(text):
        text = _FRONT_MATTER.sub("", text)
        notes = (*notes, "its front matter was left out")
    rendered = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])(text)
    title, body, _ = blocks_of(str(rendered), page=False)
    return DocumentText(text=body, kind="md", title=title, notes=notes)


def _html(name: str, data: bytes) -> DocumentText:
    from review.intake.web_page import web_page

    return web_page(name, data)


def _pdf(name: str, data: bytes) -> DocumentText:
    from review.intake.pdf_pages import pdf_document

    return pdf_document(name, data)


def _docx(name: str, data: bytes) -> DocumentText:
    from review.intake.word_text import word_document

    return word_document(name, data)


_READERS: Mapping[str, Callable[[str, bytes], DocumentText]] = {
    "txt": _plain,
    "md": _markdown,
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
}

#: Kind by the ending of a file's name.
KINDS: Mapping[str, str] = {
    ".txt": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
