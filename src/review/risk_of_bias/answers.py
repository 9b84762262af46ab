"""Rows of answers to answers by study and item, with every fault as a problem.

The form is what a row is checked by; what follows from the answers is in the tools' own modules.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from review.errors import InvalidInput, Problem

#: Rules of the answers to the tools; the ids stand in every problem.
ROB2_RULES: Mapping[str, str] = {
    "ROB02": "A table of answers has its columns: for RoB 2 study, question and answer.",
    "ROB03": "Every answer names its study.",
    "ROB04": "An item is one of its tool's, and each row of a workbook names RoB 2's effect or JBI's checklist.",
    "ROB05": "An answer is one that the tool's form allows there: for RoB 2 NA only where conditional, no NI to 3.2.",
    "ROB06": "An item has one answer for each study.",
    "ROB07": "A person's final judgement has a reason, and overall is not better than the worst domain.",
}

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What may be answered to the items of a tool.

    Attributes
    ----------
    tool : str
        As the problems name it.
    columns : tuple of str
        Names of the columns with study, item and answer.
    allowed : mapping
        The answers of each item, by its id in the order of the form.
    spellings : mapping
        Answers by what else people write for them, casefolded, such as ``probably yes``.
    elsewhere : frozenset of str
        Items of the tool's other variant: NA says rightly that they do not apply.
    """

    tool: str
    columns: tuple[str, str, str] = ("study", "item", "answer")
    allowed: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()

    def spelled(self, item: str, text: str) -> str:
        """The item's answer that a cell means, whatever its case and spaces; the text itself where it means none."""
        word = " ".join(text.split()).casefold()
        known = {answer.casefold(): answer for answer in self.allowed.get(item, ("NA",))}
        return known.get(word) or known.get(self.spellings.get(word, "").casefold()) or text


def answers_by_study(frame: pd.DataFrame, form: Form, *, file: str) -> dict[Hashable, Answers]:
    """Each study's answers by item, in the order in which the studies come.

    Parameters
    ----------
    frame : DataFrame
        Rows of study, item and answer in the form's columns; an empty answer is none.  Its index, where it is named
        ``line``, gives the problems' lines; else rows are counted as in a file whose first line is the header.
    form : Form
        What may be answered.
    file : str
        Name of the rows' source for the problems.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`; all such rows at once.
    """
    if missing := [name for name in form.columns if name not in frame.columns]:
        message = f"the column is missing: the rows need {', '.join(form.columns)}"
        raise InvalidInput([Problem(file=file, line=1, column=name, rule="ROB02", message=message) for name in missing])
    found: dict[Hashable, dict[str, str]] = {}
    first: dict[tuple[Hashable, str], int] = {}
    problems: list[Problem] = []
    for line, study, item, text in _cells(frame, form.columns):
        answer = form.spelled(item, text)
        faults = list(_row_faults(study, item, answer, form))
        if not faults and first.setdefault((study, item), line) != line:
            message = f"{item} of {study} already stands on line {first[study, item]}: keep one of the rows"
            faults = [(form.columns[1], "ROB06", message)]
        if not faults:
            found.setdefault(study, {}).update({item: answer} if answer else {})
        problems += [Problem(file=file, line=line, column=where, rule=rule, message=why) for where, rule, why in faults]
    if problems:
        raise InvalidInput(problems)
    return dict(found)


def answer_faults(item: str, answer: str, form: Form) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one answer: column, rule and message; an empty answer is none and right."""
    _, items, answers = form.columns
    allowed = form.allowed.get(item)
    if allowed is None:
        if answer not in ("", "NA") or item not in form.elsewhere:
            first, *_, last = form.allowed
            yield items, "ROB04", f"{item!r} is no {items} of {form.tool}: they run from {first} to {last}"
    elif answer and answer not in allowed:
        yield answers, "ROB05", f"{answer!r} is no {answers} for {item}: one of {', '.join(allowed)}"


def _row_faults(study: object, item: str, answer: str, form: Form) -> Iterator[tuple[str, str, str]]:
    if study == "":
        yield form.columns[0], "ROB03", "the cell is empty: name the study"
    yield from answer_faults(item, answer, form)


def _cells(frame: pd.DataFrame, columns: tuple[str, str, str]) -> Iterator[tuple[int, Hashable, str, str]]:
    """Line, study, item and answer of each row, trimmed; a study that is no text comes back as it is."""
    study, item, answer = columns
    lines = frame.index if frame.index.name == "line" else range(2, len(frame) + 2)
    studies = (
        text if missing or isinstance(cell, str) else cell
        for cell, text, missing in zip(frame[study], _texts(frame[study]), frame[study].isna(), strict=True)
    )
    return zip(map(int, lines), studies, _texts(frame[item]), _texts(frame[answer]), strict=True)


def _texts(cells: pd.Series) -> list[str]:
    """Cells as trimmed text, empty where missing; an item that was read as a number is its own text, 2 and not 2.0."""
    return [
        "" if missing else f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
        for cell, missing in zip(cells, cells.isna(), strict=True)
    ]
