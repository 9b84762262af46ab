"""RIS, as Zotero, EndNote, Embase, Scopus, Covidence and Rayyan write it: text to references, references to text.

Tags by the specification of Reference Manager and, where programs differ from it, as their exports have them; both
are listed with their sources in docs/bibliography.md.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from review.errors import Problem
from review.references import Reference
from review.references.records import (
    Person,
    Record,
    as_references,
    doi_in,
    import_problem,
    lines_of,
    one_line,
    pages,
    people_of,
    person,
    to_record,
    year_in,
)

#: Types of RIS by BibTeX's type; the first is the one that is written.
TYPES: Mapping[str, tuple[str, ...]] = {
    "article": ("JOUR", "EJOUR", "JFULL", "ABST", "INPR", "MGZN", "NEWS"),
    "book": ("BOOK", "EBOOK", "EDBOOK", "CLSWK", "SER"),
    "incollection": ("CHAP", "ECHAP", "ENCYC", "DICT"),
    "inproceedings": ("CONF", "CPAPER"),
    "techreport": ("RPRT", "GOVDOC", "STAND"),
    "phdthesis": ("THES",),
    "misc": (
        *("GEN", "ELEC", "WEB", "BLOG", "ADVS", "AGGR", "ANCIENT", "ART", "BILL", "CASE", "CHART", "COMP", "CTLG"),
        *("DATA", "DBASE", "EQUA", "FIGURE", "GRNT", "HEAR", "ICOMM", "LEGAL", "MANSCPT", "MAP", "MPCT", "MULTI"),
        *("MUSIC", "PAMP", "PAT", "PCOMM", "SLIDE", "SOUND", "STAT", "UNBILL", "UNPB", "UNPD", "VIDEO"),
    ),
}
_ENTRY_TYPE = {word: entry_type for entry_type, words in TYPES.items() for word in words}
#: Types of BibTeX and biblatex that are written as another one.
_WRITTEN_AS = {
    "inbook": "incollection", "conference": "inproceedings", "report": "techreport", "mastersthesis": "phdthesis",
    "thesis": "phdthesis", "collection": "book", "proceedings": "book", "mvbook": "book",
}  # fmt: skip

_TAG = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
#: Where a record's own first line has one space only.
_LOOSE_TAG = re.compile(r"([A-Z][A-Z0-9]) - ?(.*)")
#: A tag of the next line that Rayyan leaves at the end of a value.
_TAG_INSIDE = re.compile(r"(?<! ) {4,}([A-Z][A-Z0-9])  - ")
_FIRST = re.compile(r"\s*TY  ?- ?")
#: Lines between records that programs write around them: numbers, names of databases.
_HEADING = re.compile(r"\s*(?:\d+\.?|(?:Provider|Database|Content|Link to the Ovid|<).*)?\s*", re.IGNORECASE)
_PUBMED_PAGE = re.compile(r"https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,8})\b")
_NUMBER = re.compile(r"[\dXx][\dXx-]{6,}")
_PMCID = re.compile(r"\s*(?:PMCID: ?)?(PMC\d+)\s*")


@dataclass(slots=True, kw_only=True)
class _Lines:
    """A record while its lines are read."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    last: str = ""
    ended: bool = False
    more: list[str] = field(default_factory=list)

    def add(self, tag: str, value: str) -> None:
        self.close()
        if "  - " in value:
            value, *more = _TAG_INSIDE.split(value)
            for other, text in zip(more[::2], more[1::2], strict=True):
                self.values.setdefault(other, []).append(text)
        self.values.setdefault(tag, []).append(value)
        self.last = tag

    def extend(self, text: str) -> None:
        """Take a line without a tag, which belongs to the value before it."""
        self.more.append(text)

    def close(self) -> None:
        """Put the lines without a tag to the last value."""
        if self.more:
            values = self.values[self.last]
            values[-1] = "\n".join(filter(None, [values[-1], *self.more]))
            self.more = []

    def first(self, *tags: str) -> str:
        """The first value that is not empty."""
        for tag in tags:
            for value in self.values.get(tag, ()):
                if value.strip():
                    return _plain(value)
        return ""

    def all(self, *tags: str) -> list[str]:
        return [value for tag in tags for value in self.values.get(tag, ()) if value.strip()]


def _plain(value: str) -> str:
    return html.unescape(value) if "&" in value else value


