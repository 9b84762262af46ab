"""The firmness of every verdict, as rows that a reader can follow and a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any

from review.appraisal import Desk, Verdict, desk_of, judge
from review.appraisal.direction import WITHOUT_CERTAINTY
from review.firmness.alternatives import alternatives
from review.firmness.case import Alternative, Case, Choice, case_of
from review.firmness.multiverse import Analyses, analyses, pool_ahead
from review.firmness.steadiness import Steadiness, steadiness
from review.vocabulary import Answer, Certainty, Direction, Documentation, Reading, VerdictLabel
from review.workbook import Workbook

#: What stands beside every count.
CAPTION = "stands in {stands} of {analyses} analyses of these data; says nothing of bias or of unread trials"

NEEDS_A_PERSON = "a rating would need a person: not computed"
NO_ESTIMATE = "it gives no estimate: not computed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One choice made otherwise, and the verdict that it gives.

    Attributes
    ----------
    id : str
        Short, unique within a claim, the same in every run.
    choice : str
        What is chosen, one of `Choice`.
    alternative : str
        How, in words; empty where the choice cannot be made at all.
    direction : Direction or None
        None where the choice cannot be made; `note` says why.
    certainty : Certainty or Documentation or None
        None also where there is nothing to rate.
    label : VerdictLabel or None
        None where the choice cannot be made.
    flips : bool
        Whether the label is another one than the verdict's.
    note : str
        Why it was not computed, or what a reader must know of how it was.
    """

    id: str
    choice: str
    alternative: str
    direction: Direction | None = None
    certainty: Certainty | Documentation | None = None
    label: VerdictLabel | None = None
    flips: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmness:
    """How firm one verdict is.

    Attributes
    ----------
    claim_id : str
        The claim or part.
    label : VerdictLabel
        Its verdict by the primary analysis.
    rows : tuple of Row
        In the order of `Choice`.
    stands : int
        How many of the analyses give that label.
    analyses : int
        How many analyses there are, the primary one among them.
    syntheses : tuple of Steadiness
        What becomes of the pooled estimates that a person's direction names; they are not among the analyses, for the
        direction is not recomputed.
    """

    claim_id: str
    label: VerdictLabel
    rows: tuple[Row, ...]
    stands: int
    analyses: int
    syntheses: tuple[Steadiness, ...] = ()

    @property
    def caption(self) -> str:
        """The count in words, with what it does not say."""
        return CAPTION.format(stands=self.stands, analyses=self.analyses)

    @property
    def flips_first(self) -> tuple[Row, ...]:
        """The rows: those that flip the label, then those that do not, then those that were not computed."""
        return tuple(sorted(self.rows, key=lambda row: (row.label is None, not row.flips)))


def firmness(book: Workbook) -> dict[str, Firmness]:
    """The firmness of every verdict that rests on evidence.

    Parameters
    ----------
    book : Workbook
        Without errors.

    Returns
    -------
    dict
        By claim or part, in the order of the claims table.  Claims without evidence, not searched, not testable or not
        judged have none, for nothing could be chosen otherwise.

    Raises
    ------
    InvalidInput
        If the risk-of-bias answers break a rule of their tool.

    References
    ----------
    steegen2016, voracek2019 (docs/methods.bib): all combinations of reasonable choices, on which data and how.
    """
    return dict(_firmness(desk_of(book)))


@lru_cache(maxsize=1)
def _firmness(desk: Desk) -> Mapping[str, Firmness]:
    claims = desk.index.claims
    judged = {name: verdict for name, row in claims.items() if _has_verdict(verdict := judge(row, desk))}
    cases = {name: case_of(claims[name], desk) for name in judged}
    pool_ahead(tuple(cases.values()), desk)
    own = {name: _own(case, judged[name]) for name, case in cases.items()}
    steady = steadiness(frozenset(chain.from_iterable(_named(verdict) for verdict in judged.values())), desk)
    found = {}
    for name in claims:
        main, implied = _readings(name, desk)
        if main in own:
            others = {part: own[part] for part in implied if part in own}
            syntheses = tuple(steady[one] for one in _named(own[main].verdict) if one in steady)
            found[name] = replace(_together(name, own[main], others), syntheses=syntheses)
    return found


