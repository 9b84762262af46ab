"""A small workbook that has no problem, as files, and ways to spoil it."""

from __future__ import annotations

import csv
import hashlib
import io

from review.errors import Problem
from review.integrity import check_workbook
from review.tables import TABLES, Type
from review.workbook import Workbook, assemble

TEXT = "The cream dissolves fat.\u00a0It is painless and does not hurt.\n\nIt  is painless,\nthey say. It may sting.\n"

BIB = """@article{park2008,
  author = {Park, Seung Ha},
  title = {Effectiveness of a cream},
  journal = {Journal of Creams},
  year = {2008},
  doi = {10.1000/cream.1},
}

@article{kim2010,
  author = {Kim, Min},
  title = {Pain of a cream},
  journal = {Journal of Creams},
  year = {2010},
}
"""

DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()

ROWS: dict[str, list[dict[str, str]]] = {
    "documents": [
        {
            "document_id": "advert",
            "file": "documents/advert.txt",
            "sha256": DIGEST,
            "text_file": "documents/advert.txt",
            "text_sha256": DIGEST,
            "title": "An advert",
        }
    ],
    "claims": [
        {
            "claim_id": "C01",
            "document_id": "advert",
            "quote": "dissolves fat",
            "statement": "The cream dissolves fat.",
            "reading": "express",
            "kind": "efficacy",
            "headline": "yes",
            "checkable": "yes",
        },
        {
            "claim_id": "C02",
            "document_id": "advert",
            "quote": "It is painless",
            "suffix": "and does",
            "statement": "The cream does not hurt.",
            "reading": "express",
            "kind": "safety",
            "headline": "no",
            "checkable": "yes",
            "quantity": "risk(pain): stands < 0.01, fails >= 0.10",
            "contradicts": "C03",
        },
        {
            "claim_id": "C03",
            "document_id": "advert",
            "quote": "It may sting",
            "statement": "The cream may sting.",
            "reading": "express",
            "kind": "safety",
            "headline": "no",
            "checkable": "yes",
            "contradicts": "C02",
        },
        {
            "claim_id": "C02.a",
            "document_id": "advert",
            "quote": "does not hurt",
            "statement": "It does not hurt.",
            "reading": "express",
            "kind": "safety",
            "headline": "no",
            "checkable": "yes",
            "main": "yes",
        },
    ],
    "references": [
        {
            "reference_key": key,
            "bib_status": "checked",
            "retraction": "not checked",
            "context": "evidence",
        }
        for key in ("park2008", "kim2010")
    ],
    "citations": [
        {
            "claim_id": "C01",
            "reference_key": "park2008",
            "relation": "inconclusive",
            "direct": "yes",
            "population_match": "yes",
            "finding": "No difference among 20 women.",
            "locator": "abstract",
            "seen_at": "https://example.org/park",
        },
        {
            "claim_id": "C02",
            "reference_key": "kim2010",
            "relation": "contradicts",
            "direct": "partly",
            "indirect_because": "another cream",
            "finding": "12 of 20 had pain.",
            "locator": "table 1",
            "seen_at": "https://example.org/kim",
        },
    ],
    "studies": [
        {"study_id": "park2008", "reference_keys": "park2008", "design": "rct", "appraisal_basis": "abstract"},
        {"study_id": "kim2010", "reference_keys": "kim2010", "design": "rct", "appraisal_basis": "abstract"},
    ],
    "outcomes": [
        {"outcome_id": "pain", "name": "Pain", "kind": "binary", "higher_is": "worse"},
        {"outcome_id": "girth", "name": "Girth", "kind": "continuous", "unit": "cm", "higher_is": "worse"},
    ],
    "results": [
        {
            "study_id": study,
            "outcome_id": "pain",
            "comparison_id": f"{study}-pain",
            "timepoint": "12 weeks",
            "per": "person-course",
            "group": group,
            "arm": group,
            "n": "20",
            "events": events,
            "percent": percent,
            "origin": "printed",
            "checked": "same",
            "locator": "table 1",
            "seen_at": "https://example.org/table",
        }
        for study in ("park2008", "kim2010")
        for group, events, percent in (("intervention", "12", "60"), ("comparator", "5", "25"))
    ],
    "reported_effects": [
        {
            "study_id": "park2008",
            "outcome_id": "girth",
            "timepoint": "12 weeks",
            "measure": "MD",
            "estimate": "-0.5",
            "ci_low": "-1",
            "ci_high": "0.1",
            "level": "95",
            "direction": "no difference stated",
            "locator": "abstract",
            "seen_at": "https://example.org/park",
        }
    ],
    "syntheses": [
        {
            "synthesis_id": "pain-rr",
            "claim_id": "C02",
            "role": "deciding",
            "outcome_id": "pain",
            "group": "both",
            "measure": "RR",
            "include": "park2008-pain; kim2010-pain",
            "target": "claim bounds",
        }
    ],
    "risk_of_bias": [
        {
            "study_id": "park2008",
            "tool": "RoB 2",
            "variant": "assignment",
            "item": "1.1",
            "answer": "NI",
            "reviewer": "initial appraisal",
        }
    ],
    "judgements": [
        {
            "subject": "C01",
            "domain": "direction",
            "value": "inconclusive",
            "reason": "one small study without an interval (park2008)",
            "reviewer": "initial appraisal",
            "date": "2026-11-22",
        }
    ],
    "searches": [{"search_id": "S1", "claim_ids": "C03", "source": "PubMed", "date": "2026-11-01"}],
    "records": [{"record_id": "nct1", "state": "awaiting assessment", "title": "A trial", "why": "not read yet"}],
    "omissions": [
        {
            "omission_id": "infection",
            "document_id": "advert",
            "what": "infection",
            "quote": "It may sting",
            "why": "it happens",
            "claim_ids": "C03",
            "reference_keys": "kim2010",
        }
    ],
}