def parse_ris(text: str, *, file: str = "references.ris") -> tuple[dict[str, Reference], list[Problem]]:
    """References of a RIS text, and everything in it that is none.

    Parameters
    ----------
    text : str
        With any line ends, with or without byte order mark.
    file : str
        Its name for the problems.

    Returns
    -------
    references : dict of str to Reference
        By key, in the order of the text.
    problems : list of Problem
        In the order of the lines.
    """
    found, problems = _records(text, file)
    records = []
    for lines in found:
        record, faults = _record(lines, file)
        records.append(record)
        problems += faults
    references, faults = as_references(records, file)
    return references, sorted([*problems, *faults], key=lambda problem: problem.line or 0)


def _records(text: str, file: str) -> tuple[list[_Lines], list[Problem]]:
    """Tags and values of each record."""
    found: list[_Lines] = []
    problems: list[Problem] = []
    current: _Lines | None = None
    loose = False

    for number, line in enumerate(lines_of(text), start=1):
        match = _TAG.match(line) or (_LOOSE_TAG.match(line) if loose else None)
        tag = match.group(1) if match else ""
        if tag == "TY" or (current is None and _FIRST.match(line)):
            current, loose = _Lines(line=number), line.lstrip().startswith("TY -")
            found.append(current)
            current.add("TY", line.partition("-")[2].strip())
        elif tag == "ER" and current:
            current.ended, current = True, None
        elif current and match:
            current.add(tag, match.group(2).rstrip())
        elif current and line.strip():
            current.extend(line.strip())
        elif current is None and not _HEADING.fullmatch(line):
            message = f"{line.strip()[:60]!r} stands outside every record and is not read: a TY line is missing above"
            problems.append(import_problem("IMP05", file, number, message))
    for record in found:
        record.close()
        if not record.ended:
            message = f"the record of line {record.line} has no ER line at its end: see whether the file was cut off"
            problems.append(import_problem("IMP04", file, record.line, message))
    return found, problems


def _record(lines: _Lines, file: str) -> tuple[Record, list[Problem]]:
    written = lines.first("TY").upper()
    problems = []
    if written not in _ENTRY_TYPE:
        message = f"type {written!r} is unknown and taken as GEN: correct the TY line"
        problems.append(import_problem("IMP09", file, lines.line, message, column="TY"))
    entry_type = _ENTRY_TYPE.get(written, "misc")
    authors, others = people_of([*_persons(lines.all("AU", "A1"))])
    editors, _ = people_of([*_persons(lines.all("ED", "A2" if entry_type != "article" else "ED"))])
    record = Record(
        entry_type=entry_type,
        fields=_fields(lines, entry_type),
        authors=authors,
        editors=tuple(dict.fromkeys(editors)),
        others=others,
        key=lines.first("ID").strip(),
        line=lines.line,
    )
    return record, problems


def _persons(names: Iterable[str]) -> Iterable[Person]:
    """Names on one line each; some programs write all authors on one, with semicolons."""
    for name in names:
        for part in one_line(_plain(name)).split(";"):
            if part.strip():
                yield person(part)


def _fields(lines: _Lines, entry_type: str) -> dict[str, str]:
    journal = lines.first("JF", "T2", "JO", "JA", "J2", "J1")
    container = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle", "book": "series"}
    publisher = {"techreport": "institution", "phdthesis": "school"}.get(entry_type, "publisher")
    database = " ".join(lines.all("DB", "DP")).casefold()
    first = lines.first("SP", "PG", "C7")
    return {
        "title": lines.first("TI", "T1", "CT", "BT"),
        container.get(entry_type, "series"): lines.first("T2", "BT", "JF", "T3")
        if entry_type != "article"
        else journal,
        "howpublished": lines.first("M3") if entry_type == "misc" else "",
        publisher: lines.first("PB"),
        "address": lines.first("CY") if entry_type != "article" else "",
        "edition": lines.first("ET") if entry_type != "article" else "",
        "year": _year(lines),
        "volume": lines.first("VL"),
        "number": lines.first("IS"),
        "pages": pages(first, lines.first("EP")) if first else "",
        "doi": _doi(lines),
        "pmid": _pmid(lines, database),
        "pmcid": next((found.group(1) for text in lines.all("C2", "N1") if (found := _PMCID.fullmatch(text))), ""),
        "url": _address(lines),
        "issn" if entry_type == "article" else "isbn": ", ".join(_numbers(lines.all("SN"))),
        "language": lines.first("LA"),
        "keywords": ", ".join(one_line(word) for text in lines.all("KW") for word in _plain(text).split("\n")),
        "abstract": lines.first("AB", "N2"),
        "annote": "; ".join(one_line(_plain(text)) for text in lines.all("N1")),
    }