def firmness_records(book: Workbook) -> list[dict[str, Any]]:
    """The firmness of every verdict as plain values for JSON.

    Parameters
    ----------
    book : Workbook
        As for `firmness`.

    Returns
    -------
    list of dict
        A record a claim or part: claim_id, label, stands, analyses, caption (str and int), `rows`, those that flip the
        label first, each with the fields of `Row` (None where there is no value), and `syntheses`, each with the
        fields of `Steadiness`.
    """
    return [
        {
            "claim_id": one.claim_id,
            "label": str(one.label),
            "stands": one.stands,
            "analyses": one.analyses,
            "caption": one.caption,
            "rows": [_plain(row) for row in one.flips_first],
            "syntheses": [asdict(synthesis) for synthesis in one.syntheses],
        }
        for one in firmness(book).values()
    ]


def _has_verdict(verdict: Verdict) -> bool:
    return verdict.direction not in WITHOUT_CERTAINTY and verdict.label != VerdictLabel.NOT_JUDGED


def _named(verdict: Verdict) -> tuple[str, ...]:
    """What a person's direction rests on; nothing where it is computed."""
    return verdict.rests_on if verdict.judged else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """A claim or part by its own evidence."""

    verdict: Verdict
    rows: tuple[Row, ...]
    analyses: Analyses


def _own(case: Case, verdict: Verdict) -> _Own:
    others = alternatives(case)
    tried = tuple(_row(one, case, verdict.label) for one in others)
    return _Own(verdict=verdict, rows=tried, analyses=analyses(case, others))


def _row(one: Alternative, case: Case, label: VerdictLabel) -> Row:
    """One alternative tried."""
    blank = Row(id=one.id, choice=one.choice, alternative=one.words, note=one.note)
    if one.choices is None:
        return blank
    shown = case.under(one.choices).synthesis
    if shown is not None and not shown.deciding:
        return replace(blank, note=NO_ESTIMATE)
    return _tried(blank, judge(case.row, case.desk, one.choices), label)


def _tried(blank: Row, other: Verdict, label: VerdictLabel) -> Row:
    if other.label == VerdictLabel.NOT_JUDGED:
        return replace(blank, note=NEEDS_A_PERSON)
    return replace(
        blank,
        direction=other.direction,
        certainty=other.certainty,
        label=other.label,
        flips=other.label != label,
    )


def _readings(claim_id: str, desk: Desk) -> tuple[str, tuple[str, ...]]:
    """The claim or part that gives a claim's label, and the implied readings that could give it instead."""
    parts = desk.parts.get(claim_id, ())
    main = next((part for part in parts if desk.index.claims[part].main == Answer.YES), claim_id)
    implied = (part for part in parts if desk.index.claims[part].reading == Reading.IMPLIED)
    return main, tuple(part for part in implied if part != main) if main != claim_id else ()


def _together(claim_id: str, main: _Own, implied: Mapping[str, _Own]) -> Firmness:
    """A claim with its implied readings as choices beside those on the evidence that gives its label."""
    label = main.verdict.label
    readings = tuple(
        _tried(
            Row(id=f"reading-{part}", choice=Choice.READING, alternative=f"by the implied reading {part}"),
            other.verdict,
            label,
        )
        for part, other in implied.items()
    )
    own = [row for row in main.rows if row.alternative or row.choice != Choice.READING or not readings]
    rows = sorted((*own, *readings), key=lambda row: tuple(Choice).index(Choice(row.choice)))
    every = [given for one in (main, *implied.values()) for given in one.analyses.values()]
    return Firmness(claim_id=claim_id, label=label, rows=tuple(rows), stands=every.count(label), analyses=len(every))


def _plain(row: Row) -> dict[str, Any]:
    """A row as text, booleans and None."""
    return {name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(row).items()}
