"""The numbers on file: results by arm under their outcome, and effects that a source states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from review.cells import rows
from review.report.citing import Source, source
from review.report.labels import counted, number
from review.report.section import Section, fill, web_address
from review.vocabulary import Checked

if TYPE_CHECKING:
    from review.workbook import Workbook

#: What a second reading is called beside a number; nothing is said where it gave the same.
SECOND_READING: Mapping[str, str] = {
    Checked.SAME: "read twice, same",
    Checked.DIFFERS: "second reading differs",
    Checked.NOT_FOUND_AGAIN: "not found again",
    Checked.NOT_CHECKED: "read once",
    "": "read once",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One row of numbers with what a reader needs to find it again.

    Attributes
    ----------
    row : Any
        The row of its table.
    source : Source
        The study's main reference.
    value : str
        The number as read.
    address : str
        Where to find it: the reference's official page, else the first copy that was read.
    claims : tuple of str
        The claims whose syntheses use it.
    checked : str
        What a second reading gave, in words.
    """

    row: Any
    source: Source
    value: str
    address: str
    claims: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome with its numbers."""

    outcome_id: str
    name: str
    unit: str
    higher_is: str
    numbers: tuple[Number, ...]

    @property
    def comparisons(self) -> tuple[tuple[Number, ...], ...]:
        """The numbers of each comparison at one time together, in the order in which they first stand."""
        groups: dict[tuple[str, ...], list[Number]] = defaultdict(list)
        for each in self.numbers:
            row = each.row
            groups[row.study_id, row.comparison_id, row.timepoint, row.stratum].append(each)
        return tuple(tuple(group) for group in groups.values())

    @property
    def studies(self) -> int:
        """How many studies have a number for it."""
        return len({each.row.study_id for each in self.numbers})


def results(book: Workbook) -> Section:
    """Numbers by arm under each outcome, with unit, locator and whether a second reading gave the same."""
    used = _claims_by_comparison(book)
    outcomes = _by_outcome(book, book.results, used)
    html = fill("results", outcomes=outcomes)
    return Section(name="results", size=counted(len(book.results), "arm"), html=html)


def reported_effects(book: Workbook) -> Section:
    """What sources state without arms, under each outcome."""
    outcomes = _by_outcome(book, book.reported_effects, {})
    html = fill("reported_effects", outcomes=outcomes)
    return Section(name="reported effects", size=counted(len(book.reported_effects), "effect"), html=html)


def arm_value(row: Any) -> str:
    """What was counted or measured in an arm, as one short text such as ``356 of 513, 70 % printed``."""
    said = []
    if not pd.isna(row.events):
        said.append(f"{row.events} of {row.n}" if not pd.isna(row.n) else f"{row.events} events")
    if not pd.isna(row.percent):
        said.append(f"{number(row.percent)} % printed")
    said += [
        f"{name} {number(getattr(row, name))}{_spread(row, name)}"
        for name in ("mean", "median", "max")
        if not pd.isna(getattr(row, name))
    ]
    return ", ".join(said) or "no number"


def effect_value(row: Any) -> str:
    """A stated effect as one short text such as ``RR 2.2 (95 % CI 1.9 to 2.6)``."""
    said = " ".join(part for part in (row.measure, number(row.estimate)) if part) if not pd.isna(row.estimate) else ""
    if not pd.isna(row.ci_low) or not pd.isna(row.ci_high):
        level = f"{number(row.level)} % " if not pd.isna(row.level) else ""
        said += f" ({level}CI {number(row.ci_low) or '?'} to {number(row.ci_high) or '?'})"
    return said.strip()


def _spread(row: Any, name: str) -> str:
    if name == "mean" and not pd.isna(row.sd):
        return f" (SD {number(row.sd)})"
    if name == "mean" and not pd.isna(row.se):
        return f" (SE {number(row.se)})"
    if name == "median" and not (pd.isna(row.iqr_low) and pd.isna(row.iqr_high)):
        return f" (IQR {number(row.iqr_low)} to {number(row.iqr_high)})"
    return ""


def _by_outcome(book: Workbook, frame: pd.DataFrame, used: Mapping[str, tuple[str, ...]]) -> tuple[Outcome, ...]:
    """The rows under their outcomes, in the order of the outcomes table and of the file."""
    first = {row.study_id: row.reference_keys[0] for row in rows(book.studies) if row.reference_keys}
    groups: dict[str, list[Number]] = defaultdict(list)
    for row in rows(frame):
        groups[row.outcome_id].append(_number(row, source(book, first.get(row.study_id, row.study_id)), used))
    known = [
        Outcome(
            outcome_id=row.outcome_id,
            name=row.name,
            unit=row.unit,
            higher_is=row.higher_is,
            numbers=tuple(groups.pop(row.outcome_id)),
        )
        for row in rows(book.outcomes)
        if row.outcome_id in groups
    ]
    unknown = [
        Outcome(outcome_id=name, name=name, unit="", higher_is="", numbers=tuple(found))
        for name, found in groups.items()
    ]
    return (*known, *unknown)


def _number(row: Any, of: Source, used: Mapping[str, tuple[str, ...]]) -> Number:
    by_arm = hasattr(row, "arm")
    return Number(
        row=row,
        source=of,
        value=arm_value(row) if by_arm else effect_value(row),
        address=of.address or next(filter(None, map(web_address, row.seen_at)), ""),
        claims=used.get(row.comparison_id, ()) if by_arm else (),
        checked=SECOND_READING.get(row.checked, row.checked),
    )


def _claims_by_comparison(book: Workbook) -> dict[str, tuple[str, ...]]:
    """The claims whose syntheses include each comparison."""
    claims: dict[str, set[str]] = defaultdict(set)
    for row in rows(book.syntheses):
        for comparison in row.include:
            claims[comparison].add(row.claim_id)
    return {comparison: tuple(sorted(found)) for comparison, found in claims.items()}
