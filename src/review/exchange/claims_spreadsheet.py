"""The claims as a spreadsheet (xlsx) that no text can run a formula in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from review.exchange.claims_table import (
    COLUMNS,
    FORMULA_SIGNS,
    ClaimRow,
    cell_text,
    claim_rows,
    cut,
    not_judged_because,
)
from review.exchange.packing import properties, repacked
from review.report.judged import CAVEAT
from review.verdicts import GLOSSES
from review.vocabulary import VerdictLabel
from review.wording import BANNER

if TYPE_CHECKING:
    from review.workbook import Workbook

#: `_x0041_` within a text means the letter A [MS-OI29500 2.1.1747], so what only looks like that is written so.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = "_x005F_"

#: Widths of the spreadsheet's columns in characters; the others fit their heading.
_WIDTHS: Mapping[str, int] = {
    "quote": 34,
    "statement": 34,
    "theme": 22,
    "verdict": 21,
    "gloss": 26,
    "direction": 15,
    "certainty": 17,
    "reason": 90,
    "proposed_sentence": 60,
    "references": 40,
    "rests_on": 40,
    "flags": 34,
    "caveat": 44,
}
_HEADING_WIDTHS = (11, 15)

#: A printed row of the table runs over so many A3 pages, which keeps its text legible.
_PAGES_WIDE = 3

#: Tints by verdict, as in the report; the label stands in the cell, so that colour is never alone.
_TINTS: Mapping[str, str] = {
    VerdictLabel.SUPPORTED: "DFF1EE",
    VerdictLabel.SUPPORTED_WITH_LIMITS: "DFF1EE",
    VerdictLabel.OVERSTATED: "FAEED2",
    VerdictLabel.CONTRADICTED: "FBE6DF",
    VerdictLabel.NOT_SUBSTANTIATED: "E9ECEF",
}

#: Heading and rules, as in the report.
_ACCENT, _RULE = "14597A", "DEDAD0"

_FONT = "Calibri"

#: Points of the letters and of a line, and the highest row that Excel can show.
_SIZE, _LINE, _HIGHEST_ROW = 10, 13.0, 409.0


def claims_xlsx(book: Workbook) -> bytes:
    """The claims as a spreadsheet, with a second sheet that says what they are and how to read them.

    Parameters
    ----------
    book : Workbook
        Checked.

    Returns
    -------
    bytes
        An xlsx file; every text is a text by its cell's type, never a formula.  The same workbook gives the same
        bytes.
    """
    from openpyxl import Workbook as Spreadsheet  # type: ignore[import-untyped]
    from openpyxl.writer.excel import ExcelWriter  # type: ignore[import-untyped]

    made = Spreadsheet()
    _fill_claims(made.active, claim_rows(book))
    _fill_about(made.create_sheet("About"), book)
    packed = io.BytesIO()
    # Not `save`, which writes the clock's time.
    ExcelWriter(made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED)).save()
    return repacked(packed.getvalue(), properties(f"Claims: {book.settings.title}", book.settings.as_of))


def _fill_claims(sheet: Any, found: tuple[ClaimRow, ...]) -> None:
    from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

    sheet.title = "Claims"
    names = list(COLUMNS)
    _heading(sheet, names)
    for line, row in enumerate(found, start=2):
        for column, name in enumerate(names, start=1):
            _write(sheet.cell(line, column), getattr(row, name))
        if row.verdict in _TINTS:
            sheet.cell(line, names.index("verdict") + 1).fill = PatternFill("solid", fgColor=_TINTS[row.verdict])
        sheet.row_dimensions[line].height = _height(row)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = _PAGES_WIDE, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _fill_about(sheet: Any, book: Workbook) -> None:
    """What the claims are, how they are to be read, and what each column and verdict means."""
    settings = book.settings
    _heading(sheet, ["what", "meaning"])
    lines = {
        "Review": settings.title,
        "As of": settings.as_of.isoformat() if settings.as_of else "not stated",
        "Documents": tuple(book.documents["title"]),
        "Digest of the inputs": book.digest,
        "Verdicts": not_judged_because(book) or CAVEAT,
        "Proposed sentences": BANNER,
        **{f"Verdict “{label}”": gloss for label, gloss in GLOSSES.items()},
        **{f"Column “{_heading_of(name)}”": meaning for name, meaning in COLUMNS.items()},
    }
    for line, pair in enumerate(lines.items(), start=2):
        for column, text in enumerate(pair, start=1):
            _write(sheet.cell(line, column), text)
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 110
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _heading(sheet: Any, names: list[str]) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    # Two lines, for the longest headings.
    sheet.row_dimensions[1].height = 2.5 * _LINE
    for column, name in enumerate(names, start=1):
        cell = sheet.cell(1, column)
        _write(cell, _heading_of(name))
        cell.font = Font(name=_FONT, size=_SIZE, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_ACCENT)
        least, most = _HEADING_WIDTHS
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, min(max(least, len(name)), most))


def _heading_of(name: str) -> str:
    """A column's name as it is shown, which can be broken over two lines."""
    return name.replace("_", " ")


def _write(cell: Any, value: object) -> None:
    """Write a number as a number and all else as text, which no reader takes for a formula or an error."""
    from openpyxl.styles import Alignment, Border, Font, Side

    number = value is None or isinstance(value, int)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if number else None)
    cell.border = Border(bottom=Side(style="thin", color=_RULE))
    cell.font = Font(name=_FONT, size=_SIZE)
    if number:
        cell.value = value
        return
    text = cut(_ESCAPE.sub(_ESCAPED, cell_text(value)))
    if not text:
        return
    cell.value = text
    cell.data_type = "s"
    # Kept as text also when a person edits the cell and leaves it as it was.
    cell.quotePrefix = text[0] in FORMULA_SIGNS


def _height(row: ClaimRow) -> float:
    """Points that the longest text of a row needs, as far as a row can have them."""
    lines = max(len(cell_text(getattr(row, name))) // width for name, width in _WIDTHS.items())
    return min(_LINE * (lines + 1.5), _HIGHEST_ROW)
