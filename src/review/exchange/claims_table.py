"""One row a claim and part, with verdict and proposed wording: as JSON and as CSV.

The spreadsheet of the same rows is made in `claims_spreadsheet`.

docs/exports.md says what each column holds.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from review import __version__
from review.cells import rows
from review.claims import is_part, parent_id
from review.cues import SCALE_NOTE, claim_wording
from review.errors import Severity
from review.exchange.packing import one_line
from review.report.judged import CAVEAT, NOT_JUDGED, Shown, appraisable, shown_verdicts
from review.report.labels import counted
from review.vocabulary import Relation
from review.wording import BANNER, Proposal, propose_wording

if TYPE_CHECKING:
    import pandas as pd

    from review.workbook import Workbook

#: The shape of claims.json; a new number says that a reader of the old one may fail.
SCHEMA = "evidence-review-claims/1"

#: Every column with what it holds, in order.
COLUMNS: Mapping[str, str] = {
    "claim_id": "Id of the claim or part.",
    "part_of": "The whole claim of a part; empty for a whole claim.",
    "document_id": "The document that says it.",
    "quote": "The document's own words.",
    "statement": "What is claimed, as one testable sentence.",
    "reading": "Whether the document says it (express) or a consumer takes it from what is said (implied).",
    "kind": "What sort of claim it is.",
    "theme": "Heading under which the claim is listed.",
    "headline": "Whether it stands in the report's first answer.",
    "verdict": "Our verdict on the claim as worded.",
    "gloss": "What this verdict does and does not say.",
    "direction": "Which way the evidence points, against the claim as worded.",
    "certainty": "Level of GRADE, or place on the documentation scale; empty where there is nothing to rate.",
    "reason": "Why; where nothing is judged, why not.",
    "wording_action": "What would have to be done to the document's sentence: keep, add, change or remove; "
    "empty for a part that is no headline.",
    "proposed_sentence": "The strongest sentence that the evidence allows by rule; empty where there is none.",
    "wording_level": f"How strongly the claim is worded, 0 to 5. {SCALE_NOTE}",
    **{
        f"citations_{relation}": f"Citations whose relation to the claim is “{relation}”; empty for a part without "
        "its own, for they stand with the whole claim."
        for relation in Relation
    },
    "references": "BibTeX keys of all its citations.",
    "rests_on": "Ids of the references, studies, syntheses and searches that the verdict rests on.",
    "flags": "What stands beside the verdict.",
    "caveat": "How the verdict and the proposed sentence are to be read.",
}

#: Columns that are those of the claims table.
_FROM_TABLE = ("claim_id", "document_id", "quote", "statement", "reading", "kind", "theme", "headline")

#: What a spreadsheet may read as the start of a formula [OWASP, CSV Injection]; the full-width forms are our addition.
#: White space is made even before, so tab and line ends never stand first.
FORMULA_SIGNS = "=+-@＝＋－＠"

#: A start of a cell, also of one that a program makes by cutting at `;`, that could be read as a formula.
_FORMULA_START = re.compile(rf"(^|;)([\s'\"]*)(?=[{re.escape(FORMULA_SIGNS)}])")

#: Excel's limit of one cell, in UTF-16 units [Microsoft, article 211878].
CELL_LIMIT = 32_767
CUT = " … [cut here; the whole text stands in claims.json]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One claim or part with its verdict and proposed wording; the attributes are `COLUMNS`.

    While nothing is judged, verdict, gloss, direction, certainty, wording_action, proposed_sentence and caveat are
    empty, and reason says why.
    """

    claim_id: str
    part_of: str
    document_id: str
    quote: str
    statement: str
    reading: str
    kind: str
    theme: str
    headline: str
    verdict: str
    gloss: str
    direction: str
    certainty: str
    reason: str
    wording_action: str
    proposed_sentence: str
    wording_level: int
    citations_supports: int | None
    citations_contradicts: int | None
    citations_inconclusive: int | None
    citations_qualifies: int | None
    citations_background: int | None
    references: tuple[str, ...]
    rests_on: tuple[str, ...]
    flags: tuple[str, ...]
    caveat: str


