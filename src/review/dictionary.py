"""The pages that are made from declarations: the data dictionary of the tables, and the list of rules.

Values in, Markdown out; `python -m review.dictionary` writes both into the repository, and a test compares them.
"""

from __future__ import annotations

from pathlib import Path

from review.files import write_whole
from review.integrity import rule_titles
from review.tables import TABLES, Column, Table, Type

#: Where each page stands in the repository.
DICTIONARY_FILE = "claims/README.md"
RULES_FILE = "docs/rules.md"

_FAMILIES = {
    "SET": "Settings (review.toml)",
    "TAB": "Any table",
    "BIB": "references.bib",
    "DOC": "Documents",
    "CLM": "Claims",
    "REF": "References",
    "CIT": "Citations",
    "SEA": "Searches",
    "REC": "Records that are not references",
    "STU": "Studies",
    "OUT": "Outcomes",
    "RES": "Results",
    "EFF": "Reported effects",
    "SYN": "Syntheses",
    "ROB": "Risk of bias",
    "JUD": "Judgements",
    "OMI": "Omissions",
}

_DICTIONARY_HEAD = """\
# Data dictionary

Made from `src/review/tables.py` by `make docs`; change it there.

Files are UTF-8 with `,` or `;` between cells.
Cells are read as text and white space around them is dropped.
An empty cell means *not seen* or *does not apply*, never zero and never *no*.
Lists have `;` between their parts, decimals have a point.
`review check` names every fault with its file, line, column and rule ([docs/rules.md](../docs/rules.md)).
The tables are licensed CC BY 4.0 (LICENSE-DATA); the words of the document under review are its publisher's.
"""

_RULES_HEAD = """\
# Rules

Made from the code by `make docs`; change it there.

`review check` applies every rule and reports all problems at once.
An *error* is a fault of the inputs (exit code 1), a *warning* should be looked at, a *finding* is a state of the
review that is worth knowing; `fail_on` in review.toml makes warnings, findings or single rules count as well.
A rule that looks at a file which could not be read whole is applied once that file is mended.

What is not checked: whether a finding says what its source says, whether a quote was understood, whether a number
was copied rightly.
Only a second reader can do that; `checked` and `seen_at` say where one did.
"""


def data_dictionary() -> str:
    """The data dictionary as Markdown: each table with its key and columns."""
    parts = [_DICTIONARY_HEAD]
    for table in TABLES.values():
        parts += _table_page(table)
    return "\n".join(parts).rstrip() + "\n"


def rules_page() -> str:
    """The list of rules as Markdown, by family."""
    parts = [_RULES_HEAD]
    titles = rule_titles()
    for family, heading in _FAMILIES.items():
        parts += ["", f"## {heading}", "", "| rule | what holds |", "|---|---|"]
        parts += [f"| {rule} | {title} |" for rule, title in titles.items() if rule.startswith(family)]
    return "\n".join(parts) + "\n"


def _table_page(table: Table) -> list[str]:
    rows = [f"| {column.name} | {_form(column)} | {column.meaning} |" for column in table.columns]
    key = f"Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    optional = " The file may be absent." if table.optional else ""
    return [
        f"## {table.name}.csv",
        "",
        table.meaning,
        key + optional,
        "",
        "| column | form | meaning |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _form(column: Column) -> str:
    """How the cells of a column are written."""
    form = " \\| ".join(f"`{word}`" for word in column.words) if column.type is Type.WORD else column.type.value
    notes = [
        f"in {column.unit}" if column.unit else "",
        _range(column),
        f"of {column.refers_to}" if column.refers_to else "",
        "must be filled" if not column.empty else "",
        "the column may be absent" if column.optional else "",
    ]
    return "; ".join(part for part in (form, *notes) if part)


def _range(column: Column) -> str:
    if column.type is not Type.NUMBER or column.low == -column.high == float("-inf"):
        return ""
    return f"{column.low:g} or more" if column.high == float("inf") else f"{column.low:g} to {column.high:g}"


def write_pages(folder: Path) -> None:
    """Write both pages below a folder."""
    for name, text in ((DICTIONARY_FILE, data_dictionary()), (RULES_FILE, rules_page())):
        write_whole(folder / name, text.encode())


if __name__ == "__main__":
    write_pages(Path())
