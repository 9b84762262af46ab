"""A new workbook around a document: all its files at once, or none.

The files are made in memory, checked as `review check` would, written into a folder beside the wanted one and put in
its place by one rename.
"""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files as packaged
from pathlib import Path, PurePath

from review import __version__
from review.claims import is_part
from review.dictionary import DICTIONARY_FILE, data_dictionary
from review.documents import sha256
from review.errors import InvalidInput, Severity, WrongUse
from review.files import write_whole
from review.intake.document_text import text_of
from review.intake.offering import offered_claims
from review.intake.reading import DocumentText, one_line, refused
from review.integrity import check_workbook
from review.tables import TABLES
from review.workbook import REFERENCES_FILE, SETTINGS_FILE, assemble

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*;\x00-\x1f\x7f]')
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


def new_workbook(folder: Path, document: Path, *, as_of: date, title: str = "") -> tuple[Path, ...]:
    """Write a workbook for a document into an empty or missing folder.

    Parameters
    ----------
    folder : Path
        Where to; it must be missing or empty.
    document : Path
        The document under review: txt, md, html, pdf or docx; it is copied and not changed.
    as_of : date
        The day for which the review speaks.
    title : str
        Title of the review; the document's own if empty.

    Returns
    -------
    tuple of Path
        The files that were written, in order of their names.

    Raises
    ------
    WrongUse
        If the folder is not empty or cannot be written, or the document cannot be read; nothing is left behind.
    """
    _require_room(folder)
    try:
        data = document.read_bytes()
    except OSError as fault:
        raise refused(str(document), f"it cannot be read ({fault.strerror})", "check the name") from fault
    made = workbook_files(document.name, data, as_of=as_of, title=title)
    _put(folder, made)
    return tuple(folder / name for name in made)


def workbook_files(name: str, data: bytes, *, as_of: date, title: str = "") -> dict[str, bytes]:
    """The files of a new workbook by name, in order; the same document and day give the same bytes.

    Parameters
    ----------
    name : str
        The document's file name.
    data : bytes
        The document.
    as_of : date
        The day for which the review speaks.
    title : str
        Title of the review; the document's own if empty.

    Raises
    ------
    WrongUse
        If the document cannot be read.
    """
    read = text_of(name, data)
    given = one_line(title)
    document_title = read.title or PurePath(name).stem
    review_title = given or f"{document_title}: what does the evidence let it say?"
    rows, texts = _documents(name, data, read, document_title)
    claims = offered_claims(rows[0]["document_id"], read.text)
    contents = {"documents": rows, "claims": claims}
    made = {table.file: _csv(table.names, contents.get(table.name, [])) for table in TABLES.values()}
    made |= texts
    made[DICTIONARY_FILE] = _dictionary().encode()
    made[REFERENCES_FILE] = _BIBLIOGRAPHY.encode()
    made[SETTINGS_FILE] = _settings(review_title, as_of).encode()
    made["README.md"] = _readme(review_title, rows[0], read, _whole(claims)).encode()
    made[".gitattributes"] = _ATTRIBUTES.encode()
    made[".gitignore"] = b"build/\n.ipynb_checkpoints/\n.venv/\n"
    made |= _notebooks()
    _require_sound(made)
    return dict(sorted(made.items()))


def _documents(name: str, data: bytes, read: DocumentText, title: str) -> tuple[list[dict[str, str]], dict[str, bytes]]:
    """The row of the documents table, and the files under documents/."""
    kept = _file_name(name)
    stem = PurePath(kept).stem
    found = {f"documents/{kept}": data}
    text_file = f"documents/{kept}"
    if not read.verbatim:
        text_file = f"documents/{stem}.txt" if f"{stem}.txt".lower() != kept.lower() else f"documents/{stem}.utf-8.txt"
        found[text_file] = f"{read.text.rstrip()}\n".encode()
    row = {
        "document_id": _NOT_IN_IDS.sub("-", _ascii(stem).lower()).strip("-")[:40].strip("-") or "document",
        "file": f"documents/{kept}",
        "sha256": sha256(data),
        "text_file": text_file,
        "text_sha256": sha256(found[text_file]),
        "title": one_line(title),
    }
    return [row], found


def _file_name(name: str) -> str:
    """The document's name without what tables, code hosts or Windows cannot hold."""
    readable = "".join(sign if sign.isprintable() else "-" for sign in unicodedata.normalize("NFC", name))
    path = PurePath(_NOT_IN_NAMES.sub("-", readable))
    return f"{one_line(path.stem).strip('. ')[:100] or 'document'}{path.suffix}"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _whole(claims: Sequence[Mapping[str, str]]) -> int:
    return sum(not is_part(claim["claim_id"]) for claim in claims)


