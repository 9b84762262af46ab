"""MEDLINE as PubMed saves it (.nbib, "PubMed" format): text to references.

Tags by the National Library of Medicine's descriptions of the format's elements; see docs/bibliography.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    year_in,
)

_TAG = re.compile(r"([A-Z][A-Z0-9 ]{3})- ?(.*)")
#: A value of MEDLINE goes on after six spaces.
_GOES_ON = "      "
_INITIALS = re.compile(r"(?P<family>.+?) (?P<given>[A-Z]{1,4})(?: (?P<suffix>Jr|Sr|\d(?:st|nd|rd|th)|II|III|IV))?")
#: What PubMed calls a record whose work was withdrawn (publication types).
_RETRACTED = "retracted publication"

_Tags = list[tuple[str, str]]


def parse_nbib(text: str, *, file: str = "references.nbib") -> tuple[dict[str, Reference], list[Problem]]:
    """References of a MEDLINE text, and everything in it that is none.

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
        In the order of the lines; a record that PubMed marks as retracted is one.
    """
    found, problems = _records(text, file)
    records = [_record(line, tags) for line, tags in found]
    for line, tags in found:
        if any(tag == "PT" and value.casefold() == _RETRACTED for tag, value in tags):
            number = _first(tags, "PMID")
            message = f"PubMed marks the record {number} as retracted: do not rest a claim on it"
            problems.append(import_problem("IMP10", file, line, message, column="PT"))
    references, faults = as_references(records, file)
    return references, sorted([*problems, *faults], key=lambda problem: problem.line or 0)


def _records(text: str, file: str) -> tuple[list[tuple[int, _Tags]], list[Problem]]:
    """Line of the start, tags and values of each record; a record begins with its PubMed number."""
    found: list[tuple[int, list[tuple[str, list[str]]]]] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines_of(text), start=1):
        match = _TAG.match(line)
        tags = found[-1][1] if found else []
        if match and match.group(1).strip() == "PMID":
            found.append((number, [("PMID", [match.group(2).strip()])]))
        elif match and tags:
            tags.append((match.group(1).strip(), [match.group(2).strip()]))
        elif line.startswith(_GOES_ON) and tags:
            tags[-1][1].append(line.strip())
        elif line.strip():
            message = f"{line.strip()[:60]!r} is no line of a record and is not read: a tag or a PMID line is missing"
            problems.append(import_problem("IMP05", file, number, message))
    return [(line, [(tag, " ".join(parts)) for tag, parts in tags]) for line, tags in found], problems


def _first(tags: _Tags, *names: str) -> str:
    return next((value for name in names for tag, value in tags if tag == name and value), "")


def _record(line: int, tags: _Tags) -> Record:
    authors, others = people_of([*_persons(tags, "FAU", "AU"), *_bodies(tags)])
    editors, _ = people_of([*_persons(tags, "FED", "ED")])
    book = bool(_first(tags, "BTI"))
    title = _first(tags, "TI") or _first(tags, "BTI")
    fields = {
        # PubMed closes every title with a full stop.
        "title": title if title.endswith("..") else title.removesuffix("."),
        "booktitle": _first(tags, "BTI") if book and _first(tags, "TI") else "",
        "journal": "" if book else _first(tags, "JT", "TA"),
        "publisher": _first(tags, "PB") if book else "",
        "year": year_in(_first(tags, "DP")) or _first(tags, "DP"),
        "volume": _first(tags, "VI"),
        "number": _first(tags, "IP"),
        "pages": pages(_first(tags, "PG").split(";")[0]),
        "doi": next((doi_in(value) for tag, value in tags if tag in {"LID", "AID"} and value.endswith("[doi]")), ""),
        "pmid": _first(tags, "PMID"),
        "pmcid": _first(tags, "PMC"),
        "issn": next((value.split()[0] for tag, value in tags if tag == "IS" and "Linking" not in value), ""),
        "language": _first(tags, "LA"),
        "keywords": ", ".join(value.lstrip("*") for tag, value in tags if tag == "OT"),
        "abstract": one_line(_first(tags, "AB")),
    }
    entry_type = ("incollection" if _first(tags, "TI") else "book") if book else "article"
    return Record(
        entry_type=entry_type, fields=fields, authors=authors, editors=editors, others=others, line=line
    )  # fmt: skip


def _persons(tags: _Tags, full: str, short: str) -> Iterator[Person]:
    """People by their full names, else by family name and initials."""
    names = [value for tag, value in tags if tag == full]
    if names:
        yield from map(person, names)
        return
    for value in (value for tag, value in tags if tag == short):
        match = _INITIALS.fullmatch(value)
        yield Person(
            family=match["family"], given=" ".join(f"{letter}." for letter in match["given"]),
            suffix=match["suffix"] or "",
        ) if match else Person(family=value)  # fmt: skip


def _bodies(tags: _Tags) -> Iterator[Person]:
    yield from (Person(family=value) for tag, value in tags if tag == "CN")
