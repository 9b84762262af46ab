"""EndNote XML, as EndNote, Mendeley and Zotero write it: text to references.

Elements as EndNote's exports and Zotero's translator have them; see docs/bibliography.md.  Entities that a file
defines are refused, so that a few lines cannot grow to fill the memory, and nothing outside the text is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from review.errors import Problem
from review.references import Reference
from review.references.records import Record, as_references, import_problem, pages, people_of, person, year_in

#: Types of EndNote, by name and by number, that are not @misc.
TYPES: Mapping[str, tuple[str, ...]] = {
    "article": (
        *("Journal Article", "Electronic Article", "Magazine Article", "Newspaper Article", "17", "43", "19", "23"),
    ),
    "book": ("Book", "Edited Book", "Electronic Book", "Serial", "Classical Work", "6", "28", "44", "57", "49"),
    "incollection": ("Book Section", "Electronic Book Section", "Encyclopedia", "Dictionary", "5", "60", "53", "52"),
    "inproceedings": ("Conference Proceedings", "Conference Paper", "10", "47"),
    "techreport": ("Report", "Government Document", "Standard", "27", "46", "58"),
    "phdthesis": ("Thesis", "32"),
}
_ENTRY_TYPE = {word.casefold(): entry_type for entry_type, words in TYPES.items() for word in words}
#: Elements inside each other; a record of EndNote has about seven.
_DEEPEST = 40
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(slots=True, kw_only=True)
class _Element:
    """A record while it is read: texts by the path of elements inside it."""

    line: int
    name: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *paths: str) -> str:
        return next((text for path in paths for text in self.texts.get(path, ()) if text.strip()), "")

    def all(self, path: str) -> list[str]:
        return [text for text in self.texts.get(path, ()) if text.strip()]


class _TooDeepError(Exception):
    """Elements stand inside each other more often than any record has them."""


class _Target:
    """Takes what the XML parser finds and keeps the texts of records; the marks of style inside them are left out."""

    def __init__(self) -> None:
        self.records: list[_Element] = []
        self.path: list[str] = []
        self.depth = 0
        self.inside = False
        self.line = 1
        self.chunks: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._put()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeepError
        if tag == "record" and not self.inside:
            self.records.append(_Element(line=self.line))
            self.inside, self.path = True, []
        elif self.inside and tag != "style":
            self.path.append(tag)
            self.records[-1].texts.setdefault("/".join(self.path), []).append("")
            if tag == "ref-type":
                self.records[-1].name = attributes.get("name", "")

    def end(self, tag: str) -> None:
        self._put()
        self.depth -= 1
        if tag == "record" and not self.path:
            self.inside = False
        elif self.inside and tag != "style" and self.path:
            self.path.pop()

    def data(self, text: str) -> None:
        self.line += text.count("\n")
        self.chunks.append(text)

    def _put(self) -> None:
        """Put the text since the last tag to its element."""
        if self.inside and self.path:
            self.records[-1].texts["/".join(self.path)][-1] += "".join(self.chunks)
        self.chunks = []

    def close(self) -> list[_Element]:
        return self.records


def parse_endnote_xml(text: str, *, file: str = "references.xml") -> tuple[dict[str, Reference], list[Problem]]:
    """References of an EndNote XML text, and everything in it that is none.

    Parameters
    ----------
    text : str
        Decoded; what it says of its encoding is not used.
    file : str
        Its name for the problems.

    Returns
    -------
    references : dict of str to Reference
        By key, in the order of the text.
    problems : list of Problem
        In the order of the records.  Where the text is no XML, the whole records before that are kept.
    """
    found, problems = _elements(text, file)
    references, faults = as_references([_record(element) for element in found], file)
    return references, [*problems, *faults]


def _elements(text: str, file: str) -> tuple[list[_Element], list[Problem]]:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

    target = _Target()
    parser = XMLParser(target=target)
    line: int | None = None
    try:
        parser.feed(_DECLARED.sub("", text.removeprefix("\ufeff")).replace("\0", "").encode("utf-8", "replace"))
        parser.close()
    except DefusedXmlException:
        what = "the text defines entities of its own, which no export does, and is not read"
        target.records.clear()
    except _TooDeepError:
        what = f"more than {_DEEPEST} elements stand inside each other, and nothing from there on is read"
    except ParseError as error:
        line, column = error.position
        what = f"the text is no well-formed XML at column {column + 1} and nothing from there on is read"
    else:
        return target.records, []
    if target.inside:
        target.records.pop()
    return target.records, [import_problem("IMP05", file, line, f"{what}: export the file again")]


def _record(element: _Element) -> Record:
    number = element.first("ref-type").strip()
    entry_type = _ENTRY_TYPE.get(element.name.casefold()) or _ENTRY_TYPE.get(number, "misc")
    authors, others = people_of([person(name) for name in element.all("contributors/authors/author")])
    editors, _ = people_of([person(name) for name in element.all("contributors/secondary-authors/author")])
    return Record(
        entry_type=entry_type,
        fields=_fields(element, entry_type),
        authors=authors,
        editors=() if entry_type == "article" else editors,
        others=others,
        key=element.first("label").strip(),
        line=element.line,
    )


def _fields(element: _Element, entry_type: str) -> dict[str, str]:
    container = {"incollection": "booktitle", "inproceedings": "booktitle", "article": "journal"}
    publisher = {"techreport": "institution", "phdthesis": "school"}
    first = element.first
    database = f"{first('remote-database-name')} {first('remote-database-provider')}".casefold()
    number = first("accession-num").strip()
    return {
        "title": first("titles/title"),
        container.get(entry_type, "series"): first("titles/secondary-title", "periodical/full-title"),
        publisher.get(entry_type, "publisher"): first("publisher"),
        "address": first("pub-location"),
        "edition": first("edition") if entry_type != "article" else "",
        "year": year_in(first("dates/year", "dates/pub-dates/date")) or first("dates/year"),
        "volume": first("volume"),
        "number": first("number", "issue"),
        "pages": pages(first("pages")),
        "doi": first("electronic-resource-num"),
        "pmid": number if number.isdecimal() and ("pubmed" in database or "nlm" in database.split()) else "",
        "pmcid": first("custom2").strip() if re.fullmatch(r"\s*PMC\d+\s*", first("custom2")) else "",
        "url": next((text for text in element.all("urls/related-urls/url") if text.strip().startswith("http")), ""),
        "issn" if entry_type == "article" else "isbn": " ".join(first("isbn").split()),
        "language": first("language"),
        "keywords": ", ".join(element.all("keywords/keyword")),
        "abstract": first("abstract"),
        "annote": first("notes"),
    }
