"""CSL-JSON, as Zotero, Better BibTeX, pandoc and Crossref write it: text to references, references to text.

Names of the fields by the JSON schema of the Citation Style Language; see docs/bibliography.md.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.errors import Problem
from review.references import Reference
from review.references.records import (
    Person,
    Record,
    as_references,
    import_problem,
    one_line,
    pages,
    people_of,
    to_record,
    year_in,
)

#: Types of CSL by BibTeX's type; the first is the one that is written, those of Crossref come last.
TYPES: Mapping[str, tuple[str, ...]] = {
    "article": ("article-journal", "article-magazine", "article-newspaper", "article", "review", "journal-article"),
    "book": ("book", "collection", "classic", "monograph", "edited-book", "reference-book"),
    "incollection": ("chapter", "entry", "entry-dictionary", "entry-encyclopedia", "book-chapter"),
    "inproceedings": ("paper-conference", "proceedings-article"),
    "techreport": ("report", "standard"),
    "phdthesis": ("thesis", "dissertation"),
    "misc": (
        *("document", "webpage", "post", "post-weblog", "posted-content", "dataset", "software", "bill", "broadcast"),
        *("event", "figure", "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map"),
        *("motion_picture", "musical_score", "pamphlet", "patent", "performance", "periodical", "regulation"),
        *("personal_communication", "review-book", "song", "speech", "treaty", "component", "other"),
    ),
}
_ENTRY_TYPE = {word: entry_type for entry_type, words in TYPES.items() for word in words}
_WRITTEN_AS = {
    "inbook": "incollection", "conference": "inproceedings", "report": "techreport", "mastersthesis": "phdthesis",
    "thesis": "phdthesis",
}  # fmt: skip
#: Fields of CSL by BibTeX's name where no more is to do than to write them.
_SAME = {
    "title": "title", "volume": "volume", "number": "issue", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID",
    "url": "URL", "address": "publisher-place", "edition": "edition", "issn": "ISSN", "isbn": "ISBN",
    "language": "language", "keywords": "keyword", "abstract": "abstract",
}  # fmt: skip
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
_MARKUP = re.compile(r"</?(?:i|b|sub|sup|sc|span|em|strong|jats:[a-z]+)(?:\s[^<>]*)?>", re.IGNORECASE)
#: Lines of a note by which Zotero keeps what CSL has no place for.
_NOTED = re.compile(r"^\s*(PMID|PMCID|DOI):\s*(\S+)\s*$", re.MULTILINE | re.IGNORECASE)


def parse_csl_json(text: str, *, file: str = "references.json") -> tuple[dict[str, Reference], list[Problem]]:
    """References of a CSL-JSON text, and everything in it that is none.

    Parameters
    ----------
    text : str
        A list of items, one item, or an object with a list in ``items`` or ``references``.
    file : str
        Its name for the problems.

    Returns
    -------
    references : dict of str to Reference
        By key, in the order of the text.
    problems : list of Problem
        In the order of the lines.  Where the text breaks off or is no JSON, the items before that are kept.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    for line, item in _items(text.removeprefix("\ufeff"), file, problems):
        if isinstance(item, dict):
            record, faults = _record(item, line, file)
            records.append(record)
            problems += faults
        else:
            message = f"{str(item)[:60]!r} is no record: every item of the list is an object in braces"
            problems.append(import_problem("IMP05", file, line, message))
    references, faults = as_references(records, file)
    return references, sorted([*problems, *faults], key=lambda problem: problem.line or 0)