def claim_rows(book: Workbook) -> tuple[ClaimRow, ...]:
    """One row a claim and part, in the order of the claims table.

    Parameters
    ----------
    book : Workbook
        Checked; while its inputs have errors nothing is judged.

    Returns
    -------
    tuple of ClaimRow
        With what is on file, and the verdicts where there are any.
    """
    judged = shown_verdicts(book)
    proposals = {proposal.claim_id: proposal for proposal in propose_wording(book)} if judged else {}
    levels = claim_wording(book.claims, book.texts)["level"]
    cited = _cited(book.citations)
    why_not = not_judged_because(book)
    return tuple(
        ClaimRow(
            **{name: getattr(row, name) for name in _FROM_TABLE},
            **_judged(judged.get(row.claim_id), proposals.get(row.claim_id), why_not),
            **_citations(row.claim_id, cited.get(row.claim_id, {})),
            part_of=parent_id(row.claim_id) if is_part(row.claim_id) else "",
            wording_level=int(level),
        )
        for row, level in zip(rows(book.claims), levels, strict=True)
    )


def _judged(shown: Shown | None, proposal: Proposal | None, why_not: str) -> dict[str, Any]:
    """What a row says of the verdict and the wording; empty, with the reason why, where nothing is judged."""
    shown = shown or replace(NOT_JUDGED, label="", gloss="", reason=why_not)
    sentence = proposal.sentence if proposal else ""
    return {
        "verdict": str(shown.label),
        "gloss": shown.gloss,
        "direction": str(shown.direction),
        "certainty": str(shown.certainty),
        "reason": shown.reason,
        "rests_on": shown.rests_on,
        "flags": shown.flags,
        "wording_action": str(proposal.action) if proposal else "",
        "proposed_sentence": sentence,
        "caveat": " ".join(filter(None, (CAVEAT if shown.label else "", BANNER if sentence else ""))),
    }


def not_judged_because(book: Workbook) -> str:
    """Why nothing is judged; empty where the claims are."""
    if appraisable(book):
        return ""
    errors = sum(problem.severity == Severity.ERROR for problem in book.problems)
    fault = (
        f"the inputs have {counted(errors, 'error')}" if errors else "answers on risk of bias break their tool's rules"
    )
    return f"{NOT_JUDGED.label}: {fault}; run `review check` and mend them first."


def claims_json(book: Workbook) -> str:
    """The claims as JSON.

    Parameters
    ----------
    book : Workbook
        Checked.

    Returns
    -------
    str
        An object with keys in alphabetical order, see docs/exports.md; `claims` are in the order of the claims table.
    """
    settings = book.settings
    whole = {
        "schema": SCHEMA,
        "version": __version__,
        "title": settings.title,
        "as_of": settings.as_of.isoformat() if settings.as_of else None,
        "digest": book.digest,
        "judged": appraisable(book),
        "not_judged_because": not_judged_because(book),
        "caveat": CAVEAT,
        "banner": BANNER,
        "documents": [
            {
                "document_id": row.document_id,
                "title": row.title,
                "file": row.file,
                "text_file": row.text_file or row.file,
            }
            for row in rows(book.documents)
        ],
        "claims": [asdict(row) for row in claim_rows(book)],
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def claims_csv(book: Workbook) -> str:
    """The claims as CSV that opens in a spreadsheet.

    Parameters
    ----------
    book : Workbook
        Checked.

    Returns
    -------
    str
        To be written as UTF-8: it begins with the byte order mark, without which Excel takes the bytes for another
        encoding.  `,` between cells, CRLF after rows [RFC 4180]; each cell on one line; an apostrophe stands before
        what could be read as a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in claim_rows(book):
        writer.writerow([never_formula(cell_text(getattr(row, name))) for name in COLUMNS])
    return "\ufeff" + text.getvalue()


def _cited(citations: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The relation of each claim's citations by reference."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(citations):
        found[row.claim_id][row.reference_key] = row.relation
    return found


def _citations(claim_id: str, own: Mapping[str, str]) -> dict[str, Any]:
    """How many citations have each relation, None for a part that has none of its own, and whose they are."""
    counts = Counter(own.values())
    none = is_part(claim_id) and not own
    return {
        **{f"citations_{relation}": None if none else counts[relation] for relation in Relation},
        "references": tuple(sorted(own)),
    }


def cell_text(value: object) -> str:
    """A value as the text of one cell: on one line, lists with `; ` between, nothing for None."""
    if value is None:
        return ""
    text = "; ".join(value) if isinstance(value, tuple) else str(value)
    return cut(one_line(text))


def cut(text: str) -> str:
    """The text, or as much of it as a cell of a spreadsheet can hold, saying so."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    return units[: 2 * (CELL_LIMIT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def never_formula(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could see the start of a formula."""
    return _FORMULA_START.sub(r"\1\2'", text)
