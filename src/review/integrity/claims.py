"""Rules of the documents and of what they claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from review.cells import rows, suggestion
from review.claims import claim_spans, is_part, parent_id, parse_quantities
from review.documents import quote_spans
from review.errors import Problem, Severity
from review.integrity.address import filled, row_problem, unknown_names
from review.vocabulary import Answer, OutcomeKind, QuantityMeasure
from review.workbook import REFERENCES_FILE, Workbook

_MEASURE_KINDS: Mapping[str, OutcomeKind] = {
    QuantityMeasure.RISK: OutcomeKind.BINARY,
    QuantityMeasure.MEAN: OutcomeKind.CONTINUOUS,
    QuantityMeasure.MEDIAN_DAYS: OutcomeKind.TIME,
}


def document_files_are_there(book: Workbook) -> Iterator[Problem]:
    """Every document's files are under documents/."""
    for row in rows(book.documents):
        for column in ("file", "text_file"):
            name = getattr(row, column)
            if name and name not in book.hashes:
                message = f"{name!r} is not under documents/ of this workbook: put the file there or correct the name"
                yield row_problem("documents", row.Index, column, message)


def documents_are_unchanged(book: Workbook) -> Iterator[Problem]:
    """No document has changed since its digest was recorded."""
    for row in rows(book.documents):
        changed = _changed_files(row, book.hashes)
        if changed:
            lost = _lost_claims(book, row.document_id)
            which = f"; these claims' quotes are gone: {', '.join(lost)}" if lost else "; every quote still stands"
            actual = book.hashes[getattr(row, changed[0].removesuffix("sha256") + "file") or row.file]
            message = (
                f"the document has changed since it was recorded{which}; put the recorded file back, or review the "
                f"change and record the new digest {actual}"
            )
            yield row_problem("documents", row.Index, changed[0], message)


def _changed_files(row: object, hashes: Mapping[str, str]) -> list[str]:
    """The digest columns of a document's row that do not fit its files."""
    pairs = (("file", "sha256"), ("text_file", "text_sha256"))
    return [
        digest
        for name, digest in pairs
        if getattr(row, name) in hashes
        and getattr(row, digest)
        and hashes[getattr(row, name)] != getattr(row, digest).lower()
    ]


def _lost_claims(book: Workbook, document_id: str) -> list[str]:
    of_document = book.claims[book.claims["document_id"] == document_id]
    return [claim for claim, places in claim_spans(of_document, book.texts).items() if not places]


def quotes_stand_in_the_document(book: Workbook) -> Iterator[Problem]:
    """A claim's quote stands in its document exactly once, up to white space."""
    # A changed document is one problem on its own row, which names the claims whose quotes are gone.
    changed = {row.document_id for row in rows(book.documents) if _changed_files(row, book.hashes)}
    spans = claim_spans(book.claims, book.texts)
    for row in rows(book.claims):
        if row.document_id in changed or row.document_id not in book.texts or not row.quote:
            continue
        places = spans[row.claim_id]
        if not places:
            message = f"{row.quote!r} does not stand in {row.document_id!r}: copy the document's own words"
            yield row_problem("claims", row.Index, "quote", message)
        elif len(places) > 1:
            message = f"{row.quote!r} stands {len(places)} times: fill prefix or suffix with the words beside it"
            yield row_problem("claims", row.Index, "quote", message)


def claims_have_a_document(book: Workbook) -> Iterator[Problem]:
    """Every claim's document is in the documents table."""
    yield from unknown_names(
        "claims", book.claims["document_id"], filled(book.documents, "document_id"), "documents.csv"
    )


def parts_have_a_whole(book: Workbook) -> Iterator[Problem]:
    """A part's whole claim is there, at most one part is its main one, and only parts say `main`."""
    known = filled(book.claims, "claim_id")
    mains: dict[str, str] = {}
    for row in rows(book.claims):
        whole = parent_id(row.claim_id)
        if is_part(row.claim_id) and whole not in known:
            message = f"{row.claim_id!r} is a part of {whole!r}, which is not a claim: add the whole claim"
            yield row_problem("claims", row.Index, "claim_id", message)
        if row.main and not is_part(row.claim_id):
            yield row_problem("claims", row.Index, "main", "a whole claim has no `main`: leave the cell empty")
        elif row.main == Answer.YES and mains.setdefault(whole, row.claim_id) != row.claim_id:
            message = f"{mains[whole]!r} is already the main part of {whole!r}: mark one only"
            yield row_problem("claims", row.Index, "main", message)


def related_claims_exist(book: Workbook) -> Iterator[Problem]:
    """Claims that contradict or are in tension are other claims of the same document, and say so of each other."""
    documents = dict(zip(book.claims["claim_id"], book.claims["document_id"], strict=True))
    for column in ("contradicts", "in_tension_with"):
        yield from unknown_names("claims", book.claims[column], documents.keys(), "claims.csv")
        related = dict(zip(book.claims["claim_id"], book.claims[column], strict=True))
        for row in rows(book.claims):
            for other in getattr(row, column):
                if other == row.claim_id:
                    yield row_problem("claims", row.Index, column, f"{other!r} names itself: remove it")
                elif other in documents and documents[other] != row.document_id:
                    message = f"{other!r} is a claim of another document: only claims of one document are set together"
                    yield row_problem("claims", row.Index, column, message)
                elif other in related and row.claim_id not in related[other]:
                    message = f"{other!r} does not name {row.claim_id!r} in the same column: add it there"
                    yield row_problem("claims", row.Index, column, message, severity=Severity.WARNING)


def quantities_can_be_tested(book: Workbook) -> Iterator[Problem]:
    """A quantity is well written and is a risk, mean or time of an outcome of that kind."""
    kinds = dict(zip(book.outcomes["outcome_id"], book.outcomes["kind"], strict=True))
    for line, text in book.claims["quantity"].items():
        try:
            quantities = parse_quantities(text)
        except ValueError as fault:
            yield row_problem("claims", int(str(line)), "quantity", str(fault))
            continue
        for quantity in quantities:
            wanted = _MEASURE_KINDS[quantity.measure]
            kind = kinds.get(quantity.outcome_id)
            if kind is None:
                hint = suggestion(quantity.outcome_id, list(kinds))
                message = f"{quantity.outcome_id!r} is not in outcomes.csv: add it there or correct it here{hint}"
                yield row_problem("claims", int(str(line)), "quantity", message)
            elif kind and kind != wanted:
                message = f"{quantity.measure} needs a {wanted} outcome, but {quantity.outcome_id!r} is {kind}"
                yield row_problem("claims", int(str(line)), "quantity", message)


def omissions_stand(book: Workbook) -> Iterator[Problem]:
    """An omission is of a document, its quote stands there, and its claims and references are in the tables."""
    yield from unknown_names(
        "omissions", book.omissions["document_id"], filled(book.documents, "document_id"), "documents.csv"
    )
    yield from unknown_names("omissions", book.omissions["claim_ids"], filled(book.claims, "claim_id"), "claims.csv")
    yield from unknown_names("omissions", book.omissions["reference_keys"], book.references.keys(), REFERENCES_FILE)
    for row in rows(book.omissions):
        if row.quote and row.document_id in book.texts and not quote_spans(book.texts[row.document_id], row.quote):
            message = f"{row.quote!r} does not stand in {row.document_id!r}: copy the document's own words"
            yield row_problem("omissions", row.Index, "quote", message)