def _csv(header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _notebooks() -> dict[str, bytes]:
    """The packaged notebooks."""
    found = packaged("review.report") / "notebooks"
    return {f"notebooks/{item.name}": item.read_bytes() for item in found.iterdir() if item.name.endswith(".ipynb")}


def _require_sound(made: Mapping[str, bytes]) -> None:
    """Refuse what `review check` would call an error, before anything is written."""
    inputs = {
        name: data for name, data in made.items() if name.startswith(("claims/", "documents/")) or "/" not in name
    }
    problems = check_workbook(assemble(inputs))
    if errors := [problem for problem in problems if problem.severity == Severity.ERROR]:
        raise InvalidInput(errors)


def _require_room(folder: Path) -> None:
    try:
        taken = folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir())))
        here = folder.resolve() == Path.cwd()
    except OSError as fault:
        raise WrongUse(f"{folder} cannot be looked into: {fault.strerror}; name another folder") from fault
    if taken:
        raise WrongUse(f"{folder} is there and is not an empty folder: name a new one, nothing was written")
    if here:
        raise WrongUse(f"{folder} is the folder that you are in: go one up (`cd ..`) and name it from there")


def _put(folder: Path, made: Mapping[str, bytes]) -> None:
    """All files into the folder, or none; missing folders above it are made, and unmade if it fails."""
    missing = [parent for parent in folder.absolute().parents if not parent.exists()]
    beside = folder.absolute().with_name(f".{folder.absolute().name}.{secrets.token_hex(4)}")
    try:
        beside.mkdir(parents=True)
        for name, data in made.items():
            write_whole(beside / name, data)
        if folder.exists():
            # Windows renames onto nothing, not even an empty folder.
            folder.rmdir()
        beside.rename(folder)
    except BaseException as fault:
        shutil.rmtree(beside, ignore_errors=True)
        for parent in missing:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        if isinstance(fault, OSError | WrongUse):
            why = fault.strerror if isinstance(fault, OSError) else fault
            raise WrongUse(f"{folder} cannot be written, and nothing was left there: {why}") from fault
        raise


def _dictionary() -> str:
    """The data dictionary, with a head for a workbook instead of that for the package's repository."""
    _, mark, tables = data_dictionary().partition("\n## ")
    return _DICTIONARY_HEAD + mark + tables


def _settings(title: str, as_of: date) -> str:
    # A string of JSON is one of TOML, for what is left in the title.
    quoted = json.dumps("".join(sign for sign in title if sign.isprintable()), ensure_ascii=False)
    return _SETTINGS.format(title=quoted, as_of=as_of.isoformat())


def _readme(title: str, row: Mapping[str, str], read: DocumentText, claims: int) -> str:
    notes = "\n".join(f"   - {one_line(note)}" for note in read.notes) or "   - nothing to tell"
    offered = f"{claims} claims were" if claims != 1 else "1 claim was"
    first = f"{offered} offered by the program" if claims else "No claim was found by the program"
    text = {**row, "review": title, "version": __version__, "notes": notes, "claims": first}
    return _README.format(**text)


_BIBLIOGRAPHY = """\
% The references of this review, in BibTeX; empty until the first one is found.
% Paste entries from Zotero or PubMed below; claims/references.csv holds what BibTeX has no place for.
"""

_ATTRIBUTES = """\
# The document is kept byte for byte: claims are anchored to it and its SHA-256 is on record.
documents/** -text
claims/** -text
references.bib -text
*.ipynb text eol=lf
"""

_SETTINGS = """\
# Title of the review, printed on the report.
title = {title}

# The day for which the review speaks; reports use it, never the clock.
as_of = {as_of}

# Markets whose advertising rules are looked at, such as ["US", "UK", "EU"].
markets = []

# Rule set for the certainty of the evidence.
rule_set = "core-grade-2025"

# What else than errors makes `review check` exit with 1; nothing.
fail_on = []

# A search older than this many months at as_of is stale.
search_months = 12
"""

_DICTIONARY_HEAD = """\
# Data dictionary

Files are UTF-8 with `,` or `;` between cells.
Cells are read as text and white space around them is dropped.
An empty cell means *not seen* or *does not apply*, never zero and never *no*.
Lists have `;` between their parts, decimals have a point.
`review check` names every fault with its file, line, column and rule.
The words of the document under review are its publisher's.
"""

_README = """\
# {review}

An evidence review, claim by claim, of {file}.
It was started by the package `evidence-review-workbook`, version {version}.

## Install

You need Python 3.11 or later and a copy of the package.

```sh
python3 -m venv .venv
.venv/bin/pip install PATH-TO-THE-PACKAGE
```

On Windows, `.venv\\Scripts\\` stands for `.venv/bin/`.

## Run

```sh
.venv/bin/review check    # all problems, each with file, line and what to do
.venv/bin/review render   # runs the notebooks, writes build/report.html
.venv/bin/review lab      # opens the notebooks in JupyterLab
```

## What to do next

1. Read {text_file} beside the document: claims are anchored in that text.
   Of the reading:
{notes}
2. {claims}.
   Read claims/claims.csv: take out what is no claim, add what is missing, put each `statement` into one testable
   sentence, correct `kind`, and set `headline` to `yes` for the claims that the report answers first.
3. Search, and write each search into claims/searches.csv; until then a claim stands as *Not searched*.
4. Put what you find into references.bib, claims/references.csv and claims/citations.csv, numbers into
   claims/studies.csv, claims/outcomes.csv and claims/results.csv.

[claims/README.md](claims/README.md) explains every table and column.

## What is in it

| where | what |
|---|---|
| documents/ | the document as received, never edited, and its text |
| claims/ | one CSV a table |
| references.bib | the references |
| notebooks/ | the package's notebooks, of which the report is made |
| review.toml | title, day, settings |
"""
