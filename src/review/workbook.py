"""The frozen bundle of everything that a review reads: settings, documents, tables and references.

`assemble` takes the files' bytes and never fails: what cannot be read is a problem of the workbook.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

import pandas as pd

from review.cells import decode, empty_table, parse_table, rows, suggestion
from review.documents import sha256
from review.errors import Problem, Severity
from review.references import Reference, parse_references
from review.tables import TABLES, Table
from review.vocabulary import RuleSet, VerdictLabel

SETTINGS_FILE = "review.toml"
REFERENCES_FILE = "references.bib"

#: Rules of the settings; the ids stand in every problem and in docs/rules.md.
SETTINGS_RULES: Mapping[str, str] = {
    "SET01": "review.toml is well-formed TOML with a title and an as_of date.",
    "SET02": "Every setting is known and has the right type.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What review.toml says.

    Attributes
    ----------
    title : str
        Title of the review.
    as_of : date or None
        The day for which it speaks; reports use it, never the clock.
    markets : tuple of str
        Markets whose advertising rules are looked at.
    rule_set : RuleSet
        By which rules certainty is proposed.
    fail_on : tuple of str
        What else than errors makes `review check` exit with 1: severities, ids of rules and labels of verdicts.
    search_months : int
        A search older than this at `as_of` is stale.
    """

    title: str = "Evidence review"
    as_of: date | None = None
    markets: tuple[str, ...] = ()
    rule_set: RuleSet = RuleSet.CORE
    fail_on: tuple[str, ...] = ()
    search_months: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Everything that a review reads.

    Each table of `tables.TABLES` is a frame as `cells.parse_table` gives it (index: line of the file); the table
    `references`, which stands beside references.bib, is `reference_notes`, because `references` are the entries.

    Attributes
    ----------
    settings : Settings
        What review.toml says.
    texts : mapping
        Text of each document by `document_id`; documents without a readable text are left out.
    references : mapping
        The entries of references.bib by key.
    problems : tuple of Problem
        All faults of the inputs, by file and line.
    digest : str
        SHA-256 over all files that were read, in hexadecimal.
    hashes : mapping
        SHA-256 of each file under documents/ by name.
    """

    settings: Settings
    texts: Mapping[str, str]
    references: Mapping[str, Reference]
    documents: pd.DataFrame
    claims: pd.DataFrame
    reference_notes: pd.DataFrame
    citations: pd.DataFrame
    studies: pd.DataFrame
    outcomes: pd.DataFrame
    results: pd.DataFrame
    reported_effects: pd.DataFrame
    syntheses: pd.DataFrame
    risk_of_bias: pd.DataFrame
    judgements: pd.DataFrame
    searches: pd.DataFrame
    records: pd.DataFrame
    omissions: pd.DataFrame
    hashes: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    digest: str = ""

    def with_problems(self, problems: tuple[Problem, ...]) -> Workbook:
        """The same workbook with these problems instead of its own."""
        return replace(self, problems=problems)

    def table(self, name: str) -> pd.DataFrame:
        """The frame of a declared table by the table's name."""
        frame: pd.DataFrame = getattr(self, attribute_of(name))
        return frame


def assemble(files: Mapping[str, bytes]) -> Workbook:
    """The workbook of the given files.

    Parameters
    ----------
    files : mapping
        Bytes of review.toml, references.bib and everything under claims/ and documents/, by name relative to the
        workbook with ``/`` between folders.

    Returns
    -------
    Workbook
        With the problems of reading each file; those across tables are found by `integrity.check_workbook`.
    """
    settings, problems = _read_settings(files)
    frames = {}
    for table in TABLES.values():
        frame, faults = _read_table(files, table)
        frames[attribute_of(table.name)] = frame
        problems += faults
    references, faults = _read_references(files)
    problems += faults
    texts, faults = _read_texts(files, frames["documents"])
    problems += faults
    return Workbook(
        settings=settings,
        texts=texts,
        references=references,
        hashes={name: sha256(data) for name, data in files.items() if name.startswith("documents/")},
        problems=tuple(problems),
        digest=_digest(files),
        **frames,
    )


