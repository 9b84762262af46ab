"""How the tables' words, numbers and dates are said to a reader.

Nothing is decided here: each closed word of `vocabulary` has one plain form, used everywhere in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from review.vocabulary import Direct, Relation

#: What stands where a cell is empty because nothing was seen.
NOT_STATED = "not stated"

#: Relations in the order in which they are always shown, with a sign so that colour is never alone.
RELATIONS: Mapping[str, str] = {
    Relation.SUPPORTS: "+",
    Relation.CONTRADICTS: "−",
    Relation.INCONCLUSIVE: "?",
    Relation.QUALIFIES: "±",
    Relation.BACKGROUND: "·",
}

_RELATION_LABELS: Mapping[str, str] = {
    Relation.SUPPORTS: "Supports",
    Relation.CONTRADICTS: "Contradicts",
    Relation.INCONCLUSIVE: "Inconclusive",
    Relation.QUALIFIES: "Qualifies",
    Relation.BACKGROUND: "Background",
}

#: Direct first, then what is further from the claim.
DIRECTNESS: tuple[str, ...] = (Direct.YES, Direct.PARTLY, Direct.NO, "")

_LABELS: Mapping[str, str] = {
    "rct": "randomised trial",
    "split-body-rct": "randomised trial, two sides of one body",
    "nonrandomised-trial": "controlled, not randomised",
    "cohort": "cohort",
    "before-after": "before and after, no control",
    "case-series": "case series",
    "case-report": "case report",
    "cross-sectional": "cross-sectional",
    "outbreak-report": "outbreak report",
    "pooled-trials": "trials pooled by their source",
    "animal": "animals",
    "in-vitro": "in vitro",
    "person-course": "person, whole course",
    "person-session": "person, one session",
    "session": "session",
    "injection": "injection",
    "Y": "Yes",
    "PY": "Probably yes",
    "PN": "Probably no",
    "N": "No",
    "NI": "No information",
    "NA": "Not applicable",
}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def label(word: str) -> str:
    """The plain form of a closed word; the word itself where it is plain enough."""
    return _LABELS.get(word, word)


def relation_label(word: str) -> str:
    """The relation as a heading; a relation that could not be read is said to be missing."""
    return _RELATION_LABELS.get(word, word or "Relation not given")


def relation_sign(word: str) -> str:
    """The relation's sign."""
    return RELATIONS.get(word, "·")


def number(value: object) -> str:
    """A number without needless zeros; empty where it is missing."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:.6g}".replace("-", "−") if isinstance(value, float) else str(value)


def levels(value: int | None) -> str:
    """A rating in words, such as ``one level down``; an open one needs a person."""
    if value is None:
        return "open, a person must judge"
    if value == 0:
        return "no change"
    words = {1: "one level", 2: "two levels"}.get(abs(value), f"{abs(value)} levels")
    return f"{words} {'down' if value < 0 else 'up'}"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun, such as ``1 claim`` and ``45 claims``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(value: date | str | None) -> str:
    """A date as people write it, such as ``22 November 2026``; what is no date stays as it is."""
    try:
        when = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return "" if when is None else f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
