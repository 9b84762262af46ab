"""Records of other bibliographic formats, in plain Unicode, to references and back.

A record is what RIS, MEDLINE, CSL-JSON and EndNote XML have in common; how each is written stands in `exchange`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.errors import Problem, Severity
from review.references.entry import Reference, doi, plain_text, pmcid, pmid, web_address
from review.references.merging import KeyRing, key_base

#: Rules of reading a bibliography of any format; the ids stand in every problem and in docs/bibliography.md.
IMPORT_RULES: Mapping[str, str] = {
    "IMP01": "The file is BibTeX, RIS, MEDLINE (nbib), CSL-JSON or EndNote XML, by its content.",
    "IMP02": "The file has at least one record that can be read.",
    "IMP03": "The text is UTF-8, or UTF-16 with a byte order mark; cp1252 is read, but its first such line is named.",
    "IMP04": "A record is whole: its last line is there.",
    "IMP05": "Every line, element or item belongs to a record and can be read.",
    "IMP06": "A record has a title.",
    "IMP07": "A record has a year of four digits.",
    "IMP08": "A DOI, a PubMed number, an issue and an address are what they are called.",
    "IMP09": "The type of a record is a known one.",
    "IMP10": "A record is not marked as retracted.",
    "IMP11": "No two records of the file are the same work.",
}
_WARNINGS = frozenset({"IMP04", "IMP07", "IMP08", "IMP09", "IMP10", "IMP11"})

#: What other programs' ids are kept as keys: a name and a year, or small letters and digits. Numbers of records,
#: accession numbers and addresses are none; our convention.
_KEPT_KEY = re.compile(r"[A-Za-z][A-Za-z._:+-]*\d{4}(?:[A-Za-z][A-Za-z0-9]*)?|[a-z][a-z0-9._+-]*", re.ASCII)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s{}\\]+")
_OTHERS = frozenset({"others", "et al", "et al."})
#: An issue longer than this is something else: some programs put addresses of authors there; our convention.
_LONGEST_ISSUE = 30

_SIGNS = {
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_SPECIAL = re.compile(r"[&%#_${}\\~^`]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: What would read as the start of an entry.
_AT_WORD = re.compile(r"@(?=\s*\w+\s*[({])")
#: A word with a capital that is not its first letter, which styles with small titles would lose.
_CAPITALS = re.compile(r"(?<![\\\w{-])[\w-]*[^\W_-][A-ZÀ-ÖØ-ÞΑ-Ω][\w-]*")
#: Marks of style of HTML and JATS, which titles of some databases have.
_MARKUP = re.compile(r"</?(?:i|b|sub|sup|sc|span|em|strong|jats:[a-z]+)(?:\s[^<>]*)?>", re.IGNORECASE)
#: What a part of a name has that would split it.
_SPLITS_NAMES = re.compile(r",|\band\b", re.IGNORECASE)
_DASHES = re.compile(r"\s*[-–—]+\s*")
_UNSAFE_IN_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"})

#: Names of biblatex's fields and BibTeX's for the same.
_BIBLATEX = {"journaltitle": "journal", "location": "address", "annotation": "annote"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, or a body where only `family` is filled."""

    family: str
    given: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record in plain Unicode.

    Attributes
    ----------
    entry_type : str
        Of BibTeX, such as ``article``.
    fields : Mapping of str to str
        By BibTeX's names, without author and editor.
    authors, editors : tuple of Person
        In their order; `others` where not all authors are named.
    key : str
        As its file has it; empty where it has none.
    line : int
        Line on which it starts, from 1.
    """

    entry_type: str
    fields: Mapping[str, str] = field(hash=False)
    authors: tuple[Person, ...] = ()
    editors: tuple[Person, ...] = ()
    others: bool = False
    key: str = ""
    line: int = 1


def import_problem(rule: str, file: str, line: int | None, message: str, *, column: str = "") -> Problem:
    """A problem of `IMPORT_RULES` with its severity."""
    severity = Severity.WARNING if rule in _WARNINGS else Severity.ERROR
    return Problem(severity=severity, file=file, line=line, column=column, rule=rule, message=message)


def person(name: str) -> Person:
    """A person from "Last, First" or "Last, First, Jr"; a name without a comma is a body's."""
    parts = [part.strip() for part in name.split(",", 2)]
    if len(parts) == 1 or not parts[1]:
        return Person(family=parts[0])
    return Person(family=parts[0], given=parts[1], suffix=parts[2] if len(parts) > 2 else "")  # noqa: PLR2004


