"""The verdict on a claim or part: its direction and certainty, the label that they give, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from review.appraisal.choices import PRIMARY, Choices
from review.appraisal.desk import Desk, desk_of
from review.appraisal.direction import WITHOUT_CERTAINTY, Stated, stated_direction
from review.appraisal.grading import departures, documented, graded, if_reported, judged_grade, overruled
from review.cells import rows
from review.certainty import Grade
from review.claims import parent_id
from review.verdicts import label_of
from review.vocabulary import (
    DOCUMENTED_KINDS,
    Answer,
    Certainty,
    Direction,
    Documentation,
    Domain,
    Reading,
    VerdictLabel,
)
from review.workbook import Workbook

#: Columns of the frame that `appraise` gives.
VERDICT_COLUMNS = ("claim_id", "direction", "certainty", "label", "reason", "rests_on", "flags")

#: The strongest wording of a claim.
STRONGEST_WORDING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Our verdict on a claim or part as worded.

    Attributes
    ----------
    claim_id : str
        The claim or part.
    direction : Direction
        Which way the evidence points.
    certainty : Certainty or Documentation or None
        How sure that is; None where there is nothing to rate or a rating needs a person.
    label : VerdictLabel
        By the table of docs/methods.md.
    reason : str
        Why, for a reader: the direction's reason, then the certainty's.
    rests_on : tuple of str
        Ids of references, studies, syntheses and searches.
    flags : tuple of str
        What stands beside the verdict, each a short sentence.
    grade : Grade or None
        How the certainty adds up; None on the documentation scale.
    judged : bool
        Whether a person gave the direction.
    """

    claim_id: str
    direction: Direction
    certainty: Certainty | Documentation | None
    label: VerdictLabel
    reason: str
    rests_on: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    grade: Grade | None = None
    judged: bool = False


def appraise(book: Workbook) -> pd.DataFrame:
    """The verdict on every claim and part.

    Parameters
    ----------
    book : Workbook
        Without errors; what its check calls an error is passed over here as far as it goes.

    Returns
    -------
    DataFrame
        One row a claim or part in the order of the table: claim_id, direction, certainty, label, reason (str; certainty
        is empty where there is none), rests_on and flags (tuples of str).

    Raises
    ------
    InvalidInput
        If the risk-of-bias answers break a rule of their tool.
    """
    found = [
        {
            "claim_id": verdict.claim_id,
            "direction": str(verdict.direction),
            "certainty": str(verdict.certainty or ""),
            "label": str(verdict.label),
            "reason": verdict.reason,
            "rests_on": verdict.rests_on,
            "flags": verdict.flags,
        }
        for verdict in verdicts(book)
    ]
    return pd.DataFrame(found, columns=list(VERDICT_COLUMNS), dtype="object")


def verdicts(book: Workbook) -> tuple[Verdict, ...]:
    """The verdicts with all that they rest on, in the order of the claims table.

    Parameters
    ----------
    book : Workbook
        As for `appraise`.

    Returns
    -------
    tuple of Verdict
        One for each claim and part.
    """
    return _verdicts(desk_of(book))


@lru_cache(maxsize=1)
def _verdicts(desk: Desk) -> tuple[Verdict, ...]:
    found = {row.claim_id: judge(row, desk) for row in rows(desk.book.claims)}
    # A whole claim with a main part takes that part's verdict.
    for row in rows(desk.book.claims):
        main = found.get(row.claim_id)
        whole = parent_id(row.claim_id)
        if row.main == Answer.YES and main and whole in found:
            flags = (*_standing_flags(desk.index.claims[whole], desk), f"by its main part {row.claim_id}")
            own = tuple(flag for flag in main.flags if flag not in flags)
            found[whole] = replace(main, claim_id=whole, flags=(*flags, *own))
    return tuple(found.values())


def synthesis_grades(book: Workbook) -> dict[str, Grade]:
    """The certainty of every synthesis by itself.

    Parameters
    ----------
    book : Workbook
        As for `appraise`.

    Returns
    -------
    dict
        By `synthesis_id`; without a level where a person has not judged a domain that the rules cannot.
    """
    desk = desk_of(book)
    return {name: judged_grade(shown.body, (name,), desk) for name, shown in desk.syntheses.items()}


def judge(row: Any, desk: Desk, choices: Choices = PRIMARY) -> Verdict:
    """The verdict on a claim or part by its own evidence.

    Parameters
    ----------
    row : named tuple
        A row of the claims table.
    desk : Desk
        The workbook's.
    choices : Choices
        The analysis; by default the primary one.

    Returns
    -------
    Verdict
        A whole claim's own, whatever its main part says.
    """
    stated = stated_direction(row, desk, choices)
    certainty, why, grade = _certainty(row, stated, desk, choices)
    label = label_of(stated.direction, certainty, wording=wording_of(row, desk, choices))
    label, label_why = overruled(row.claim_id, Domain.VERDICT, label, words=VerdictLabel, desk=desk)
    flags = (*_standing_flags(row, desk), *departures(grade))
    if choices == PRIMARY:
        flags = (*flags, *if_reported(row, stated, grade, desk))
    return Verdict(
        claim_id=row.claim_id,
        direction=stated.direction,
        certainty=certainty,
        label=label,
        reason=" ".join(filter(None, (_sentence(stated.reason), _sentence(why), _sentence(label_why)))),
        rests_on=stated.rests_on,
        flags=flags,
        grade=grade,
        judged=stated.judged,
    )


def _certainty(
    row: Any, stated: Stated, desk: Desk, choices: Choices
) -> tuple[Certainty | Documentation | None, str, Grade | None]:
    """The certainty by GRADE or on the documentation scale, with its reason and how it adds up."""
    if stated.direction in WITHOUT_CERTAINTY:
        return None, "", None
    if row.kind in DOCUMENTED_KINDS:
        return *documented(row, stated, desk, choices), None
    return graded(row, stated, desk, choices)


def wording_of(row: Any, desk: Desk, choices: Choices = PRIMARY) -> int:
    """How strongly a claim is worded, 0 to 5, by the choices."""
    return min(max(desk.wording.get(row.claim_id, 0) + choices.wording, 0), STRONGEST_WORDING)


def _standing_flags(row: Any, desk: Desk) -> Iterator[str]:
    """What stands beside any verdict on the claim."""
    whole = parent_id(row.claim_id)
    waited_for = dict.fromkeys((*desk.provisional.get(row.claim_id, ()), *desk.provisional.get(whole, ())))
    for record_id in waited_for:
        yield f"provisional until {record_id} is read"
    if row.reading == Reading.IMPLIED:
        yield "an implied reading"
    if row.contradicts:
        yield f"contradicted in the document by {', '.join(row.contradicts)}"
    if row.in_tension_with:
        yield f"in tension in the document with {', '.join(row.in_tension_with)}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."
