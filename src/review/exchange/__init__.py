"""The review in other programs' formats, one file a format; values in, text or bytes out.

Libraries for one format are imported by its functions, when they are called.
"""

from review.exchange.claims_spreadsheet import claims_xlsx
from review.exchange.claims_table import ClaimRow, claim_rows, claims_csv, claims_json
from review.exchange.findings_table import findings_csv
from review.exchange.word_comments import annotated_docx

__all__ = [
    "ClaimRow",
    "annotated_docx",
    "claim_rows",
    "claims_csv",
    "claims_json",
    "claims_xlsx",
    "findings_csv",
]
