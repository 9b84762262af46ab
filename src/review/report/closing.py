"""How the review was made: the flow of its records, its methods in short, and its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from review.report.judged import CAVEAT
from review.report.labels import counted
from review.report.section import Section, fill
from review.verdicts import GLOSSES
from review.vocabulary import Basis, Context, RecordState, Retraction, VerdictLabel

if TYPE_CHECKING:
    from review.workbook import Workbook


def flow_of_records(book: Workbook) -> Section:
    """How many references were found and used, and what was left out or waits, with why."""
    contexts = Counter(book.reference_notes["context"])
    states = Counter(book.records["state"])
    steps: Mapping[str, int] = {
        "references on file": len(book.references),
        "used as evidence": contexts[Context.EVIDENCE],
        "regulators' positions": contexts[Context.REGULATORY],
        "background": contexts[Context.BACKGROUND],
        "studies of people, animals or tissue": len(book.studies),
        "seen, awaiting assessment": states[RecordState.AWAITING],
        "seen and left out": states[RecordState.LEFT_OUT],
    }
    html = fill("flow_of_records", steps=steps)
    return Section(name="flow of records", size=counted(len(book.references), "reference"), html=html)


def methods(book: Workbook) -> Section:
    """How a verdict is made, in short, with the table of labels; the methods page has every rule and source."""
    glosses = {label: gloss for label, gloss in GLOSSES.items() if label != VerdictLabel.NOT_JUDGED}
    html = fill("methods", glosses=glosses, rule_set=book.settings.rule_set)
    return Section(name="methods", size=counted(len(glosses), "label"), html=html)


def limits(book: Workbook) -> Section:
    """What this review cannot say."""
    basis = Counter(book.studies["appraisal_basis"])
    retraction = Counter(book.reference_notes["retraction"])
    html = fill(
        "limits",
        caveat=CAVEAT,
        studies=len(book.studies),
        full_text=basis[Basis.FULL_TEXT],
        abstract=basis[Basis.ABSTRACT],
        references=len(book.references),
        unchecked=retraction[Retraction.NOT_CHECKED],
        unrecorded=int((book.searches["query"] == "").sum()),
        searches=len(book.searches),
    )
    return Section(name="limits", size=counted(len(book.studies), "study", "studies"), html=html)
