"""BibTeX text to references, with everything that cannot stand as an entry handed back as a problem.

Text in, values out; no file is opened here.  What a table says of a reference (claims/references.csv) does not belong
here.
"""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.errors import Problem, Severity
from review.references.entry import Reference, doi, plain_text, pmcid, pmid, web_address

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry, String

#: Rules of reading BibTeX; the ids stand in every problem and in docs/bibliography.md.
BIB_RULES: Mapping[str, str] = {
    "BIB01": "The text has no NUL character.",
    "BIB02": "The file has at least one entry.",
    "BIB03": "Every block can be read: its braces and quotes are closed, its commas and equals signs in place.",
    "BIB04": "A block whose word begins like @comment, @string or @preamble is one of them.",
    "BIB05": "No entry stands inside a value or another block.",
    "BIB06": "The text between entries is no part of an entry.",
    "BIB07": "Every entry has a key.",
    "BIB08": "A key stands once.",
    "BIB09": "No two keys differ only in case.",
    "BIB10": "A key has only the letters a to z, digits and the signs . _ : + / -.",
    "BIB11": "A field stands once in its entry.",
    "BIB12": "The name of a field has only the letters a to z, digits and the signs _ and -.",
    "BIB13": "A value is text in braces or quotes that match, a number or a @string, or these with # between.",
    "BIB14": "A @string is defined above the place where it is used.",
    "BIB15": "A @string is defined once.",
    "BIB16": "The type of an entry is one of BibTeX or biblatex.",
    "BIB17": "An entry has a title.",
    "BIB18": "An entry has a year, or its note says that it is undated.",
    "BIB19": "A year has four digits.",
    "BIB20": "A DOI begins with 10., a number and a slash.",
    "BIB21": "A pmid is a number; a pmcid is PMC and a number.",
    "BIB22": "A url is an address that begins with http:// or https://.",
    "BIB23": "No two entries have the same doi, pmid or pmcid.",
    "BIB24": "No entry is put away in a @comment, where some programs read it all the same.",
}
#: Rules that warn: the reference stands and can be cited all the same.
_WARNINGS = frozenset({"BIB02", "BIB16", "BIB17", "BIB18", "BIB19", "BIB22", "BIB23", "BIB24"})

