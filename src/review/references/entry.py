"""A reference, and what is shown of it: authors, the official page, a printed line.

Values are kept as they are written in BibTeX; `plain_text` decodes LaTeX where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from bibtexparser.middlewares import LatexDecodingMiddleware

#: More authors than these become "et al." in a printed reference (ICMJE recommendations, sample references).
AUTHORS_PRINTED = 6
#: Words of a title that stand for missing authors in a short citation; our convention.
TITLE_WORDS = 4

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_REGISTRY = re.compile(r"https?://(?:www\.)?clinicaltrials\.gov/\S*?(NCT\d{8})", re.IGNORECASE)
_ESCAPED_SIGN = re.compile(r"\\([&%#_~$])")
_NOT_IN_ADDRESSES = re.compile(r"[<>\"\\^`{|}]")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a BibTeX file.

    Attributes
    ----------
    key : str
        As written.
    entry_type : str
        In lower case, such as ``article``.
    fields : Mapping of str to str
        Names in lower case; values as written, without the braces or quotes around them and with @strings put in.
    line : int
        Line of the file on which it starts, from 1.
    """

    key: str
    entry_type: str
    fields: Mapping[str, str] = field(hash=False)
    line: int


#: Commands that the decoder drops with all that they stand for; Zotero writes several of them.
_DROPPED = {
    "textgreater": ">", "textless": "<", "textbar": "|", "textunderscore": r"\_", "slash": "/",
    "S": "§", "P": "¶", "pounds": "£", "euro": "€", "newline": " ", "par": " ",
}  # fmt: skip
_DROPPED_COMMAND = re.compile(rf"\\({'|'.join(_DROPPED)})(?![A-Za-z])(?:\{{\}}|[ \t]*)")
_UNESCAPED_SIGN = re.compile(r"(?<!\\)([&%#])")
_DOLLAR = re.compile(r"(?<!\\)\$")
_LIGATURES = (("---", "\N{EM DASH}"), ("--", "\N{EN DASH}"), ("~", " "))


def plain_text(value: str) -> str:
    """A value as people read it: LaTeX accents, dashes, escapes and braces as Unicode, on one line.

    Parameters
    ----------
    value : str
        As `Reference.fields` holds it.

    Returns
    -------
    str
        What cannot be decoded stays as it is.
    """
    text = _decoded(value) if re.search(r"[\\$`]|''", value) else value.replace("{", "").replace("}", "")
    for written, sign in _LIGATURES:
        text = text.replace(written, sign)
    return normalize("NFC", " ".join(text.replace("\N{SOFT HYPHEN}", "").split()))


@cache
def _decoder() -> LatexDecodingMiddleware:
    from bibtexparser.middlewares import LatexDecodingMiddleware

    return LatexDecodingMiddleware(keep_math_mode=False)


def _decoded(value: str) -> str:
    """The value decoded by bibtexparser, its signs taken as meant where a reviewer forgot to escape them."""
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

    text = _DROPPED_COMMAND.sub(lambda match: _DROPPED[match.group(1)], value)
    text = _UNESCAPED_SIGN.sub(r"\\\1", text)
    if len(_DOLLAR.findall(text)) % 2:
        text = _DOLLAR.sub(r"\\$", text)
    block = _decoder().transform_entry(Entry("misc", "key", [Field("text", text)]), Library())
    # The decoder hands back what it cannot decode as a block that is no entry.
    return str(block.fields[0].value) if isinstance(block, Entry) else value


def authors(reference: Reference) -> tuple[str, ...]:
    """Authors in Unicode, "Last, First"; a body in double braces stays whole.

    Parameters
    ----------
    reference : Reference
        Its editors are taken where it has no authors.

    Returns
    -------
    tuple of str
        Without the word "others"; empty where no author is given.
    """
    people, _ = _people(reference)
    return tuple(", ".join(filter(None, person)) for person in people)


def link(reference: Reference) -> str:
    """The official page of a reference.

    Parameters
    ----------
    reference : Reference
        Any entry.

    Returns
    -------
    str
        By DOI, PubMed, PubMed Central or trial registry number, else its url; only http and https, else empty.
    """
    if number := doi(reference):
        return f"https://doi.org/{quote(number, safe='/:;().,_-+*')}"
    if number := pmid(reference):
        return f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
    if number := pmcid(reference):
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{number}/"
    address = web_address(reference.fields.get("url", ""))
    if registered := _REGISTRY.match(address):
        return f"https://clinicaltrials.gov/study/{registered.group(1).upper()}"
    return address


