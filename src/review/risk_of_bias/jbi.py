"""JBI's checklists for case series and case reports: listed and counted, never made into a score or a level.

JBI gives no threshold; percentages that are found in papers are their authors' own.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import pandas as pd

from review.errors import WrongUse
from review.risk_of_bias.answers import Answers, Form, answers_by_study
from review.risk_of_bias.package_data import data_rows
from review.vocabulary import JbiChecklist

#: What is counted, by the column that it is counted in.
COUNTED = {"yes": "Yes", "no": "No", "unclear": "Unclear", "not_applicable": "Not applicable"}
#: What a person may conclude on the form.
CONCLUSIONS = ("Include", "Exclude", "Seek further info")


def jbi_summary(frame: pd.DataFrame, checklist: str, *, file: str = "answers") -> pd.DataFrame:
    """How often each answer was given to a JBI checklist, study by study.

    Parameters
    ----------
    frame : DataFrame
        Rows of study, item (its number) and answer (Yes, No, Unclear, Not applicable or Y, N, U, NA, in any case;
        empty or missing: none).
    checklist : {"case-series", "case-report"}
        The checklist.
    file : str
        Name of the rows' source for the problems.

    Returns
    -------
    DataFrame
        Columns study, yes, no, unclear, not_applicable and not_answered, one row a study in the order in which the
        studies come.  The counts are for reading: they are no score, and no level follows from them.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`, or a column is missing; all faults at once.
    WrongUse
        If there is no such checklist.

    References
    ----------
    munn2020 (docs/methods.bib) for case series.
    """
    form = jbi_form(checklist)
    studies = answers_by_study(frame, form, file=file)
    rows = [{"study": study, **answer_counts(answers, form)} for study, answers in studies.items()]
    return pd.DataFrame(rows, columns=["study", *COUNTED, "not_answered"])


def answer_counts(answers: Answers, form: Form) -> dict[str, int]:
    """How often each answer was given by one study's answers by item, and how many items have none."""
    given = list(answers.values())
    counts = {name: given.count(answer) for name, answer in COUNTED.items()}
    return {**counts, "not_answered": len(form.allowed) - sum(counts.values())}


@cache
def jbi_form(checklist: str) -> Form:
    """What may be answered to each item of a checklist; raises WrongUse where there is no such checklist."""
    if checklist not in list(JbiChecklist):
        raise WrongUse(f"{checklist!r} is no JBI checklist that is known here: use {' or '.join(JbiChecklist)}")
    rows = [row for row in data_rows("jbi_checklists.csv") if row["checklist"] == checklist]
    return Form(
        tool=f"JBI's checklist for {checklist.replace('-', ' ')}",
        allowed=MappingProxyType({row["item"]: tuple(row["answers"].split("|")) for row in rows}),
        spellings={"y": "Yes", "n": "No", "u": "Unclear", "na": "Not applicable"},
    )