def people_of(names: Sequence[Person]) -> tuple[tuple[Person, ...], bool]:
    """The persons that have a name, and whether "et al." stood among them."""
    named = tuple(one for one in names if one.family.strip() and one.family.strip().casefold() not in _OTHERS)
    return named, any(one.family.strip().casefold() in _OTHERS for one in names)


def year_in(text: str) -> str:
    """The first number of four digits that can be a year; else empty."""
    found = _YEAR.search(text)
    return found.group(1) if found else ""


def doi_in(text: str) -> str:
    """The DOI in a text, whatever is written around it; else empty."""
    found = _DOI.search(text)
    return found.group().rstrip(".,;") if found else ""


def pages(first: str, last: str = "") -> str:
    """Pages as BibTeX writes them: "422", "430" and "422-30" become "422--430"."""
    first, last = first.strip(), last.strip()
    if not last:
        first, _, last = _DASHES.sub("-", first).partition("-")
    if "-" in last or "," in last or not last or last == first:
        return f"{first}--{last}" if last and last != first else first
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: -len(last)] + last
    return f"{first}--{last}" if last != first else first


def as_references(records: Sequence[Record], file: str) -> tuple[dict[str, Reference], list[Problem]]:
    """References of records, and what is wrong with these.

    Parameters
    ----------
    records : sequence of Record
        In the order of the file.
    file : str
        Its name for the problems.

    Returns
    -------
    references : dict of str to Reference
        Values as BibTeX writes them.  A record's own key is kept where it is a name and a year and still free, else
        it is made of the first author and the year.
    problems : list of Problem
        A record without a title is left out and listed.
    """
    keys = KeyRing()
    references: dict[str, Reference] = {}
    problems: list[Problem] = []
    for record in records:
        checked, faults = _checked(record, file)
        problems += faults
        if not checked.fields.get("title"):
            seen = "; ".join(filter(None, (_first_author(checked), *checked.fields.values())))[:80]
            message = f"a record has no title and is left out ({seen or 'it is empty'}): add its title in the file"
            problems.append(import_problem("IMP06", file, record.line, message, column="title"))
            continue
        key = keys.take(checked.key if _KEPT_KEY.fullmatch(checked.key) else _key(checked))
        references[key] = to_reference(checked, key)
    return references, problems


def _first_author(record: Record) -> str:
    first = (*record.authors, *record.editors)
    return first[0].family if first else ""


def _key(record: Record) -> str:
    first = (*record.authors, *record.editors)
    body = bool(first) and not first[0].given
    return key_base(_first_author(record), record.fields.get("year", ""), record.fields["title"], body=body)


def _checked(record: Record, file: str) -> tuple[Record, list[Problem]]:
    """The record with its values on one line each, without those that are not what they are called."""
    fields = {name: text for name, value in record.fields.items() if value and (text := one_line(value))}
    if "<" in fields.get("title", ""):
        fields["title"] = one_line(_MARKUP.sub("", fields["title"]))
    problems = []
    for name, (what, read) in _SHAPES.items():
        if name not in fields:
            continue
        found = read(fields)
        if not found:
            message = f"{name} {fields[name][:60]!r} is no {what} and is left out: correct it in the file"
            problems.append(import_problem("IMP08", file, record.line, message, column=name))
            del fields[name]
        else:
            fields[name] = found
    if not _YEAR.fullmatch(fields.get("year", "")):
        wrong = f"year {fields.pop('year')[:60]!r}" if "year" in fields else "no year"
        message = f"the record {fields.get('title', '')[:60]!r} has {wrong}: add the year of publication, four digits"
        problems.append(import_problem("IMP07", file, record.line, message, column="year"))
    return replace(record, fields=fields), problems


def _reference_of(fields: Mapping[str, str]) -> Reference:
    return Reference(key="", entry_type="", fields=fields, line=0)


#: What a field has to be, and how that is read; empty where it is something else.
_SHAPES: Mapping[str, tuple[str, Callable[[Mapping[str, str]], str]]] = {
    "doi": ("DOI", lambda fields: doi_in(fields["doi"])),
    "pmid": ("PubMed number", lambda fields: pmid(_reference_of(fields))),
    "pmcid": ("PubMed Central number", lambda fields: pmcid(_reference_of(fields))),
    "url": ("web address", lambda fields: fields["url"] if web_address(fields["url"]) else ""),
    "number": ("issue", lambda fields: fields["number"] if len(fields["number"]) <= _LONGEST_ISSUE else ""),
}


