"""What every reader of documents shares: the answer, decoding, and how a document is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.errors import WrongUse

#: Typographic letters of old fonts that are two or three letters to a reader.
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
#: What no text holds and no reader sees; line ends, tabs and form feeds stay.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    r"""The text of a document.

    Attributes
    ----------
    text : str
        Paragraphs with an empty line between; a form feed (``\f``) stands between the pages of a PDF.
    kind : str
        ``txt``, ``md``, ``html``, ``pdf`` or ``docx``.
    title : str
        The document's own title; empty where it names none.
    notes : tuple of str
        What a reviewer must know of the reading: what was left out, joined or guessed.
    verbatim : bool
        Whether the file itself can stand as this text, so that none has to be written beside it.
    """

    text: str
    kind: str
    title: str = ""
    notes: tuple[str, ...] = ()
    verbatim: bool = False


def refused(name: str, wrong: str, remedy: str) -> WrongUse:
    """The refusal of a document: file, what is wrong, what to do."""
    return WrongUse(f"{name}: {wrong}; {remedy}")


def decoded(name: str, data: bytes, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of bytes, with a note where they are not UTF-8.

    Parameters
    ----------
    name : str
        The file, for messages.
    data : bytes
        As received.
    declared : str
        The encoding that the document itself names, if it does.

    Returns
    -------
    text : str
        Without byte order mark.
    notes : tuple of str
        How it was read, unless as UTF-8.

    Raises
    ------
    WrongUse
        For UTF-16, NUL characters, and bytes that no encoding at hand reads.
    """
    if data[:2] in _UTF16 or b"\0" in data:
        raise refused(name, "it is UTF-16, or no text at all (it has NUL characters)", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
    # Browsers read both names as cp1252, and so do we.
    windows = declared.lower() in {"", "utf-8", "utf8", "iso-8859-1", "latin1", "us-ascii", "windows-1252"}
    encoding = "cp1252" if windows else declared
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        wrong = f"line {line} is neither UTF-8 nor {encoding}"
        raise refused(name, wrong, "open it where it looks right and save it as UTF-8") from None
    return text, (f"it is not UTF-8 (line {line}) and was read as {encoding}: check accents and signs",)


def readable(text: str) -> str:
    """The text without unseen characters, and with ligatures as letters."""
    return _UNSEEN.sub("", text.translate(_LIGATURES))


def one_line(text: str) -> str:
    """The text with single spaces for all white space."""
    return " ".join(text.split())
