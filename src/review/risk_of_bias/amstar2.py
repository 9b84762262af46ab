"""AMSTAR 2 (2017): answers to its sixteen items in, the confidence in a review that follows from them out.

The confidence is always made from the answers and never taken over from a publication: many published tables do not
follow the tool's rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from review.risk_of_bias.answers import Answers, Form, answers_by_study
from review.risk_of_bias.package_data import data_rows

YES, PARTIAL_YES, NO = "Yes", "Partial yes", "No"

#: Answers that are a flaw.  "Partial yes" is none: our convention, as in one public implementation (CoRATES); the tool
#: fixes none, and another implementation counts it as a weakness.  "No meta-analysis" is no flaw by the tool.
FLAWS = frozenset({NO})
#: How an answer begins that says of one part of an item that the review has no such studies.
ONLY = "Includes only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amstar2:
    """What one review's answers come to.

    Attributes
    ----------
    confidence : str or None
        High, Moderate, Low or Critically low; None where an answer that is missing could change it.
    critical_flaws, other_weaknesses, not_answered : tuple of str
        The items, 1 to 16, in the order of the form.
    """

    confidence: str | None
    critical_flaws: tuple[str, ...]
    other_weaknesses: tuple[str, ...]
    not_answered: tuple[str, ...]


def amstar2_overall(frame: pd.DataFrame, *, file: str = "answers") -> pd.DataFrame:
    """The confidence in each review by AMSTAR 2, recomputed from its items.

    Parameters
    ----------
    frame : DataFrame
        Rows of study (the review), item (1 to 16; 9 and 11 by themselves or in their parts 9.RCT, 9.NRSI, 11.RCT and
        11.NRSI) and answer (Yes, Partial yes, No, No meta-analysis or Y, PY, N, NMA, in any case; empty or missing:
        none).
    file : str
        Name of the rows' source for the problems.

    Returns
    -------
    DataFrame
        Columns study, critical_flaws, other_weaknesses, not_answered (tuples of items) and overall, one row a review
        in the order in which they come.  Overall is None where an answer that is missing could change it.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`, or a column is missing; all faults at once.

    References
    ----------
    shea2017 (docs/methods.bib), boxes 1 and 2.
    """
    rows = [
        (study, found.critical_flaws, found.other_weaknesses, found.not_answered, found.confidence)
        for study, answers in answers_by_study(frame, amstar2_form(), file=file).items()
        for found in (confidence_in_review(answers),)
    ]
    columns = ["study", "critical_flaws", "other_weaknesses", "not_answered", "overall"]
    return pd.DataFrame(rows, columns=columns, dtype="object")


def confidence_in_review(answers: Answers) -> Amstar2:
    """What one review's answers by item come to: the confidence that every way to fill the gaps would give."""
    critical: list[str] = []
    other: list[str] = []
    missing: list[str] = []
    for item, is_critical in _items().items():
        flaw = _is_flaw(item, answers)
        if flaw is None:
            missing.append(item)
        elif flaw:
            (critical if is_critical else other).append(item)
    may_be_critical = sum(_items()[item] for item in missing)
    best = _confidence(len(critical), len(other))
    worst = _confidence(len(critical) + may_be_critical, len(other) + len(missing) - may_be_critical)
    return Amstar2(
        confidence=best if best == worst else None,
        critical_flaws=tuple(critical),
        other_weaknesses=tuple(other),
        not_answered=tuple(missing),
    )


def _is_flaw(item: str, answers: Answers) -> bool | None:
    """Whether an item is a flaw, by itself or in one of its parts; None where too little is answered to say."""
    parts = {part: answer for part in _parts_of(item) if (answer := answers.get(part))}
    if FLAWS.intersection(parts.values()):
        return True
    whole = item in parts or len(parts) == len(_parts_of(item)) - 1
    return False if whole and any(not answer.startswith(ONLY) for answer in parts.values()) else None


def _confidence(critical_flaws: int, other_weaknesses: int) -> str:
    return next(
        row["confidence"]
        for row in data_rows("amstar2_overall.csv")
        if _covers(row["critical_flaws"], critical_flaws) and _covers(row["other_weaknesses"], other_weaknesses)
    )


def _covers(words: str, count: int) -> bool:
    """Whether ``any``, ``2 or more`` or ``1`` is said of a count."""
    least, *more = words.split()
    return words == "any" or (count >= int(least) if more else count == int(least))


@cache
def _items() -> Mapping[str, bool]:
    """Whether each item is critical, by its number; 9 and 11 without their parts."""
    rows = data_rows("amstar2_items.csv")
    return MappingProxyType({row["item"]: row["critical"] == "yes" for row in rows if "." not in row["item"]})


@cache
def _parts_of(item: str) -> tuple[str, ...]:
    """An item with its parts, where it has any; of a review of both kinds of study the worse part counts."""
    return tuple(name for name in amstar2_form().allowed if name.partition(".")[0] == item)


@cache
def amstar2_confidences() -> tuple[str, ...]:
    """The four levels of confidence, the best first."""
    return tuple(dict.fromkeys(row["confidence"] for row in data_rows("amstar2_overall.csv")))


@cache
def amstar2_form() -> Form:
    """What may be answered to each item."""
    rows = data_rows("amstar2_items.csv")
    return Form(
        tool="AMSTAR 2",
        allowed=MappingProxyType({row["item"]: tuple(row["answers"].split("|")) for row in rows}),
        spellings={
            "y": YES,
            "py": PARTIAL_YES,
            "n": NO,
            "nma": "No meta-analysis",
            "no meta-analysis conducted": "No meta-analysis",
        },
    )
