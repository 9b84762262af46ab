"""The summary of findings of every claim that has a synthesis, and the map of wording against evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.appraisal import verdicts
from review.claims import is_part
from review.cues import LEVELS, claim_wording
from review.figures.overclaim import overclaim_alt, plot_overclaim
from review.report.judged import SIGNS, appraisable, shown_verdicts
from review.report.labels import counted
from review.report.section import Section, fill
from review.report.syntheses import framed
from review.summary_of_findings import PRINTED, summary_of_findings
from review.vocabulary import Answer
from review.wording import desk_of

if TYPE_CHECKING:
    from review.workbook import Workbook


#: Columns that are sentences: they stand beneath the numbers, where a reader has room for them.
BENEATH = ("statement", "certainty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The rows of one claim's summary of findings."""

    claim_id: str
    statement: str
    rows: tuple[Mapping[str, Any], ...]


def findings(book: Workbook) -> Section:
    """A summary of findings for each claim with a synthesis, the deciding one first."""
    found = tuple(_all_findings(book)) if appraisable(book) else ()
    html = fill("findings", claims=found, columns=PRINTED, beneath=BENEATH)
    return Section(name="summary of findings", size=counted(len(found), "claim"), html=html)


def overclaim_map(book: Workbook) -> Section:
    """How strongly each claim is worded, set against what the evidence carries; never a difference of the two."""
    judged = shown_verdicts(book)
    wording = claim_wording(book.claims, book.texts)
    levels = dict(zip(wording["claim_id"], wording["level"], strict=True))
    headline = set(book.claims.loc[book.claims["headline"] == Answer.YES, "claim_id"])
    cells: dict[tuple[int, str], list[str]] = {}
    for claim, shown in judged.items():
        if not is_part(claim):
            cells.setdefault((levels[claim], shown.label), []).append(claim)
    labels = [label for label in SIGNS if any(name == label for _, name in cells)]
    rows_of_map = {level: LEVELS[level] for level in sorted(LEVELS, reverse=True)}
    whole = [verdict for verdict in verdicts(book) if not is_part(verdict.claim_id)] if judged else []
    picture = framed(
        plot_overclaim(whole, levels, headline),
        overclaim_alt(whole, levels, headline),
        key="overclaim",
        title="Overclaim map",
    )
    html = fill("overclaim_map", levels=rows_of_map, labels=labels, cells=cells, headline=headline, picture=picture)
    return Section(name="overclaim map", size=counted(sum(map(len, cells.values())), "claim"), html=html)


def _all_findings(book: Workbook) -> list[Findings]:
    desk = desk_of(book)
    found = []
    for claim, statement in zip(book.claims["claim_id"], book.claims["statement"], strict=True):
        if not is_part(claim) and desk.of_claim(claim):
            table = summary_of_findings(book, claim, desk=desk)
            rows = tuple(dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False))
            found.append(Findings(claim_id=claim, statement=statement, rows=rows))
    return found
