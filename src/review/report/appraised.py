"""The judgements on risk of bias, study by study, beside what they would be if everything had been reported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.errors import InvalidInput
from review.figures.bias_summary import bias_summary_alt, plot_bias_summary
from review.report.citing import Source, sources
from review.report.judged import appraisable
from review.report.labels import counted
from review.report.section import Section, fill
from review.report.syntheses import framed
from review.risk_of_bias import study_judgements

if TYPE_CHECKING:
    from review.workbook import Workbook

SUBJECTS = ("D1", "D2", "D3", "D4", "D5", "overall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """One judgement as it is shown.

    Attributes
    ----------
    word : str
        Low, Some concerns, High, "not reported" or "no judgement".
    judgement : str
        The judgement itself; empty where an answer is missing.
    favourable : str
        What it would be with every "no information" read as favourable.
    """

    word: str
    judgement: str
    favourable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judgements on one study for one outcome."""

    source: Source
    study_id: str
    outcome: str
    basis: str
    lights: tuple[Light, ...]


def bias_judgements(book: Workbook) -> Section:
    """RoB 2 by domain for each assessed study; what rests only on missing reporting is said to be not reported."""
    try:
        table = study_judgements(book.risk_of_bias)
    except InvalidInput:
        # The problems of the inputs name the answers that the tool does not have.
        table = study_judgements(book.risk_of_bias.iloc[:0])
    names = dict(zip(book.outcomes["outcome_id"], book.outcomes["name"], strict=True))
    first = {row.study_id: row.reference_keys[:1] for row in rows(book.studies)}
    found = [
        Judged(
            source=sources(book, first.get(row.study_id, ()) or (row.study_id,))[0],
            study_id=row.study_id,
            outcome=names.get(row.outcome_id, row.outcome_id),
            basis=row.basis,
            lights=tuple(_light(row, subject) for subject in SUBJECTS),
        )
        for row in rows(table.sort_values(["study_id", "outcome_id"]))
    ]
    tally = Counter(one.lights[-1].word for one in found)
    html = fill("bias_judgements", rows=found, subjects=SUBJECTS, tally=tally)
    return Section(name="risk-of-bias judgements", size=counted(len(found), "appraisal"), html=html)


def bias_summary(book: Workbook) -> Section:
    """How much of the evidence is at each judgement: every appraisal alike, and by the people in it."""
    table = study_judgements(book.risk_of_bias) if appraisable(book) else study_judgements(book.risk_of_bias.iloc[:0])
    enrolled = dict(zip(book.studies["study_id"], book.studies["n_enrolled"].fillna(0), strict=True))
    people = [float(enrolled.get(study, 0)) for study in table["study_id"]]
    weighted = table[[count > 0 for count in people]]
    sizes = [count for count in people if count > 0]
    by = "the people enrolled"
    pictures = [
        framed(plot_bias_summary(table), bias_summary_alt(table), key="bias-alike", title="Each appraisal alike"),
        framed(
            plot_bias_summary(weighted, sizes or None, weighted_by=by),
            bias_summary_alt(weighted, sizes or None, weighted_by=by),
            key="bias-people",
            title="By the people enrolled",
        ),
    ]
    html = fill("bias_summary", pictures=pictures if len(table) else [])
    return Section(name="risk-of-bias summary", size=counted(len(table), "appraisal"), html=html)


def _light(row: Any, subject: str) -> Light:
    judgement = getattr(row, f"final_{subject}") or ""
    favourable = getattr(row, f"favourable_{subject}") or ""
    word = "not reported" if subject in row.not_reported else judgement or "no judgement"
    return Light(word=word, judgement=judgement, favourable=favourable)
