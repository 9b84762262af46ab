"""Rows of answers to answers by study and question, with every fault as a problem.

The form is what a row is checked by; what follows from the answers is in `rob2`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import cache

import pandas as pd

from review.cells import suggestion
from review.errors import InvalidInput, Problem
from review.risk_of_bias.questions import Question, rob2_questions
from review.vocabulary import BiasVariant

#: Rules of the answers to RoB 2; the ids stand in every problem.
ROB2_RULES: Mapping[str, str] = {
    "ROB02": "A table of answers has the columns study, question and answer.",
    "ROB03": "Every answer names its study.",
    "ROB04": "A question is one of RoB 2's for the effect of interest, which each row of a workbook names.",
    "ROB05": "An answer is one that the form allows there: NA only to conditional questions, no NI to 3.2.",
    "ROB06": "A question has one answer for each study.",
    "ROB07": "A person's final judgement has a reason, and overall is not better than the worst domain.",
}

COLUMNS = ("study", "question", "answer")

Answers = Mapping[str, str]


def answers_by_study(frame: pd.DataFrame, effect: str, *, file: str) -> dict[Hashable, Answers]:
    """Each study's answers by question, in the order in which the studies come.

    Parameters
    ----------
    frame : DataFrame
        Rows of study, question, answer; an empty answer is none.  Its index, where it is named ``line``, gives the
        problems' lines; else rows are counted as in a file whose first line is the header.
    effect : {"assignment", "adhering"}
        The effect of interest.
    file : str
        Name of the rows' source for the problems.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`; all such rows at once.
    WrongUse
        If the effect is neither.
    """
    questions = rob2_questions(effect)
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        message = f"the column is missing: the rows need {', '.join(COLUMNS)}"
        raise InvalidInput([Problem(file=file, line=1, column=name, rule="ROB02", message=message) for name in missing])
    found: dict[Hashable, dict[str, str]] = {}
    problems: list[Problem] = []
    for line, study, question, answer in _cells(frame):
        faults = list(_faults(study, question, answer, questions))
        answers = found.setdefault(study, {}) if not faults else {}
        if answer and answers.setdefault(question, answer) != answer:
            message = f"{question} of {study} is already answered {answers[question]!r}: keep one of the answers"
            faults = faults or [("question", "ROB06", message)]
        problems += [Problem(file=file, line=line, column=where, rule=rule, message=why) for where, rule, why in faults]
    if problems:
        raise InvalidInput(problems)
    return dict(found)


def answer_faults(question: str, answer: str, questions: Mapping[str, Question]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one answer: column, rule and message; an empty answer is none and right."""
    asked = questions.get(question)
    if asked is None:
        # NA says of a question of the other variant what is true: it does not apply.
        if answer not in ("", "NA") or question not in _every_question():
            hint = suggestion(question, list(questions))
            yield "question", "ROB04", f"{question!r} is no question of RoB 2 for this effect of interest{hint}"
    elif answer and answer not in asked.answers:
        hint = suggestion(answer.upper(), asked.answers)
        yield "answer", "ROB05", f"{answer!r} is no answer to {question}: one of {', '.join(asked.answers)}{hint}"


@cache
def _every_question() -> frozenset[str]:
    return frozenset(question for effect in BiasVariant for question in rob2_questions(effect))


def _faults(
    study: object, question: str, answer: str, questions: Mapping[str, Question]
) -> Iterator[tuple[str, str, str]]:
    if study == "":
        yield "study", "ROB03", "the cell is empty: name the study"
    yield from answer_faults(question, answer, questions)


def _cells(frame: pd.DataFrame) -> Iterator[tuple[int, Hashable, str, str]]:
    """Line, study, question and answer of each row, trimmed; a study that is no text comes back as it is."""
    lines = frame.index if frame.index.name == "line" else range(2, len(frame) + 2)
    studies = (
        text if missing or isinstance(cell, str) else cell
        for cell, text, missing in zip(frame["study"], _texts(frame["study"]), frame["study"].isna(), strict=True)
    )
    return zip(map(int, lines), studies, _texts(frame["question"]), _texts(frame["answer"]), strict=True)


def _texts(cells: pd.Series) -> list[str]:
    """Cells as trimmed text, empty where missing; a question that was read as a number is its own text."""
    return ["" if missing else str(cell).strip() for cell, missing in zip(cells, cells.isna(), strict=True)]
