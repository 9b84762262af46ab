"""The verdicts as the report shows them: label, sign, gloss, certainty with its domains, and what stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.appraisal import Verdict, verdicts
from review.certainty import LADDER, Rating
from review.errors import InvalidInput, Severity
from review.risk_of_bias import study_judgements
from review.verdicts import GLOSSES
from review.vocabulary import Certainty, VerdictLabel

if TYPE_CHECKING:
    from review.workbook import Workbook

#: A sign for each label, so that colour is never alone.
SIGNS: Mapping[str, str] = {
    VerdictLabel.SUPPORTED: "✓",
    VerdictLabel.SUPPORTED_WITH_LIMITS: "✓±",
    VerdictLabel.OVERSTATED: "↓",
    VerdictLabel.CONTRADICTED: "✗",
    VerdictLabel.NOT_SUBSTANTIATED: "?",
    VerdictLabel.NO_EVIDENCE: "∅",
    VerdictLabel.NOT_SEARCHED: "…",
    VerdictLabel.NOT_TESTABLE: "–",
    VerdictLabel.NOT_JUDGED: "…",
}

#: What is said of how far the appraisal has come, wherever verdicts stand.
CAVEAT = "Initial appraisal by one reviewer; no second reviewer has confirmed it. Not legal or medical advice."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A verdict as a reader sees it.

    Attributes
    ----------
    label, sign, gloss : str
        The label, its sign, and what it says and does not say.
    slug : str
        The label as a class of the style sheet.
    direction : str
        Which way the evidence points.
    certainty : str
        GRADE level or documentation; empty where there is none.
    symbol : str
        GRADE's circles; empty on the documentation scale.
    reason : str
        Why.
    rests_on, flags : tuple of str
        Ids, and what stands beside the verdict.
    start : str
        Where the certainty starts; empty on the documentation scale.
    ratings : tuple of Rating
        Its domains.
    """

    label: str
    sign: str
    gloss: str
    slug: str
    direction: str
    certainty: str
    symbol: str
    reason: str
    rests_on: tuple[str, ...]
    flags: tuple[str, ...]
    start: str
    ratings: tuple[Rating, ...]


def shown_verdicts(book: Workbook) -> dict[str, Shown]:
    """Every claim's and part's verdict by its id.

    Parameters
    ----------
    book : Workbook
        While its inputs have errors every verdict is "Not judged yet", for it would be one on something else.

    Returns
    -------
    dict
        By `claim_id`.
    """
    return {verdict.claim_id: _shown(verdict) for verdict in verdicts(book)} if appraisable(book) else {}


def appraisable(book: Workbook) -> bool:
    """Whether verdicts on the workbook would be verdicts on what it says.

    Parameters
    ----------
    book : Workbook
        Checked or not.

    Returns
    -------
    bool
        False while its inputs have errors, or answers that their tool does not have.
    """
    if any(problem.severity == Severity.ERROR for problem in book.problems):
        return False
    try:
        study_judgements(book.risk_of_bias)
    except InvalidInput:
        return False
    return True


#: What stands where nothing is judged.
NOT_JUDGED = Shown(
    label=VerdictLabel.NOT_JUDGED,
    sign=SIGNS[VerdictLabel.NOT_JUDGED],
    gloss=GLOSSES[VerdictLabel.NOT_JUDGED],
    slug="not-judged-yet",
    direction="",
    certainty="",
    symbol="",
    reason="",
    rests_on=(),
    flags=(),
    start="",
    ratings=(),
)


def _shown(verdict: Verdict) -> Shown:
    return Shown(
        label=verdict.label,
        sign=SIGNS[verdict.label],
        gloss=GLOSSES[verdict.label],
        slug=verdict.label.lower().replace(" ", "-"),
        direction=verdict.direction,
        certainty=verdict.certainty or "",
        symbol=certainty_symbol(verdict.certainty or ""),
        reason=verdict.reason,
        rests_on=verdict.rests_on,
        flags=verdict.flags,
        start=f"{verdict.grade.start}: {verdict.grade.start_reason}" if verdict.grade and verdict.certainty else "",
        ratings=verdict.grade.ratings if verdict.grade and verdict.certainty else (),
    )


def certainty_symbol(certainty: str) -> str:
    """GRADE's four circles, filled up to the level; empty for what is no GRADE level."""
    if certainty not in list(Certainty):
        return ""
    filled = LADDER.index(Certainty(certainty)) + 1
    return "⊕" * filled + "◯" * (len(LADDER) - filled)
