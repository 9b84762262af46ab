"""What every part of a verdict's firmness is asked about: a claim at its desk, and a choice made otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.appraisal import Choices, Desk
from review.appraisal.direction import Stated, stated_direction
from review.appraisal.grading import sources_of, subjects_of
from review.vocabulary import DOCUMENTED_KINDS, Certainty, Documentation, Domain


class Choice(StrEnum):
    """What can be chosen otherwise, in the order in which it is told."""

    EVIDENCE = "evidence set"
    INDUSTRY = "industry funding"
    BIAS = "restriction by bias"
    LEFT_OUT = "leave one out"
    READING = "reading"
    THRESHOLD = "threshold"
    MODEL = "model"
    ESTIMATOR = "estimator"
    INTERVAL = "interval"
    NOT_REPORTED = "not reported"
    INDIRECTNESS = "indirectness"
    RATINGS = "departures"
    RULES = "rule set"
    WORDING = "wording"


PERSONS_VERDICT = "a person's verdict: not recomputed"
PERSONS_DIRECTION = "a person's direction: not recomputed"
PERSONS_CERTAINTY = "a person's certainty: not recomputed"
NOTHING_POOLED = "nothing is pooled: not computed"
NOTHING_CHANGES = "true of every study: nothing changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A choice made otherwise.

    Attributes
    ----------
    id : str
        Short and the same in every run; unique within a claim.
    choice : Choice
        What is chosen.
    words : str
        How, for a reader; empty where a choice cannot be made at all.
    choices : Choices or None
        The analysis; None where it cannot be made.
    note : str
        Why it cannot be made, or what a reader must know of how it is.
    """

    id: str
    choice: Choice
    words: str = ""
    choices: Choices | None = None
    note: str = ""


def impossible(choice: Choice, note: str, *, name: str = "", words: str = "") -> Alternative:
    """A choice that cannot be made otherwise, and why."""
    return Alternative(id=name or choice.replace(" ", "-"), choice=choice, words=words, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A claim or part whose verdict is looked at.

    Attributes
    ----------
    row : named tuple
        Its row of the claims table.
    desk : Desk
        The workbook's.
    stated : Stated
        Its direction by the primary analysis.
    """

    row: Any
    desk: Desk
    stated: Stated

    @property
    def documented(self) -> bool:
        """Whether its certainty is a place on the documentation scale."""
        return self.row.kind in DOCUMENTED_KINDS

    @property
    def verdict_judged(self) -> bool:
        """Whether a person gave the verdict itself."""
        return (self.row.claim_id, Domain.VERDICT) in self.desk.judged

    @property
    def certainty_judged(self) -> bool:
        """Whether a person gave the certainty itself and not its domains."""
        scale: type[StrEnum] = Documentation if self.documented else Certainty
        subjects = {self.row.claim_id, *subjects_of(self.row, self.stated)}
        found = (self.desk.judged.get((subject, Domain.CERTAINTY)) for subject in subjects)
        return any(person is not None and person.value in list(scale) for person in found)

    def under(self, choices: Choices) -> Stated:
        """Its direction by other choices."""
        return stated_direction(self.row, self.desk, choices)

    def works(self) -> tuple[str, ...]:
        """The works that a documented fact rests on."""
        return tuple(dict.fromkeys(source.work for source in sources_of(self.row, self.stated, self.desk)))


def case_of(row: Any, desk: Desk) -> Case:
    """The case of a claim or part."""
    return Case(row=row, desk=desk, stated=stated_direction(row, desk))


def sources_left_out(case: Case) -> Iterator[Alternative]:
    """The documentation scale without each of the works that a fact rests on."""
    works = case.works()
    if len(works) == 1 or case.certainty_judged:
        yield impossible(Choice.LEFT_OUT, "one source: not computed" if len(works) == 1 else PERSONS_CERTAINTY)
        return
    for work in works:
        choices = Choices(without=work)
        yield Alternative(id=f"without-{work}", choice=Choice.LEFT_OUT, words=f"without {work}", choices=choices)
