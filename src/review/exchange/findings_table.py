"""The summaries of findings as one CSV: a row for each synthesis of each claim, sentences and raw numbers."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from review.claims import is_part
from review.exchange.claims_table import cell_text, never_formula
from review.report.judged import appraisable
from review.summary_of_findings import PRINTED, RAW, summary_of_findings
from review.wording import desk_of

if TYPE_CHECKING:
    from review.workbook import Workbook


def findings_csv(book: Workbook) -> str:
    """The summary of findings of every whole claim that has a synthesis, as CSV that opens in a spreadsheet.

    Parameters
    ----------
    book : Workbook
        Checked; while its inputs have errors there are no rows.

    Returns
    -------
    str
        As from `claims_csv`: byte order mark, `,`, CRLF.  Columns: claim_id, then those of `summary_of_findings`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    columns = [*PRINTED, *RAW]
    writer.writerow(["claim_id", *columns])
    if appraisable(book):
        desk = desk_of(book)
        for claim in book.claims["claim_id"]:
            if not is_part(claim) and desk.of_claim(claim):
                for row in summary_of_findings(book, claim, desk=desk)[columns].itertuples(index=False):
                    writer.writerow([claim, *(never_formula(_text(value)) for value in row)])
    return "\ufeff" + text.getvalue()


def _text(value: object) -> str:
    """A cell's text; nothing for a number that is missing."""
    return "" if isinstance(value, float) and math.isnan(value) else cell_text(value)
