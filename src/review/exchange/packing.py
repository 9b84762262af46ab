"""What all Office files share: text that XML can hold, and a package that no clock and no machine leaves a trace in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from html import escape

#: Who speaks in a file's properties and comments.
AUTHOR = "Evidence review"

#: The earliest time that a zip archive can hold; every part carries it.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)

#: Noon, so that a date stays the same day for readers whose program turns UTC into local time.
NOON = "T12:00:00Z"

#: The parts of a package that say who made it when, and with what; a library would fill them with its template's.
_CORE, _PROGRAM = "docProps/core.xml", "docProps/app.xml"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

#: What stands for a character that XML cannot hold.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

#: All characters but those of XML 1.0, production Char.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with every character that XML cannot hold made visible as `REPLACEMENT`; its length stays the same."""
    return _NOT_IN_XML.sub(REPLACEMENT, text)


def one_line(text: str) -> str:
    """The text on one line: single spaces for all white space, and no character that XML cannot hold."""
    return printable(" ".join(text.split()))


def moment(as_of: date | None) -> str:
    """The day of the review as Office writes a time; empty where there is none."""
    return f"{as_of.isoformat()}{NOON}" if as_of else ""


def properties(title: str, as_of: date | None) -> dict[str, bytes]:
    """The properties of an Office file: title, author, and the day of the review as when it was made.

    Parameters
    ----------
    title : str
        Title of the file.
    as_of : date or None
        The day for which the review speaks; without it the file says no time.

    Returns
    -------
    dict
        The parts by their names, for `repacked`.
    """
    when = moment(as_of)
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{when}</dcterms:{name}>' for name in ("created", "modified") if when
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(one_line(title), quote=False)}</dc:title><dc:creator>{AUTHOR}</dc:creator>{times}"
        "</cp:coreProperties>"
    )
    program = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Application>{AUTHOR}</Application></Properties>"
    )
    return {_CORE: f"{_DECLARATION}{core}".encode(), _PROGRAM: f"{_DECLARATION}{program}".encode()}


def repacked(package: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The package with fixed times, so that the same content gives the same bytes.

    Parameters
    ----------
    package : bytes
        A docx or xlsx file.
    parts : mapping
        Parts that take the place of those with the same name.

    Returns
    -------
    bytes
        The same parts in the same order.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as given, zipfile.ZipFile(packed, "w") as made:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The default is the system's own; 0 with no attributes is what Office itself writes.
            entry.create_system = 0
            made.writestr(entry, parts.get(name, given.read(name)))
    return packed.getvalue()
