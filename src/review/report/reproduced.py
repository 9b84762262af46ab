"""Which printed numbers follow from the arms, which do not, and which cannot be recomputed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.report.citing import Source, source
from review.report.labels import counted
from review.report.section import Section, fill
from review.reproduction import Basis, Stamp, reproduce

if TYPE_CHECKING:
    from review.workbook import Workbook

#: What needs a reader comes first.
ORDER = (Stamp.DIFFERS, Stamp.ROUNDING, Stamp.REPRODUCED, Stamp.NO_ARMS)

#: From what a number can be recomputed, as the heads of the table of counts.
BASES = (Basis.ARMS, Basis.OWN_INTERVAL, Basis.MADE_FROM_IT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One printed number beside its recomputation.

    Attributes
    ----------
    row : Any
        A row of `reproduce`.
    source : Source
        The study's main reference.
    outcome : str
        The outcome's name.
    has_results : bool
        Whether the outcome has numbers by arm, and so a place to link to.
    """

    row: Any
    source: Source
    outcome: str
    has_results: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """The numbers with one stamp, and how many rest on what."""

    stamp: str
    checked: tuple[Checked, ...]
    counts: tuple[int, ...]


def reproduction(book: Workbook) -> Section:
    """Each printed number that could follow from others on file, with its stamp; what does not reproduce first."""
    found = _checked(book)
    groups = tuple(_stamped(stamp, found) for stamp in ORDER)
    html = fill(
        "reproduction",
        groups=[group for group in groups if group.checked],
        bases=[str(basis) for basis in BASES],
        no_arms=Stamp.NO_ARMS,
        recomputed=len(found) - len(groups[-1].checked),
        total=len(found),
    )
    return Section(name="reproduction", size=counted(len(found), "printed number"), html=html)


def _checked(book: Workbook) -> list[Checked]:
    names = dict(zip(book.outcomes["outcome_id"], book.outcomes["name"], strict=True))
    first = {row.study_id: row.reference_keys[0] for row in rows(book.studies) if row.reference_keys}
    by_arm = set(book.results["outcome_id"])
    return [
        Checked(
            row=row,
            source=source(book, first.get(row.study_id, row.study_id)),
            outcome=names.get(row.outcome_id, row.outcome_id),
            has_results=row.outcome_id in by_arm,
        )
        for row in rows(reproduce(book))
    ]


def _stamped(stamp: Stamp, found: list[Checked]) -> Stamped:
    own = tuple(each for each in found if each.row.stamp == stamp)
    bases = Counter(each.row.basis for each in own)
    return Stamped(stamp=str(stamp), checked=own, counts=tuple(bases[basis] for basis in BASES))
