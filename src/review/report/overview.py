"""The first screen: what is reviewed, the headline claims, the faults of the inputs, and all claims in one table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.appraisal import verdicts
from review.cells import rows
from review.certainty import LADDER
from review.claims import is_part, parent_id
from review.errors import Severity
from review.report.citing import Citation, citations, relation_counts
from review.report.judged import CAVEAT, NOT_JUDGED, SIGNS, Shown, appraisable, shown_verdicts
from review.report.labels import RELATIONS, counted, day
from review.report.section import Section, fill
from review.vocabulary import Answer, Direct, Documentation
from review.wording import desk_of, headline_sentence

if TYPE_CHECKING:
    from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A claim in one line.

    Attributes
    ----------
    claim_id, quote, statement, theme, kind : str
        As in the claims table.
    headline : bool
        Whether it stands in the first answer.
    verdict : Shown
        The verdict, or that there is none yet.
    counts : mapping
        Citations of each relation.
    direct : mapping
        Those of them that bear directly on the claim.
    """

    claim_id: str
    quote: str
    statement: str
    theme: str
    kind: str
    headline: bool
    verdict: Shown
    counts: Mapping[str, int]
    direct: Mapping[str, int]

    @property
    def total(self) -> int:
        """All citations of the claim."""
        return sum(self.counts.values())


def title_box(book: Workbook) -> Section:
    """Title of the review, its question, the documents under review and what it rests on."""
    claims = sum(not is_part(claim) for claim in book.claims["claim_id"])
    html = fill(
        "title_box",
        title=book.settings.title,
        documents=list(rows(book.documents)),
        claims=claims,
        citations=len(book.citations),
        references=len(book.references),
        studies=len(book.studies),
        read=_what_was_read(book),
    )
    return Section(name="title box", size=counted(len(book.documents), "document"), html=html)


def answer(book: Workbook) -> Section:
    """The headline claims with their verdict and the citations of each relation."""
    every = claim_lines(book)
    lines = [line for line in every if line.headline]
    sentences = _sentences(book)
    html = fill(
        "answer",
        lines=lines,
        sentences=sentences,
        caveat=CAVEAT,
        legend=[shown for shown, _ in _tally(every)],
        mail=summary_text(book, every, sentences),
    )
    return Section(name="answer", size=counted(len(lines), "headline claim"), html=html)


def summary_text(book: Workbook, lines: Sequence[ClaimLine], sentences: Mapping[str, str]) -> str:
    """The answer as plain text, for a mail.

    Parameters
    ----------
    book : Workbook
        The workbook.
    lines : sequence of ClaimLine
        All whole claims.
    sentences : mapping
        What was counted or measured, by headline claim.

    Returns
    -------
    str
        Title, date, how many claims have each verdict, the headline claims, and what it is not.
    """
    when = f"As of {day(book.settings.as_of)}. " if book.settings.as_of else ""
    counts = ", ".join(f"{count} {shown.label}" for shown, count in _tally(lines))
    said = []
    for line in (one for one in lines if one.headline):
        level = line.verdict.certainty + (" certainty" if line.verdict.symbol else "")
        sure = f", {level}" if level else ""
        said.append(
            f"{line.claim_id} \N{LEFT DOUBLE QUOTATION MARK}{' '.join(line.quote.split())}"
            f"\N{RIGHT DOUBLE QUOTATION MARK}\n{line.verdict.label}{sure}: {line.verdict.gloss}.\n"
            f"{sentences.get(line.claim_id, '')}".rstrip()
        )
    head = f"{book.settings.title}\n{when}Of {counted(len(lines), 'claim')}: {counts}."
    return "\n\n".join([head, *said, CAVEAT])


def _tally(lines: Sequence[ClaimLine]) -> list[tuple[Shown, int]]:
    """Each verdict that some claim has, with how many have it, in their fixed order."""
    counts = Counter(line.verdict.label for line in lines)
    found = {line.verdict.label: line.verdict for line in lines}
    return [(found[label], counts[label]) for label in SIGNS if label in found]


def _sentences(book: Workbook) -> dict[str, str]:
    """What was counted or measured for each claim, in one sentence; nothing while the inputs have errors."""
    if not appraisable(book):
        return {}
    headlines = set(book.claims.loc[book.claims["headline"] == Answer.YES, "claim_id"])
    desk = desk_of(book)
    found = verdicts(book)
    return {one.claim_id: headline_sentence(one, book, desk=desk) for one in found if one.claim_id in headlines}


def claims_table(book: Workbook) -> Section:
    """All claims: statement, kind, citations of each relation, verdict."""
    lines = claim_lines(book)
    totals = {word: sum(line.counts[word] for line in lines) for word in RELATIONS}
    html = fill(
        "claims_table",
        lines=lines,
        totals=totals,
        tally=_tally(lines),
        ranks={label: place for place, label in enumerate(SIGNS)},
        certainty_ranks={word: place for place, word in enumerate((*reversed(LADDER), *reversed(Documentation)))},
    )
    return Section(name="table of claims", size=counted(len(lines), "claim"), html=html)


def problems(book: Workbook) -> Section:
    """All faults of the inputs, the grave ones first, or that there are none."""
    rank = {word: place for place, word in enumerate(Severity)}
    found = sorted(book.problems, key=lambda problem: rank.get(Severity(problem.severity), len(rank)))
    html = fill("problems", rows=found)
    return Section(name="problems", size=counted(len(found), "problem"), html=html)


def claim_lines(book: Workbook) -> tuple[ClaimLine, ...]:
    """Each whole claim in one line, in the order of the claims table; what cites its parts is counted with it."""
    cited: dict[str, list[Citation]] = defaultdict(list)
    for citation in citations(book):
        cited[parent_id(citation.claim_id)].append(citation)
    judged = shown_verdicts(book)
    return tuple(
        _claim_line(row, cited.get(row.claim_id, ()), judged.get(row.claim_id, NOT_JUDGED))
        for row in rows(book.claims)
        if not is_part(row.claim_id)
    )


def _claim_line(row: Any, mine: Sequence[Citation], verdict: Shown) -> ClaimLine:
    return ClaimLine(
        claim_id=row.claim_id,
        quote=row.quote,
        statement=row.statement,
        theme=row.theme,
        kind=row.kind,
        headline=row.headline == Answer.YES,
        verdict=verdict,
        counts=relation_counts(mine),
        direct=relation_counts(citation for citation in mine if citation.direct == Direct.YES),
    )


def _what_was_read(book: Workbook) -> str:
    """What of the studies was read, such as ``120 by their abstract, 4 in full``."""
    counts = Counter(book.studies["appraisal_basis"])
    said = {
        "full text": "in full",
        "abstract": "by the abstract",
        "label": "by the label",
        "registry": "by the registry",
    }
    return ", ".join(f"{counts[word]:,} {said[word]}" for word in said if counts[word])