def _year(lines: _Lines) -> str:
    """The year of PY, else Y1, else DA; what is written where none of them has one."""
    for tag in ("PY", "Y1", "DA", "PD"):
        if year := year_in(lines.first(tag)):
            return year
    return lines.first("PY", "Y1")


def _doi(lines: _Lines) -> str:
    """The DOI of its tag, else of the tags where older programs put it, else of an address."""
    if written := lines.first("DO", "DI"):
        return written
    for text in lines.all("M3", "L3"):
        if doi_in(text) == text.strip():
            return text
    return next((doi_in(text) for text in lines.all("UR", "L2") if "doi.org/" in text), "")


def _pmid(lines: _Lines, database: str) -> str:
    """The PubMed number, where the record says that it is one: AN of PubMed, C5 of Embase, C2 of Scopus, an address."""
    tags = {"C5": "embase" in database or "medline" in database, "C2": "scopus" in database}
    tags["AN"] = "pubmed" in database or "nlm" in database.split()
    for tag, means_pubmed in tags.items():
        number = lines.first(tag).strip()
        if means_pubmed and number.isdecimal():
            return number
    pages_seen = (_PUBMED_PAGE.search(text) for text in lines.all("UR", "L2"))
    return next((found.group(1) for found in pages_seen if found), "")


def _address(lines: _Lines) -> str:
    """The first address, but for DOIs, which have a field, and pages behind a database's door."""
    found = [text.split()[0] for text in lines.all("UR") if text.split()]
    own = [text for text in found if "doi.org/" not in text and "embase.com/" not in text and "scopus.com/" not in text]
    return own[0] if own else ""


def _numbers(written: Sequence[str]) -> list[str]:
    """ISSN or ISBN without what some programs write around them."""
    return list(dict.fromkeys(number for text in written for number in _NUMBER.findall(text)))


def ris(references: Iterable[Reference]) -> str:
    """References as RIS.

    Parameters
    ----------
    references : iterable of Reference
        In the order in which they are written.

    Returns
    -------
    str
        UTF-8 is meant; CRLF line ends, as the specification asks for.  ``ID`` is the key, ``AN`` with ``DB  - PubMed``
        the PubMed number, ``C2`` the PubMed Central number.
    """
    return "".join(f"{tag}  - {value}\r\n" for one in references for tag, value in _lines(to_record(one)))


def _lines(record: Record) -> Iterable[tuple[str, str]]:
    entry_type = _WRITTEN_AS.get(record.entry_type, record.entry_type)
    value = record.fields.get
    first, _, last = re.sub(r"\s*[-–—]+\s*", "-", value("pages", "")).partition("-")
    tags = [
        ("TY", TYPES.get(entry_type, TYPES["misc"])[0]),
        ("ID", record.key),
        *(("AU", _name(one)) for one in record.authors),
        ("AU", "et al." if record.others else ""),
        *(("ED", _name(one)) for one in record.editors),
        ("TI", value("title", "")),
        ("T2", value("journal", "") or value("booktitle", "") or value("series", "")),
        ("M3", value("howpublished", "") if entry_type not in TYPES or entry_type == "misc" else ""),
        ("PY", value("year", "")),
        ("VL", value("volume", "")),
        ("IS", value("number", "")),
        ("SP", first),
        ("EP", last),
        ("PB", value("publisher", "") or value("institution", "") or value("school", "")),
        ("CY", value("address", "")),
        ("ET", value("edition", "")),
        ("SN", value("issn", "") or value("isbn", "")),
        ("DO", value("doi", "")),
        ("DB", "PubMed" if "pmid" in record.fields else ""),
        ("AN", value("pmid", "")),
        ("C2", value("pmcid", "")),
        ("UR", value("url", "")),
        ("LA", value("language", "")),
        ("KW", value("keywords", "")),
        ("AB", value("abstract", "")),
        ("N1", value("note", "") or value("annote", "")),
    ]
    yield from ((tag, text) for tag, text in tags if text)
    yield "ER", ""


def _name(one: Person) -> str:
    return ", ".join(filter(None, (one.family.replace(";", " "), one.given.replace(";", " "), one.suffix)))
