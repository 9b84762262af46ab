"""A bibliography of any format that is read, told by its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from review.errors import Problem, Severity
from review.exchange.csl_json import parse_csl_json
from review.exchange.endnote_xml import parse_endnote_xml
from review.exchange.nbib import parse_nbib
from review.exchange.ris import parse_ris
from review.references import Reference, parse_references
from review.references.merging import duplicates_among
from review.references.records import import_problem, standard_fields

_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: The first line of each format that is made of lines; that which stands first in the text tells.
_FIRST_LINES = {
    "ris": re.compile(r"^\s*TY  ?- ?", re.MULTILINE),
    "nbib": re.compile(r"^PMID- ?\d", re.MULTILINE),
    "bibtex": re.compile(r"^[ \t]*@[ \t]*\w+\s*[{(]", re.MULTILINE),
}

_Parsed = tuple[dict[str, Reference], list[Problem]]


def _parse_bibtex(text: str, *, file: str) -> _Parsed:
    references, problems = parse_references(text, file=file)
    return {key: standard_fields(reference) for key, reference in references.items()}, problems


#: Reader of each format.
READERS: Mapping[str, Callable[..., _Parsed]] = {
    "bibtex": _parse_bibtex,
    "ris": parse_ris,
    "nbib": parse_nbib,
    "csl-json": parse_csl_json,
    "endnote-xml": parse_endnote_xml,
}


def format_of(text: str) -> str:
    """The format of a bibliography by its content.

    Parameters
    ----------
    text : str
        Decoded.

    Returns
    -------
    str
        A key of `READERS`; empty where it is none of them.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "endnote-xml" if re.search(r"<record[\s>]", start) and "<PubmedArticle" not in start else ""
    if start.startswith(("[", "{")):
        return "csl-json"
    found = {name: match.start() for name, first in _FIRST_LINES.items() if (match := first.search(text))}
    return min(found, key=lambda name: found[name]) if found else ""


def read_bibliography(name: str, data: bytes) -> _Parsed:
    """References of a file of any format that is read, by its content.

    Parameters
    ----------
    name : str
        The file's name, for the problems; it does not say what the file is.
    data : bytes
        The file as it is.

    Returns
    -------
    references : dict of str to Reference
        By key, in the order of the file; biblatex's fields under BibTeX's names.
    problems : list of Problem
        With errors for what could not be read, and for a file without any record.
    """
    text, problems = _decode(data, name)
    if not text.strip("\ufeff \t\r\n"):
        message = "the file has no record: export it again"
        return {}, problems or [import_problem("IMP02", name, None, message)]
    kind = format_of(text)
    if not kind:
        message = (
            f"the file is not recognised, it begins with {text.strip()[:40]!r}: export BibTeX, RIS, PubMed (.nbib), "
            "CSL-JSON or EndNote XML"
        )
        return {}, [*problems, import_problem("IMP01", name, 1, message)]
    references, faults = READERS[kind](text, file=name)
    problems += faults
    if not references:
        message = f"no record of the file could be read as {kind}: see the other problems, or export it again"
        problems.append(import_problem("IMP02", name, None, message))
    problems += _same_works(references, problems, name)
    return references, problems


def check_references(name: str, data: bytes) -> dict[str, Any]:
    """What `review refs check FILE --json` prints.

    Parameters
    ----------
    name : str
        The file's name, for the problems.
    data : bytes
        The file as it is, in any format that is read.

    Returns
    -------
    dict
        ``{"entries": [key, ...], "problems": [{"severity", "file", "line", "column", "rule", "message"}, ...]}``.
    """
    references, problems = read_bibliography(name, data)
    return {"entries": list(references), "problems": [_shown(problem) for problem in problems]}


def _shown(problem: Problem) -> dict[str, Any]:
    return asdict(problem) | {"severity": str(problem.severity)}


def _decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """Text of the bytes; what is neither UTF-8 nor UTF-16 is read as cp1252 with a warning."""
    if (encoding := _UTF16.get(data[:2])) is not None:
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError:
            message = "the text begins as UTF-16 and is none: save it as UTF-8"
            return "", [import_problem("IMP03", file, None, message)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        message = "the text is neither UTF-8 nor cp1252 from this line on: save it as UTF-8"
        return "", [import_problem("IMP03", file, line, message)]
    message = "this line is not UTF-8; the file was read as Windows cp1252: check its accents and save it as UTF-8"
    return text, [
        Problem(severity=Severity.WARNING, file=file, line=line, column="", rule="IMP03", message=message)
    ]  # fmt: skip


def _same_works(references: Mapping[str, Reference], problems: list[Problem], file: str) -> list[Problem]:
    """Works that stand twice, but for those that the rules of BibTeX have named."""
    named = {problem.line for problem in problems if problem.rule == "BIB23"}
    found = []
    for duplicate in duplicates_among(references):
        line = references[duplicate.key].line
        if line not in named:
            first = references[duplicate.same_as].line
            message = f"{duplicate.key!r}: {duplicate.reason} (line {first}): keep one of them, or correct them"
            found.append(import_problem("IMP11", file, line, message))
    return found