#: Entry types of BibTeX's standard styles and of biblatex's data model; anything else is most likely misspelt.
ENTRY_TYPES = frozenset(
    {
        *("article", "book", "booklet", "conference", "inbook", "incollection", "inproceedings", "manual"),
        *("mastersthesis", "misc", "phdthesis", "proceedings", "techreport", "unpublished"),
        *("artwork", "audio", "bibnote", "bookinbook", "collection", "commentary", "dataset", "electronic", "image"),
        *("inreference", "jurisdiction", "legal", "legislation", "letter", "movie", "music", "mvbook"),
        *("mvcollection", "mvproceedings", "mvreference", "online", "patent", "performance", "periodical"),
        *("reference", "report", "review", "set", "software", "standard", "suppbook", "suppcollection"),
        *("suppperiodical", "thesis", "video", "www", "xdata"),
    }
)
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: The macros that BibTeX's standard styles define.
MONTHS: Mapping[str, str] = {name[:3].lower(): name for name in _MONTH_NAMES}
#: Characters of a faulty text that a message quotes; our convention.
_QUOTED = 60

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/-]*")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_YEAR = re.compile(r"\d{4}")
_UNDATED = re.compile(r"\bn\.\s?d\.|\bundated\b|\bno date\b", re.IGNORECASE)
_BLOCK_WORD = re.compile(r"@(\w*)")
_ENTRY_START = re.compile(r"@[ \t]*+(\w++)\s*+[{(]\s*+([^,{}=\"\n]*+),")
#: A word with an opening brace; or with @ before it, with or without that.
_LOST_ENTRY = re.compile(
    r"^[ \t%]*+(?P<bare>\w++)[ \t]*+[{(].*|@[ \t]*+(?P<word>\w++)(?P<open>\s*+[{(])?.*", re.MULTILINE
)
_LOST_FIELD = re.compile(r"^[ \t,]*+[A-Za-z][\w-]*+[ \t]*+=[ \t]*+(?:[{\"]|\w++[ \t]*+(?:,|$)).*", re.MULTILINE)
_BRACES = re.compile(r"(?<!\\)[{}]")
_BRACES_AND_QUOTES = re.compile(r"(?<!\\)[{}\"]")
_BARE_TOKEN = re.compile(r"[^\s#{}\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """A problem before it knows its file."""

    rule: str
    line: int | None
    message: str
    column: str = ""


def parse_references(text: str, *, file: str = "references.bib") -> tuple[dict[str, Reference], list[Problem]]:
    """References of a BibTeX text, and everything in it that is none.

    Parameters
    ----------
    text : str
        BibTeX with any line ends, with or without byte order mark.
    file : str
        Its name for the problems.

    Returns
    -------
    references : dict of str to Reference
        By key, in the order of the text.  Of entries with the same key the first stands, of a doubled field the
        first value.
    problems : list of Problem
        In the order of the lines.  An entry that is not among the references is named by one of them.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    faults = list(_nul_characters(lines))
    # bibtexparser takes a backslash before a line end for an escape and miscounts the lines from there on.
    readable = lines.replace("\0", "").replace("\\\n", "\\ \n")
    blocks = _blocks(readable)
    references, entry_faults = _read_entries(blocks)
    faults += entry_faults
    faults += _faulty_blocks(blocks)
    faults += _entries_inside(readable, blocks)
    faults += _same_identifiers(references)
    if not references and not faults:
        faults.append(_Fault(rule="BIB02", line=None, message="the file has no entry: add one, or cite nothing"))
    faults.sort(key=lambda fault: (fault.line or 0, fault.rule))
    return references, [_problem(fault, file) for fault in faults]


def _problem(fault: _Fault, file: str) -> Problem:
    severity = Severity.WARNING if fault.rule in _WARNINGS else Severity.ERROR
    return Problem(
        severity=severity, file=file, line=fault.line, column=fault.column, rule=fault.rule, message=fault.message
    )


def _short(text: str) -> str:
    """The text on one line, cut where a message would become long, in quotation marks."""
    line = " ".join(text.split())
    return repr(line if len(line) <= _QUOTED else f"{line[:_QUOTED]}...")


def _nul_characters(text: str) -> Iterator[_Fault]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = "the text has NUL characters, left out here: it was damaged, or is UTF-16; save it as UTF-8"
        yield _Fault(rule="BIB01", line=line, message=message)


def _blocks(text: str) -> list[Block]:
    """What bibtexparser makes of the text, in its order and with the values untouched."""
    from bibtexparser.entrypoint import parse_string

    # It logs what it also returns; without a handler of any kind logging would print that.
    logger = logging.getLogger("bibtexparser")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return parse_string(text, parse_stack=[]).blocks


def _line(block: Block) -> int:
    """Line of the text on which the block starts, from 1."""
    return (block.start_line or 0) + 1


def _as_entry(block: Block) -> Entry | String | None:
    """The entry or @string that a block is or, where bibtexparser set it aside as a double, would be."""
    from bibtexparser import model

    if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
        block = block.ignore_error_block or block
    return block if isinstance(block, model.Entry | model.String) else None


def _read_entries(blocks: Sequence[Block]) -> tuple[dict[str, Reference], list[_Fault]]:
    """The references, and what is wrong with entries and @strings that can be read."""
    from bibtexparser.model import Entry

    references: dict[str, Reference] = {}
    folded: dict[str, Reference] = {}
    strings: dict[str, tuple[str, int]] = {}
    faults: list[_Fault] = []
    for block in blocks:
        found = _as_entry(block)
        if found is None:
            continue
        if not isinstance(found, Entry):
            faults += _define_string(found, strings)
            continue
        reference, entry_faults = _reference(found, strings)
        key_faults = list(_key_faults(reference, references, folded))
        faults += [*key_faults, *entry_faults]
        if reference.key and reference.key not in references:
            references[reference.key] = reference
            folded.setdefault(reference.key.casefold(), reference)
    return references, faults


def _define_string(string: String, strings: dict[str, tuple[str, int]]) -> list[_Fault]:
    """Add a @string to the ones that are defined; of two the first stands."""
    name, line = string.key.lower(), _line(string)
    value, faults = _value(str(string.value), strings, what=f"@string {string.key!r}", line=line, column="")
    if name in strings:
        first = strings[name][1]
        message = f"@string {string.key!r} is defined on line {first} already and that one stands: rename or remove it"
        faults.append(_Fault(rule="BIB15", line=line, message=message))
    strings.setdefault(name, (value, line))
    return faults


def _reference(entry: Entry, strings: Mapping[str, tuple[str, int]]) -> tuple[Reference, list[_Fault]]:
    """An entry with its values read, and what is wrong with them."""
    fields: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[_Fault] = []
    for part in entry.fields:
        name, line = part.key.lower(), part.start_line + 1
        value, value_faults = _value(
            str(part.value), strings, what=f"{name!r} of entry {entry.key!r}", line=line, column=name
        )
        faults += value_faults
        if not _FIELD_NAME.fullmatch(name):
            advice = "remove it, % begins no comment in BibTeX" if name.startswith("%") else "look for a missing comma"
            message = f"{_short(part.key)} in entry {entry.key!r} is no name of a field: {advice}"
            faults.append(_Fault(rule="BIB12", line=line, message=message))
        if name in fields:
            message = (
                f"entry {entry.key!r} has {name!r} on line {lines[name]} already and that one stands: "
                f"remove one of them, here {_short(value)}"
            )
            faults.append(_Fault(rule="BIB11", line=line, column=name, message=message))
            continue
        fields[name], lines[name] = value, line
    reference = Reference(key=entry.key, entry_type=entry.entry_type.lower(), fields=fields, line=_line(entry))
    return reference, [*faults, *_missing_parts(reference), *_wrong_shapes(reference, lines)]


def _key_faults(
    reference: Reference, references: Mapping[str, Reference], folded: Mapping[str, Reference]
) -> Iterator[_Fault]:
    key, line = reference.key, reference.line
    twin = folded.get(key.casefold())
    if not key:
        message = f"an entry without a key is left out: write one after @{reference.entry_type}{{, with a comma"
        yield _Fault(rule="BIB07", line=line, message=message)
    elif key in references:
        message = f"key {key!r} stands on line {references[key].line} already and that entry stands: rename this one"
        yield _Fault(rule="BIB08", line=line, message=message)
    elif twin:
        message = (
            f"key {key!r} differs only in case from {twin.key!r} on line {twin.line}, which BibTeX takes for the same: "
            "rename one of them"
        )
        yield _Fault(rule="BIB09", line=line, message=message)
    if key and not _KEY.fullmatch(key):
        message = f"key {key!r} cannot stand in the tables or in LaTeX: use only a to z, digits and . _ : + / -"
        yield _Fault(rule="BIB10", line=line, message=message)


def _missing_parts(reference: Reference) -> Iterator[_Fault]:
    key, line, fields = reference.key, reference.line, reference.fields
    if reference.entry_type not in ENTRY_TYPES:
        message = f"@{reference.entry_type} of entry {key!r} is not a known type: correct it, or use @misc"
        yield _Fault(rule="BIB16", line=line, message=message)
    if "crossref" in fields or "xdata" in fields or reference.entry_type in {"set", "xdata"}:
        return
    if not fields.get("title", "").strip():
        message = f"entry {key!r} has no title: add it as the source prints it"
        yield _Fault(rule="BIB17", line=line, column="title", message=message)
    if not any(fields.get(name, "").strip() for name in ("year", "date")) and not _UNDATED.search(
        fields.get("note", "")
    ):
        message = f"entry {key!r} has no year: add it, or say in its note that it is undated (n.d.)"
        yield _Fault(rule="BIB18", line=line, column="year", message=message)


def _wrong_shapes(reference: Reference, lines: Mapping[str, int]) -> Iterator[_Fault]:
    fields = {name: value.strip() for name, value in reference.fields.items()}

    def fault(rule: str, column: str, advice: str) -> _Fault:
        message = f"{column} {_short(fields[column])} of entry {reference.key!r} {advice}"
        return _Fault(rule=rule, line=lines[column], column=column, message=message)

    year = plain_text(fields.get("year", ""))
    if year and not _YEAR.fullmatch(year) and not _UNDATED.fullmatch(year):
        yield fault("BIB19", "year", "is not four digits: write the year of publication alone")
    if fields.get("doi") and not doi(reference):
        yield fault("BIB20", "doi", "is no DOI: write it as 10.1234/abc")
    if fields.get("pmid") and not pmid(reference):
        yield fault("BIB21", "pmid", "is no PubMed number: write its digits alone")
    if fields.get("pmcid") and not pmcid(reference):
        yield fault("BIB21", "pmcid", "is no PubMed Central number: write it as PMC1234567")
    if fields.get("url") and not web_address(fields["url"]):
        yield fault("BIB22", "url", "is no web address and is not linked: begin it with https://")


def _value(
    raw: str, strings: Mapping[str, tuple[str, int]], *, what: str, line: int, column: str
) -> tuple[str, list[_Fault]]:
    """A value without the signs around it, its parts joined and its @strings put in."""
    parts: list[str] = []
    faults: list[_Fault] = []
    rest = raw.strip()
    while True:
        part, quoted, rest = _first_part(rest)
        if quoted or part.isdecimal():
            parts.append(part)
            if part.count("{") != part.count("}"):
                message = f"the braces in {what} do not match, here {_short(part)}: close or remove one"
                faults.append(_Fault(rule="BIB13", line=line, column=column, message=message))
        elif part:
            known = strings.get(part.lower(), (MONTHS.get(part.lower(), ""), 0))[0]
            parts.append(known or part)
            if not known:
                message = f"{what} uses {part!r}, not defined above: put text in braces, or add @string{{{part} = ...}}"
                faults.append(_Fault(rule="BIB14", line=line, column=column, message=message))
        else:
            message = f"{what} has no value: write {{...}}, or remove it"
            faults.append(_Fault(rule="BIB13", line=line, column=column, message=message))
        if not rest:
            break
        if not rest.startswith("#"):
            message = (
                f"after the value of {what} stands {_short(rest)}, not read: put the comma or brace that is missing"
            )
            faults.append(_Fault(rule="BIB13", line=line, column=column, message=message))
            break
        rest = rest[1:].lstrip()
    return "".join(parts), faults


def _first_part(text: str) -> tuple[str, bool, str]:
    """The text's first braced, quoted or bare part, whether it was in braces or quotes, and the rest."""
    if text.startswith("{"):
        depth = 0
        for mark in _BRACES.finditer(text):
            depth += 1 if mark.group() == "{" else -1
            if depth == 0:
                return text[1 : mark.start()], True, text[mark.end() :].lstrip()
        return text[1:], True, ""
    if text.startswith('"'):
        depth = 0
        for mark in _BRACES_AND_QUOTES.finditer(text, 1):
            if mark.group() == '"' and depth <= 0:
                return text[1 : mark.start()], True, text[mark.end() :].lstrip()
            depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        return text[1:].removesuffix('"'), True, ""
    bare = _BARE_TOKEN.match(text)
    end = bare.end() if bare else 0
    return text[:end], False, text[end:].lstrip()


def _faulty_blocks(blocks: Sequence[Block]) -> Iterator[_Fault]:
    """What bibtexparser could not read, and what it took for something else than it looks like."""
    from bibtexparser import model

    after_broken = False
    for block in blocks:
        raw, line, entry = block.raw or "", _line(block), _as_entry(block)
        broken = entry is None and isinstance(block, model.ParsingFailedBlock)
        if broken:
            yield _Fault(rule="BIB03", line=line, message=_why_broken(block))
        elif isinstance(block, model.ImplicitComment):
            yield from _fragments(raw, line, after_broken=after_broken)
        elif not isinstance(entry, model.Entry):
            yield from _misspelt_word(raw, line)
        after_broken = broken


#: What bibtexparser says of a broken block, by its first words, and what is to be done about it.
_BROKEN = {
    "Unexpectedly reached": "the file ends before its braces and quotes are closed; close them",
    "Unexpected block": "the next block begins before its braces and quotes are closed; close them before that",
    "Expected comma after entry key": "its key, or the comma after it, is missing; put it",
    "Expected a `=`": "the equals sign after the name of a field, or a comma before it, is missing; put it",
}


def _why_broken(block: Block) -> str:
    raw, key = block.raw or "", _key_of(block)
    word = _BLOCK_WORD.match(raw)
    name = f"@{word.group(1)} {key!r}" if word and key else _short(raw)
    error = getattr(block, "error", None)
    reason = str(getattr(error, "abort_reason", error))
    why = next((advice for words, advice in _BROKEN.items() if reason.startswith(words)), f"{reason}; correct it")
    return f"{name} cannot be read and is left out: {why}"


def _fragments(raw: str, line: int, *, after_broken: bool) -> Iterator[_Fault]:
    """Pieces of entries in the text between blocks; the fields of a broken entry are told with it already."""
    found = [match for match in _LOST_ENTRY.finditer(raw) if _is_lost_entry(match)]
    if not found and not after_broken:
        found = list(_LOST_FIELD.finditer(raw))[:1]
    for match in found:
        message = (
            f"{_short(match.group())} stands outside every entry and is not read: look for a brace too many above, "
            "or a missing @ or {, which stand on the line of the word"
        )
        yield _Fault(rule="BIB06", line=line + raw.count("\n", 0, match.start()), message=message)


def _is_lost_entry(match: re.Match[str]) -> bool:
    bare, word = match["bare"], match["word"]
    if bare:
        return bare.lower() in ENTRY_TYPES
    line_start = match.string.rfind("\n", 0, match.start()) + 1
    at_line_start = not match.string[line_start : match.start()].strip()
    return bool(match["open"] and word.lower() != "comment") or (at_line_start and word.lower() in ENTRY_TYPES)


def _misspelt_word(raw: str, line: int) -> Iterator[_Fault]:
    found = _BLOCK_WORD.match(raw)
    word = found.group(1) if found else ""
    meant = next((known for known in ("comment", "string", "preamble") if word.lower().startswith(known)), "")
    if meant and word.lower() != meant:
        message = f"@{word} {_short(raw)} is taken for @{meant} and left out: correct the word"
        yield _Fault(rule="BIB04", line=line, message=message)


def _entries_inside(text: str, blocks: Sequence[Block]) -> Iterator[_Fault]:
    """What looks like the start of an entry and was read as part of something else."""
    from bibtexparser.model import ExplicitComment

    named = set(_named_keys(blocks))
    starts = [_line(block) for block in blocks]
    ends = [match.start() for match in re.finditer("\n", text)]
    for match in _ENTRY_START.finditer(text):
        word, key = match.group(1), match.group(2).strip()
        line = bisect.bisect_left(ends, match.start()) + 1
        if (line, key) in named or word.lower() in {"comment", "string", "preamble"}:
            continue
        around = blocks[bisect.bisect_right(starts, line) - 1]
        rule = "BIB24" if isinstance(around, ExplicitComment) else "BIB05"
        message = (
            f"@{word} {key!r} is not read, it stands inside the block that begins on line {_line(around)}: "
            "close that one before it, or remove it"
        )
        yield _Fault(rule=rule, line=line, message=message)


def _named_keys(blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """Lines and keys of the entries that were read or that a problem has named."""
    from bibtexparser.model import ImplicitComment

    for block in blocks:
        raw, line = block.raw or "", _line(block)
        yield line, _key_of(block)
        if isinstance(block, ImplicitComment):
            for match in _ENTRY_START.finditer(raw):
                yield line + raw.count("\n", 0, match.start()), match.group(2).strip()


def _key_of(block: Block) -> str:
    """The key of an entry, also of a broken one; else empty."""
    entry = _as_entry(block)
    if entry is not None:
        return entry.key
    found = _ENTRY_START.match(block.raw or "")
    return found.group(2).strip() if found else ""


def _same_identifiers(references: Mapping[str, Reference]) -> Iterator[_Fault]:
    first: dict[tuple[str, str], Reference] = {}
    for reference in references.values():
        for name, identify in (("doi", doi), ("pmid", pmid), ("pmcid", pmcid)):
            identifier = identify(reference).lower()
            if not identifier:
                continue
            other = first.setdefault((name, identifier), reference)
            if other is not reference:
                message = (
                    f"entries {other.key!r} (line {other.line}) and {reference.key!r} have the same {name} "
                    f"{identifier!r}: keep one of them, or correct it"
                )
                yield _Fault(rule="BIB23", line=reference.line, column=name, message=message)