def citation_text(reference: Reference) -> str:
    """One line for a list of references: authors, title, journal, year;volume(number):pages.

    Parameters
    ----------
    reference : Reference
        Any entry.

    Returns
    -------
    str
        Plain Unicode in Vancouver style; what is not known is left out, a missing year is "n.d.".
    """
    people, more = _people(reference)
    names = [f"{last} {_initials(first)}".strip() for last, first in people[:AUTHORS_PRINTED]]
    if names and (more or len(people) > AUTHORS_PRINTED):
        names.append("et al.")
    shown = {name: plain_text(value) for name, value in reference.fields.items() if value}
    where = next((shown[name] for name in ("journal", "journaltitle", "booktitle") if name in shown), "")
    publisher = next(
        (shown[name] for name in ("institution", "publisher", "organization", "school") if name in shown), ""
    )
    volume = shown.get("volume", "") + (f"({shown['number']})" if "number" in shown else "")
    issue = _year(reference) + (f";{volume}" if volume else "") + (f":{shown['pages']}" if "pages" in shown else "")
    published = shown.get("howpublished", "")
    parts = (
        ", ".join(names), shown.get("title", ""), where, published[:1].upper() + published[1:], publisher, issue
    )  # fmt: skip
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def short_citation(reference: Reference) -> str:
    """First author and year, such as "Rzany 2014".

    Parameters
    ----------
    reference : Reference
        Any entry.

    Returns
    -------
    str
        The first words of the title stand for missing authors, "n.d." for a missing year.
    """
    people, _ = _people(reference)
    words = plain_text(reference.fields.get("title", "")).split()
    title = " ".join(words[:TITLE_WORDS]) + ("..." if len(words) > TITLE_WORDS else "")
    return f"{people[0][0] if people else title or reference.key} {_year(reference)}"


def _people(reference: Reference) -> tuple[list[tuple[str, str]], bool]:
    """Last and first names in Unicode, and whether there are more than are named."""
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    people = []
    more = False
    for name in split_multiple_persons_names(reference.fields.get("author") or reference.fields.get("editor", "")):
        if name.casefold() in {"others", "et al", "et al."}:
            more = True
            continue
        parts = parse_single_name_into_parts(name, strict=False)
        last = plain_text(" ".join([*parts.von, *parts.last, *parts.jr]))
        if last:
            people.append((last, plain_text(" ".join(parts.first))))
    return people, more


def _initials(names: str) -> str:
    """First letters of given names, without particles: "Jean-Paul" and "Dias de Assis" become "JP" and "DA"."""
    return "".join(name[0] for name in re.split(r"[\s.-]+", names) if name and not name[0].islower())


def _year(reference: Reference) -> str:
    year = plain_text(reference.fields.get("year", ""))
    dated = _YEAR.match(reference.fields.get("date", "").strip())
    return year or (dated.group() if dated else "n.d.")


def doi(reference: Reference) -> str:
    """The DOI without what is written around it; empty where it is none."""
    written = _ESCAPED_SIGN.sub(r"\1", reference.fields.get("doi", "")).strip().strip("{}")
    number = _DOI_PREFIX.sub("", written, count=1)
    if written.lower().startswith("http"):
        number = unquote(number)
    return number if _DOI.fullmatch(number) else ""


def pmid(reference: Reference) -> str:
    """The PubMed number; empty where it is none."""
    written = reference.fields.get("pmid", "").strip().strip("{}")
    return written if re.fullmatch(r"[1-9]\d{0,8}", written, re.ASCII) else ""


def pmcid(reference: Reference) -> str:
    """The PubMed Central number with its letters; empty where it is none."""
    written = reference.fields.get("pmcid", "").strip().strip("{}")
    found = re.fullmatch(r"(?:PMC)?([1-9]\d{0,8})(?:\.\d+)?", written, re.ASCII | re.IGNORECASE)
    return f"PMC{found.group(1)}" if found else ""


def web_address(written: str) -> str:
    """The address where it is one of the web, safe to stand in a page; else empty."""
    wrapped = re.fullmatch(r"\\url\{(.*)\}", written.strip(), re.DOTALL)
    address = _ESCAPED_SIGN.sub(r"\1", wrapped.group(1) if wrapped else written).strip().strip("{}")
    if re.search(r"[\s\x00-\x1f\x7f]", address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return ""
    return _NOT_IN_ADDRESSES.sub(lambda match: quote(match.group()), address)
