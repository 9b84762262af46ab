"""Rules of the references, citations, searches and records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from review.cells import rows
from review.claims import is_part, parent_id
from review.errors import Problem, Severity
from review.integrity.address import filled, row_problem, unknown_names
from review.tables import TABLES
from review.vocabulary import BibStatus, Context, Direct, RecordState, Relation
from review.workbook import REFERENCES_FILE, Workbook

#: Months as days, for the age of a search.
DAYS_A_MONTH = 30.44


def noted_references_exist(book: Workbook) -> Iterator[Problem]:
    """Every key of references.csv is an entry of references.bib."""
    yield from unknown_names(
        "references", book.reference_notes["reference_key"], book.references.keys(), REFERENCES_FILE
    )


def references_are_noted(book: Workbook) -> Iterator[Problem]:
    """Every entry of references.bib has its row in references.csv."""
    noted = filled(book.reference_notes, "reference_key")
    for key, reference in book.references.items():
        if key not in noted:
            message = f"{key!r} has no row in {TABLES['references'].file}: add one with its status and retraction state"
            yield Problem(file=REFERENCES_FILE, line=reference.line, rule="", message=message)


def flagged_references_say_why(book: Workbook) -> Iterator[Problem]:
    """A reference whose bibliography is flagged has the note that is printed with it."""
    for row in rows(book.reference_notes):
        if row.bib_status == BibStatus.FLAGGED and not row.print_note:
            yield row_problem(
                "references", row.Index, "print_note", "the reference is flagged: say what was not verified"
            )


def references_are_used(book: Workbook) -> Iterator[Problem]:
    """Every entry of references.bib is cited by a claim, belongs to a study or is a regulator's position."""
    regulatory = book.reference_notes["context"] == Context.REGULATORY
    used = set(book.reference_notes.loc[regulatory, "reference_key"])
    used |= set(book.citations["reference_key"]) | {key for keys in book.studies["reference_keys"] for key in keys}
    for key, reference in book.references.items():
        if key not in used:
            message = f"{key!r} is cited by no claim and belongs to no study: cite it or take it out"
            yield Problem(
                severity=Severity.WARNING, file=REFERENCES_FILE, line=reference.line, rule="", message=message
            )


def claims_were_searched(book: Workbook) -> Iterator[Problem]:
    """Every whole claim has a citation, or a search that found none."""
    cited = {parent_id(claim) for claim in book.citations["claim_id"]}
    searched = {parent_id(claim) for claims in book.searches["claim_ids"] for claim in claims}
    for row in rows(book.claims):
        if not is_part(row.claim_id) and row.claim_id not in cited | searched:
            message = f"{row.claim_id!r} is not searched yet: cite what was found, or record the search"
            yield row_problem("claims", row.Index, "claim_id", message, severity=Severity.FINDING)


def cited_claims_exist(book: Workbook) -> Iterator[Problem]:
    """Every citation's claim is in the claims table."""
    yield from unknown_names("citations", book.citations["claim_id"], filled(book.claims, "claim_id"), "claims.csv")


def cited_keys_exist(book: Workbook) -> Iterator[Problem]:
    """Every cited key is an entry of references.bib."""
    yield from unknown_names("citations", book.citations["reference_key"], book.references.keys(), REFERENCES_FILE)


def findings_have_a_locator(book: Workbook) -> Iterator[Problem]:
    """A finding with a number says where it stands and which copy was read."""
    for row in rows(book.citations):
        if re.search(r"\d", row.finding):
            for column in ("locator", "seen_at"):
                if not getattr(row, column):
                    yield row_problem("citations", row.Index, column, "the finding has a number: say where it was read")


def indirect_citations_say_why(book: Workbook) -> Iterator[Problem]:
    """A citation that is not direct says what differs."""
    for row in rows(book.citations):
        if row.direct in {Direct.PARTLY, Direct.NO} and not row.indirect_because:
            severity = Severity.WARNING if row.relation == Relation.BACKGROUND else Severity.ERROR
            message = f"direct is {row.direct!r}: say what differs from the claim"
            yield row_problem("citations", row.Index, "indirect_because", message, severity=severity)


def direct_citations_match(book: Workbook) -> Iterator[Problem]:
    """A direct citation has no population, intervention or outcome that does not match."""
    for row in rows(book.citations):
        for part in ("population", "intervention", "outcome"):
            if row.direct == Direct.YES and getattr(row, f"{part}_match") in {"partly", "no"}:
                message = f"direct is 'yes', but {part}_match is {getattr(row, f'{part}_match')!r}: correct one of them"
                yield row_problem("citations", row.Index, f"{part}_match", message)


def searched_claims_exist(book: Workbook) -> Iterator[Problem]:
    """Every claim that a search was for is in the claims table."""
    yield from unknown_names("searches", book.searches["claim_ids"], filled(book.claims, "claim_id"), "claims.csv")


def searches_are_recent(book: Workbook) -> Iterator[Problem]:
    """No search is older than the months that review.toml allows."""
    if book.settings.as_of is None:
        return
    oldest = book.settings.as_of - timedelta(days=round(book.settings.search_months * DAYS_A_MONTH))
    for row in rows(book.searches):
        if row.date and date.fromisoformat(row.date) < oldest:
            message = (
                f"{row.date} is over {book.settings.search_months} months before {book.settings.as_of}: search anew"
            )
            yield row_problem("searches", row.Index, "date", message, severity=Severity.FINDING)


def records_name_claims(book: Workbook) -> Iterator[Problem]:
    """Every claim that a record bears on is in the claims table."""
    known = filled(book.claims, "claim_id")
    for column in ("claim_ids", "provisional"):
        yield from unknown_names("records", book.records[column], known, "claims.csv")


def left_out_records_are_not_cited(book: Workbook) -> Iterator[Problem]:
    """A record that was left out or awaits assessment is not among the references."""
    for row in rows(book.records):
        if row.record_id in book.references:
            state = row.state or RecordState.LEFT_OUT
            message = f"{row.record_id!r} is {state}, yet an entry of {REFERENCES_FILE}: remove one of the two"
            yield row_problem("records", row.Index, "record_id", message)