def parse_settings(text: str) -> tuple[Settings, list[Problem]]:
    """The settings that a review.toml gives, and what is wrong with it."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return Settings(), [_settings_problem("SET01", "", f"it is not well-formed TOML: {fault}")]
    known = {item.name: item for item in fields(Settings)}
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in known:
            hint = suggestion(name, list(known))
            message = f"{name!r} is not a setting and is not read{hint}"
            problems.append(_settings_problem("SET02", name, message, severity=Severity.WARNING))
        elif (read := _setting(name, value)) is None:
            problems.append(_settings_problem("SET02", name, f"{value!r} does not fit: {_SETTING_FORMS[name]}"))
        else:
            values[name] = read
    problems.extend(
        _settings_problem("SET01", name, f"the setting is missing: {_SETTING_FORMS[name]}")
        for name in ("title", "as_of")
        if name not in given
    )
    return Settings(**values), problems  # type: ignore[arg-type]


_SETTING_FORMS = {
    "title": 'write title = "..."',
    "as_of": "write as_of = YYYY-MM-DD, without quotation marks",
    "markets": 'write a list such as ["UK", "EU"]',
    "rule_set": "write rule_set = " + " or ".join(f'"{rules}"' for rules in RuleSet),
    "fail_on": 'write a list of severities, rules and labels such as ["warning", "SEA02", "Contradicted"]',
    "search_months": "write a whole number of months, 1 or more",
}


_ANY = re.compile(r".*\S.*")
_FAIL_ON = re.compile("|".join((*Severity, *VerdictLabel, r"[A-Z]{3}\d\d")))


def _setting(name: str, value: object) -> object | None:
    """The value as `Settings` wants it, or None where its type is wrong."""
    if name in {"markets", "fail_on"}:
        form = _FAIL_ON if name == "fail_on" else _ANY
        good = isinstance(value, list) and all(isinstance(item, str) and form.fullmatch(item) for item in value)
        return tuple(value) if isinstance(value, list) and good else None
    if name == "rule_set":
        return next((rules for rules in RuleSet if rules == value), None)
    if name == "as_of":
        return value if isinstance(value, date) and not isinstance(value, datetime) else None
    if name == "search_months":
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
    return value if isinstance(value, str) and value.strip() else None


def _settings_problem(rule: str, name: str, message: str, *, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(severity=severity, file=SETTINGS_FILE, column=name, rule=rule, message=message)


def attribute_of(table: str) -> str:
    """The name under which a workbook holds a table."""
    return "reference_notes" if table == "references" else table


def _read_settings(files: Mapping[str, bytes]) -> tuple[Settings, list[Problem]]:
    text, problems = decode(files.get(SETTINGS_FILE, b""), SETTINGS_FILE)
    if problems:
        return Settings(), problems
    return parse_settings(text)


def _read_table(files: Mapping[str, bytes], table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    if table.file not in files:
        if table.optional:
            return empty_table(table), []
        message = f"the file is missing: create it with the first line {table.header}"
        return empty_table(table), [Problem(file=table.file, rule="TAB01", message=message)]
    text, problems = decode(files[table.file], table.file)
    if any(problem.severity == Severity.ERROR for problem in problems):
        return empty_table(table), problems
    frame, faults = parse_table(text, table)
    return frame, problems + faults


def _read_references(files: Mapping[str, bytes]) -> tuple[Mapping[str, Reference], list[Problem]]:
    if REFERENCES_FILE not in files:
        message = "the file is missing: create it, empty if there are no references yet"
        return {}, [Problem(file=REFERENCES_FILE, rule="TAB01", message=message)]
    text, problems = decode(files[REFERENCES_FILE], REFERENCES_FILE)
    references, faults = parse_references(text, file=REFERENCES_FILE)
    return references, problems + faults


def _read_texts(files: Mapping[str, bytes], documents: pd.DataFrame) -> tuple[dict[str, str], list[Problem]]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for row in rows(documents):
        name = row.text_file or row.file
        if name in files:
            text, faults = decode(files[name], name)
            problems += faults
            if not any(fault.severity == Severity.ERROR for fault in faults):
                texts[row.document_id] = text
    return texts, problems


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return whole.hexdigest()