def as_csv(table: str, rows: list[dict[str, str]]) -> bytes:
    """The rows as the bytes of the table's file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLES[table].names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def good_files() -> dict[str, bytes]:
    """The files of a workbook without a problem."""
    files = {TABLES[name].file: as_csv(name, rows) for name, rows in ROWS.items()}
    files["review.toml"] = b'title = "A review"\nas_of = 2026-11-22\n'
    files["references.bib"] = BIB.encode()
    files["documents/advert.txt"] = TEXT.encode()
    return files


def with_cell(table: str, row: int, column: str, value: str) -> dict[str, bytes]:
    """The good files with one cell changed."""
    return with_cells(table, row, {column: value})


def with_cells(table: str, row: int, cells: dict[str, str]) -> dict[str, bytes]:
    """The good files with some cells of one row changed."""
    rows = [dict(each) for each in ROWS[table]]
    rows[row].update(cells)
    return good_files() | {TABLES[table].file: as_csv(table, rows)}


def with_row(table: str, cells: dict[str, str], *, like: int = 0) -> dict[str, bytes]:
    """The good files with one more row, a copy of another one with some cells changed."""
    rows = [dict(each) for each in ROWS[table]]
    rows.append({**rows[like], **cells})
    return good_files() | {TABLES[table].file: as_csv(table, rows)}


def problems_of(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """Everything that a check of the files finds."""
    return check_workbook(assemble(files))


def rules_of(files: dict[str, bytes]) -> set[str]:
    """The ids of the rules that a check of the files finds broken."""
    return {problem.rule for problem in problems_of(files)}


#: What an enemy, or a spreadsheet, may put into any field.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    '=HYPERLINK("https://evil.example","x")',
    "{{ 7 * 7 }}{% raw %}",
    "data:text/html,<script>alert(1)</script>",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "\N{RIGHT-TO-LEFT OVERRIDE}evil\N{ZERO WIDTH SPACE}\x07\x1b[31m</td></table></style>",
)


def hostile_book(text: str) -> Workbook:
    """The good workbook with the text in every cell that takes any text, and in the bibliography."""
    rows = {name: [dict(row) for row in table] for name, table in ROWS.items()}
    for name, table in TABLES.items():
        free = [column.name for column in table.columns if column.type in {Type.TEXT, Type.LIST}]
        for row in rows.get(name, ()):
            row.update({column: text for column in free if column not in {"file", "text_file", "quantity"}})
    files = good_files() | {TABLES[name].file: as_csv(name, table) for name, table in rows.items()}
    braced = text.replace("{", "").replace("}", "").replace("%", "")
    files["references.bib"] = files["references.bib"].replace(b"a cream}", f"a {braced}}}".encode())
    files["review.toml"] = b"title = '''" + text.encode() + b"'''\nas_of = 2026-11-22\n"
    files["documents/advert.txt"] = f"{text}\n\n{text} {TEXT}".encode()
    return assemble(files)