def _items(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    """Items with their lines; a fault of the text is added to the problems and ends them."""
    start = len(text) - len(text.lstrip())
    if not text.startswith("[", start):
        found = _decoded(text, start, file, problems)
        value: Mapping[str, Any] = found[0] if found and isinstance(found[0], dict) else {}
        named = next((value[name] for name in ("items", "references") if name in value), [value])
        inside = named if found else []
        yield from ((1, item) for item in (inside if isinstance(inside, list) else [inside]))
        return
    place, line, counted = start + 1, 1, 0
    while True:
        place += len(_SPACE.match(text, place).group())  # type: ignore[union-attr]
        line += text.count("\n", counted, place)
        counted = place
        if text.startswith("]", place):
            return
        found = _decoded(text, place, file, problems)
        if found is None:
            return
        yield line, found[0]
        place = found[1]


def _decoded(text: str, place: int, file: str, problems: list[Problem]) -> tuple[Any, int] | None:
    """A JSON value and where it ends; none, with a problem, where there is none."""
    try:
        value, end = _DECODER.raw_decode(text, place)
    except json.JSONDecodeError as error:
        line, what = error.lineno, f"the text is no JSON from here on ({error.msg})"
    except RecursionError:
        line, what = text.count("\n", 0, place) + 1, "the item that begins here has too many brackets inside each other"
    except ValueError:
        line, what = text.count("\n", 0, place) + 1, "the item that begins here has a number that cannot be read"
    else:
        return value, end
    message = f"{what}: nothing after it was read; export the file again"
    problems.append(import_problem("IMP05", file, line, message))
    return None


def _text(item: Mapping[str, Any], *names: str) -> str:
    """The first of the fields that is text or a number; of a list, as Crossref has it, the first."""
    for name in names:
        value = item.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            text = _MARKUP.sub("", str(value))
            return one_line(html.unescape(text) if "&" in text else text)
    return ""


def _record(item: Mapping[str, Any], line: int, file: str) -> tuple[Record, list[Problem]]:
    written = _text(item, "type")
    problems = []
    if written not in _ENTRY_TYPE:
        message = f"type {written[:60]!r} is unknown and taken as document: correct it"
        problems.append(import_problem("IMP09", file, line, message, column="type"))
    entry_type = _ENTRY_TYPE.get(written, "misc")
    authors, others = people_of([*_persons(item.get("author"))])
    editors, _ = people_of([*_persons(item.get("editor"))])
    record = Record(
        entry_type=entry_type,
        fields=_fields(item, entry_type),
        authors=authors,
        editors=editors,
        others=others,
        key=_text(item, "citation-key", "id"),
        line=line,
    )
    return record, problems


def _fields(item: Mapping[str, Any], entry_type: str) -> dict[str, str]:
    fields = {name: _text(item, csl) for name, csl in _SAME.items()}
    raw_note = item.get("note")
    note = raw_note if isinstance(raw_note, str) else ""
    for name, value in _NOTED.findall(note):
        fields[name.lower()] = fields[name.lower()] or value
    container = {"incollection": "booktitle", "inproceedings": "booktitle", "article": "journal"}
    publisher = {"techreport": "institution", "phdthesis": "school"}
    return {
        **fields,
        container.get(entry_type, "series"): _text(item, "container-title", "container-title-short"),
        "howpublished": _text(item, "genre", "medium") if entry_type == "misc" else "",
        publisher.get(entry_type, "publisher"): _text(item, "publisher"),
        "year": _year(item.get("issued")),
        "pages": pages(_text(item, "page") or _text(item, "page-first", "article-number")),
        "annote": _NOTED.sub("", note),
    }


def _year(issued: Any) -> str:
    """The year of a date: a list of its parts, EDTF, or what a person wrote."""
    if isinstance(issued, dict):
        parts = issued.get("date-parts")
        while isinstance(parts, list) and parts:
            parts = parts[0]
        issued = parts if isinstance(parts, int | str) else issued.get("raw") or issued.get("literal") or ""
    text = str(issued) if isinstance(issued, int | str) else ""
    return year_in(text) or text


def _persons(names: Any) -> Iterator[Person]:
    for name in names if isinstance(names, list) else ():
        if not isinstance(name, dict):
            continue
        family = _text(name, "family")
        particles = [_text(name, "dropping-particle"), _text(name, "non-dropping-particle")]
        if family and _text(name, "given"):
            yield Person(
                family=" ".join(filter(None, [*particles, family])),
                given=_text(name, "given"),
                suffix=_text(name, "suffix"),
            )
        else:
            yield Person(family=_text(name, "literal", "name") or family or _text(name, "given"))


def csl_json(references: Iterable[Reference]) -> str:
    """References as CSL-JSON.

    Parameters
    ----------
    references : iterable of Reference
        In the order in which they are written.

    Returns
    -------
    str
        A list of items, each with ``id`` (the key) and ``type``; only fields of the schema.
    """
    return json.dumps([_item(to_record(one)) for one in references], ensure_ascii=False, indent=2) + "\n"


def _item(record: Record) -> dict[str, Any]:
    value = record.fields.get
    entry_type = _WRITTEN_AS.get(record.entry_type, record.entry_type)
    page = entry_type in {"online", "www", "electronic"}
    written = "webpage" if page else TYPES.get(entry_type, TYPES["misc"])[0]
    item: dict[str, Any] = {"id": record.key, "type": written}
    for name, people, others in (("author", record.authors, record.others), ("editor", record.editors, False)):
        names = [_name(one) for one in people] + ([{"literal": "others"}] if others else [])
        if names:
            item[name] = names
    texts = {csl: value(name, "") for name, csl in _SAME.items()}
    texts["container-title"] = value("journal", "") or value("booktitle", "") or value("series", "")
    texts["publisher"] = value("publisher", "") or value("institution", "") or value("school", "")
    texts["page"] = re.sub(r"\s*[-–—]+\s*", "-", value("pages", ""))
    texts["genre"] = value("howpublished", "")
    texts["note"] = value("note", "") or value("annote", "")
    if year := value("year", ""):
        item["issued"] = {"date-parts": [[int(year)]]}
    return item | {name: text for name, text in texts.items() if text}


def _name(one: Person) -> dict[str, str]:
    if not one.given:
        return {"literal": one.family}
    return {"family": one.family, "given": one.given} | ({"suffix": one.suffix} if one.suffix else {})