def lines_of(text: str) -> list[str]:
    """Lines of a text with any line ends, without byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def one_line(text: str) -> str:
    """A text without control characters and line ends."""
    return " ".join((_CONTROL.sub(" ", text) if not text.isprintable() else text).split())


def to_reference(record: Record, key: str) -> Reference:
    """The reference of a record, its values as BibTeX writes them.

    Parameters
    ----------
    record : Record
        Plain Unicode.
    key : str
        The key it is to have.

    Returns
    -------
    Reference
        Words with capitals inside stand in braces in the title; signs of LaTeX are escaped but in addresses.
    """
    fields: dict[str, str] = {}
    for name, names, others in (("author", record.authors, record.others), ("editor", record.editors, False)):
        written = [text for one in names if (text := _written(one))]
        if written:
            fields[name] = " and ".join([*written, "others"] if others else written)
    for name, value in record.fields.items():
        if name == "title":
            fields[name] = _written_title(value)
        elif name in {"url", "doi"}:
            fields[name] = _AT_WORD.sub("%40", value.translate(_UNSAFE_IN_ADDRESS))
        else:
            fields[name] = escaped(value)
    return Reference(key=key, entry_type=record.entry_type, fields=fields, line=record.line)


def escaped(text: str) -> str:
    """Plain text as LaTeX writes it."""
    safe = _SPECIAL.sub(lambda match: _SIGNS[match.group()], text)
    return _AT_WORD.sub("{@}", safe) if "@" in safe else safe


def _written_title(text: str) -> str:
    written = escaped(text)
    return written if text.isupper() else _CAPITALS.sub(r"{\g<0>}", written)


def _written(one: Person) -> str:
    """A name as BibTeX writes it; a body, and a part with a comma or "and" in it, in braces."""
    family, given, suffix = (escaped(one_line(part)) for part in (one.family, one.given, one.suffix))
    if not given:
        return f"{{{family}}}" if family else ""
    parts = [family, suffix, given] if suffix else [family, given]
    return ", ".join(f"{{{part}}}" if _SPLITS_NAMES.search(part) else part for part in parts)


def standard_fields(reference: Reference) -> Reference:
    """The reference with biblatex's fields under BibTeX's names.

    Parameters
    ----------
    reference : Reference
        Of BibTeX or biblatex.

    Returns
    -------
    Reference
        ``journaltitle``, ``location`` and ``annotation`` renamed, ``date`` as ``year`` (and ``month``), ``eprint`` of
        PubMed as ``pmid``; a field that stands under BibTeX's name already is kept with the other beside it.
    """
    fields: dict[str, str] = {}
    for name, value in reference.fields.items():
        new = _BIBLATEX.get(name, name)
        fields[new if new not in reference.fields else name] = value
    date = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-\d\d)?)?", fields.get("date", "").strip(), re.ASCII)
    if date and "year" not in fields:
        fields = {"year" if name == "date" else name: value for name, value in fields.items()}
        fields["year"] = date.group(1)
        if date.group(2):
            fields.setdefault("month", str(int(date.group(2))))
    if fields.get("eprinttype", "").lower() == "pubmed" and "pmid" not in fields and "eprint" in fields:
        fields["pmid"] = fields.pop("eprint")
        del fields["eprinttype"]
    return replace(reference, fields=fields)


def to_record(reference: Reference) -> Record:
    """The record of a reference, in plain Unicode.

    Parameters
    ----------
    reference : Reference
        Of BibTeX or biblatex.

    Returns
    -------
    Record
        With the fields that have a value.
    """
    standing = standard_fields(reference)
    fields = {
        name: text
        for name, value in standing.fields.items()
        if name not in {"author", "editor", "url", "doi"} and (text := plain_text(value))
    }
    fields["doi"], fields["url"] = doi(standing), web_address(standing.fields.get("url", ""))
    if "year" in fields and not _YEAR.fullmatch(fields["year"]):
        fields["year"] = year_in(fields["year"])
    authors, others = _people(standing.fields.get("author", ""))
    editors, _ = _people(standing.fields.get("editor", ""))
    return Record(
        entry_type=standing.entry_type,
        fields={name: value for name, value in fields.items() if value},
        authors=authors,
        editors=editors,
        others=others,
        key=reference.key,
        line=reference.line,
    )


def _people(names: str) -> tuple[tuple[Person, ...], bool]:
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    people = []
    for name in split_multiple_persons_names(names):
        parts = parse_single_name_into_parts(name, strict=False)
        family, given, suffix = (
            plain_text(" ".join(words)) for words in ((*parts.von, *parts.last), parts.first, parts.jr)
        )
        people.append(Person(family=family, given=given, suffix=suffix))
    return people_of(people)
